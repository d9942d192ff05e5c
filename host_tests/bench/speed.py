"""Messages a second over loopback: uwish against `umqtt.simple`, as ratios, which a slow or a busy
machine changes less than the times.

All contenders run in the same MicroPython with the same heap, compiled alike, and send the same 64
bytes; a time ends when the receiver has all messages. uwish sends to `gateway.py`, umqtt to a real
Mosquitto, QoS 0, plain and over TLS (the certificate is checked, once). In each round all of them
run once, one after the other, and a ratio is of two times of the same round.

uwish sets TCP_NODELAY: a frame is on its way when `poll` returns. `umqtt.simple` does not, so the
kernel makes large segments of many messages and sends the last ones late. It is raced as it comes,
which the goals are for, and with TCP_NODELAY, which compares like with like.
"""

from contextlib import ExitStack
from statistics import median

import broker
import workplace
from racer import Racer
from report import BYTES, MICROSECONDS, RATIO, Row, number

TITLE = "messages a second, as a ratio to umqtt.simple in the same round"
TIMES = "time for a message of 64 bytes, and the part of it that the receiver computed"
HEAP = "heap for a message, collector off"
ROUNDS = 41
MESSAGES = 2400
_HEAP_MESSAGES = 400
_WARM_UP = 800

# name: which racer, what it is told to do, what that is
CONTENDERS = {
    "umqtt": ("plain", "each", "umqtt.simple"),
    "umqtt_nodelay": ("plain", "nodelay", "umqtt.simple, TCP_NODELAY set"),
    "umqtt_tls": ("tls", "each", "umqtt.simple over TLS"),
    "umqtt_tls_nodelay": ("tls", "nodelay", "umqtt.simple over TLS, TCP_NODELAY set"),
    "each": ("uwish", "each", "uwish, one poll for each"),
    "every8": ("uwish", "every8", "uwish, one poll for 8"),
}

# ours, theirs, title, must, aim
RATIOS = (
    ("each", "umqtt", "uwish, one poll for each, to umqtt plain", 0.55, 0.9),
    ("every8", "umqtt", "uwish, one poll for 8, to umqtt plain", 0.95, 1.4),
    ("each", "umqtt_tls", "uwish, one poll for each, to umqtt over TLS", 0.9, 1.2),
    ("every8", "umqtt_tls", "uwish, one poll for 8, to umqtt over TLS", 1.3, 1.8),
)


def measure(mosquitto, rounds, messages, say):
    """([(title, rows), …], what spoke to what as {name: text})."""
    with ExitStack() as stack:
        racers = _start(stack, mosquitto)
        published = _warm_up(racers)
        times = {name: [] for name in CONTENDERS}
        busy = dict.fromkeys(CONTENDERS, 0)
        for i in range(rounds):
            for name in order(i):
                racer, what, _ = CONTENDERS[name]
                time_s, _, receiver_s = racers[racer].run(what, messages)
                times[name].append(time_s / messages)
                busy[name] += receiver_s
            if (i + 1) % 10 == 0 or i + 1 == rounds:
                say(f"round {i + 1} of {rounds}")
        held = {}
        for name, (racer, what, _) in CONTENDERS.items():
            held[name] = racers[racer].run(f"heap_{what}", _HEAP_MESSAGES)[1] / _HEAP_MESSAGES
        published += 4 * (rounds * messages + _HEAP_MESSAGES)
        racers["plain"].run("counted", published)
        spoken = {name: racer.speaks for name, racer in racers.items()}
    share = {name: busy[name] / sum(times[name]) / messages for name in times}
    groups = [(TITLE, ratios(times)), (TIMES, time_rows(times, share)), (HEAP, heap_rows(held))]
    return groups, spoken


def ratios(times):
    """The rows of RATIOS out of {contender: [seconds of a message, for each round]}."""
    rows = []
    for ours, theirs, title, must, aim in RATIOS:
        row = Row(f"{ours}_to_{theirs}", title, RATIO, _ratio(times, ours, theirs), must, aim, True)
        nodelay = median(_ratio(times, ours, theirs + "_nodelay"))
        row.beside["with TCP_NODELAY"] = number(nodelay, RATIO)
        rows.append(row)
    return rows


def time_rows(times, share):
    """The times themselves; `share` is {contender: part of the time that its receiver computed}."""
    rows = []
    for name, samples in times.items():
        row = Row(f"time_{name}", CONTENDERS[name][2], MICROSECONDS, [s * 1e6 for s in samples])
        row.beside["receiver"] = f"{share[name]:.0%}"
        rows.append(row)
    return rows


def heap_rows(held):
    """The bytes of a message, `held` is {contender: bytes}; ours are not to be any."""
    rows = []
    for name, value in held.items():
        goal = 0 if CONTENDERS[name][0] == "uwish" else None
        rows.append(Row(f"heap_{name}", CONTENDERS[name][2], BYTES, [value], goal, goal))
    return rows


def order(i):
    """The contenders in the order of round `i`: each round begins with another one."""
    names = list(CONTENDERS)
    i %= len(names)
    return names[i:] + names[:i]


def _ratio(times, ours, theirs):
    return [b / a for a, b in zip(times[ours], times[theirs], strict=True)]


def _start(stack, mosquitto):
    mqtt = stack.enter_context(broker.running(mosquitto))
    store, control_port, gateway_pid = stack.enter_context(workplace.gateway("speed"))
    ca = mqtt.ca.relative_to(workplace.ROOT)
    commands = {
        "plain": (mqtt.pid, "umqtt", mqtt.plain),
        "tls": (mqtt.pid, "umqtt", mqtt.tls, ca),
        "uwish": (gateway_pid, "uwish", store, control_port),
    }
    racers = {}
    for name, command in commands.items():
        racers[name] = Racer(*command)
        stack.callback(racers[name].stop)
    return racers


def _warm_up(racers):
    """Run everybody once; how many messages the broker got."""
    published = 0
    for racer, what, _ in CONTENDERS.values():
        racers[racer].run(what, _WARM_UP)
        published += _WARM_UP if racer != "uwish" else 0
    return published
