"""The time for devices: who asks is told, once and then daily; nobody else is sent anything."""

import cbor2
import pytest
from gateway_world import until

from uwish_host.cli import main
from uwish_host.sink import Frame
from uwish_host.timekeeper import DAILY_S, Timekeeper, time_frame, timekeeping

NOON = 1795435200  # 2026-11-23T12:00Z


class Running:
    """serve.Running as far as the part needs it: what is due in the event loop is done by
    `pass_s`."""

    def __init__(self, *devices):
        self.loop = self.gateway = self
        self.here = list(devices)
        self.sent = []
        self.warnings = []
        self.now = 0.0
        self.time = NOON
        self._due = []
        self.keeper = Timekeeper(self, lambda: self.time, lambda: self.now)

    def call_later(self, _, work):
        self._due.append(work)

    def online(self):
        return [(f"link of {peer}", peer) for peer in self.here]

    def send(self, link, peer, payload):
        assert link == f"link of {peer}"
        self.sent.append((peer.alias, cbor2.loads(payload)))

    def warn(self, text):
        self.warnings.append(text)

    def hear(self, device, *records):
        self.keeper.frame(Frame(device, cbor2.dumps(list(records)), self.time))
        return self.pass_s(0)

    def pass_s(self, seconds):
        """Who is sent the time meanwhile."""
        self.now += seconds
        due, self._due = self._due, []
        for work in due:
            work()
        sent, self.sent = self.sent, []
        return [alias for alias, _ in sent]


class Remote:
    """One device: a Device for sinks, and the peer of that."""

    def __init__(self, number, alias, protocol="sensor"):
        self.key = bytes([number]) * 128
        self.alias = alias
        self.protocol = protocol


LAMP, SHED = Remote(1, "lamp"), Remote(2, "shed")
UNKNOWN = {-2: "lamp-1:", 0: "clock", 4: False}
KNOWN = {-2: "lamp-1:", 0: "clock", 4: True}


def test_who_does_not_know_the_time_is_told_at_once():
    running = Running(LAMP, SHED)
    running.time = NOON + 0.6
    running.keeper.frame(Frame(LAMP, cbor2.dumps([UNKNOWN]), NOON))
    running._due.pop()()
    assert running.sent == [("lamp", [{0: "time", 1: "s", 2: NOON + 1}])]


def test_every_time_it_asks():
    running = Running(LAMP)
    assert running.hear(LAMP, UNKNOWN) == ["lamp"]
    running.now += 2
    assert running.hear(LAMP, UNKNOWN) == ["lamp"]
    # … but who asks without end is not answered without end.
    assert running.hear(LAMP, UNKNOWN) == []


def test_who_knows_it_is_told_once_a_day():
    running = Running(LAMP)
    assert running.hear(LAMP, KNOWN) == ["lamp"]
    assert running.hear(LAMP, KNOWN) == []
    running.now += DAILY_S - 1
    assert running.hear(LAMP, KNOWN) == []
    running.now += 1
    assert running.hear(LAMP, KNOWN) == ["lamp"]


def test_who_stays_online_is_told_once_a_day_too():
    running = Running(LAMP, SHED)
    assert running.hear(LAMP, UNKNOWN) == ["lamp"]
    running.now += 10
    assert running.hear(SHED, KNOWN) == ["shed"]
    running.now += DAILY_S - 10
    for said in (["lamp"], []):
        running.keeper.look()
        assert running.pass_s(0) == said
    running.now += 10
    running.keeper.look()
    assert running.pass_s(0) == ["shed"]


def test_who_has_gone_is_forgotten_and_told_when_it_is_back():
    running = Running(LAMP)
    running.hear(LAMP, KNOWN)
    running.here.clear()
    running.now += DAILY_S
    running.keeper.look()
    assert running.pass_s(0) == []
    running.here.append(LAMP)
    assert running.hear(LAMP, KNOWN) == ["lamp"]


@pytest.mark.parametrize(
    "record",
    [
        {0: "clock", 4: False},  # no base name: no device of ours
        {0: "lamp:clock", 2: 0},
        {0: "lamp:clock", 3: "clock"},
        {0: "lamp:clocks", 4: False},
        {0: "lamp:temperature", 2: 21},
        "lamp:clock",
    ],
)
def test_others_are_left_alone(record):
    assert Running(LAMP).hear(LAMP, record) == []


def test_another_protocol_of_the_same_device_is_not_meant():
    other = Remote(1, "other", "chat")
    running = Running(other, LAMP)
    assert running.hear(LAMP, UNKNOWN) == ["lamp"]


def test_a_gateway_that_does_not_know_the_time_says_so_once_and_nothing_to_devices():
    running = Running(LAMP)
    running.time = 1000
    for _ in range(2):
        assert running.hear(LAMP, UNKNOWN) == []
    assert len(running.warnings) == 1


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr("uwish_host.timekeeper._MOST", 2)
    remotes = [Remote(number, str(number)) for number in range(3)]
    running = Running(*remotes)
    for remote in remotes:
        assert running.hear(remote, KNOWN) == [remote.alias]
    assert running.hear(remotes[2], KNOWN) == []
    assert running.hear(remotes[0], KNOWN) == ["0"]


def test_at_a_gateway(gateway, online_device):
    """The real thing: a device that asks gets the frame, the other one does not."""
    device, other = online_device(), online_device("other", "other")

    def start():
        gateway.loop = gateway._loop
        gateway.bus.add(Timekeeper(gateway))

    gateway.call(start)
    other.send(cbor2.dumps([{0: "other:temperature", 2: 21}]))
    until(lambda: len(gateway.named("frame")) == 1, device, other)
    device.send(cbor2.dumps([UNKNOWN]))
    until(lambda: device.frames, device, other)
    ((record,),) = [cbor2.loads(frame) for frame in device.frames]
    (sent,) = until(lambda: gateway.named("sent"))
    assert abs(record[2] - sent["value"][0]["time"]) < 30
    assert record[0] == "time" and other.frames == []


def test_the_option():
    assert timekeeping(True) == [] and len(timekeeping(False)) == 1
    command = main.get_command(None, "gateway")
    assert "--no-time" in [option for param in command.params for option in param.opts]


def test_the_frame():
    assert cbor2.loads(time_frame(5)) == [{0: "time", 1: "s", 2: 5}]
