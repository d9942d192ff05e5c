"""The parts of `make bench-gateway`: each measures, and says it in rows against the goals.

A part is called with the command's options and tell(text), and returns (all it found, its rows).
"""

import tempfile
from statistics import median

from stock import StockCore

from uwish_host.bench import machine
from uwish_host.bench.contender import BARE, STORED, OurGateway
from uwish_host.bench.report import Row
from uwish_host.bench.run import Bench, make_identities

_KB = 1024
_RATE = 2000  # frames a second for latency
_QUIET_S = 22  # twice until a connection without traffic gives its memory back
_FEW = 100  # devices that send as much as goes
_STOCK_DEVICES = 50  # a stock core takes no more than 100
_FIRST = 16_000  # frames a second where the climb begins
_STEP = 1.25


def devices(options, tell):
    """Many of them, silent and sending; everything is stored."""

    def body(bench):
        found = {"connect": bench.connect(), "frames": bench.frames(_RATE, 2 * options.seconds)}
        found["frames"]["bytes"] = bench.memory()
        found["frames"]["bytes_in_all"] = bench.memory_in_all()
        found["silent"] = bench.idle(min(_QUIET_S, options.seconds) if options.quick else _QUIET_S)
        return found

    found = {
        count: _measure(f"{count} devices", _stored, make_identities(count), body, tell)
        for count in options.devices
    }
    # Those that are still there at the end.
    most = max(one["silent"]["connected"] for one in found.values())
    rows = [Row("devices connected at once", most, "", 2000, 5000)]
    for count, one in found.items():
        rows += _devices_rows(count, one)
    return found, rows


def _devices_rows(count, one):
    connect, frames = one["connect"], one["frames"]
    yield Row(
        f"memory for one of {count:,}, sending", frames["bytes"] / _KB, "KB", 40, 20, more=False
    )
    yield Row(f"memory for one of {count:,}, just connected", connect["bytes"] / _KB, "KB")
    yield Row(f"memory for one of {count:,}, silent again", one["silent"]["bytes"] / _KB, "KB")
    yield Row(f"all {count:,} dial at once: the last is online after", connect["seconds"], "s")
    title = "the whole gateway with all of these, sending"
    yield Row(title, frames["bytes_in_all"] / _KB / _KB, "MB")
    title = f"p99 from socket to sink, {_RATE:,} frames/s of {count:,}, stored"
    yield Row(title, frames["p99_ms"], "ms", 20, 5, more=False, note=frames["limit"])
    for name, key in (("p50", "p50_ms"), ("p99.9", "p999_ms"), ("longest", "max_ms")):
        yield Row(f"  {name}", frames[key], "ms")


def handshakes(options, tell):
    """One after another, 32 at a time."""

    def body(bench):
        bench.connect()
        return bench.handshakes(options.seconds)

    found = _measure("handshakes", _stored, make_identities(_FEW), body, tell)
    per_s = Row("handshakes, sustained", found["per_s"], "/s", 100, 300, note=found["limit"])
    return found, [per_s, Row("  processor time for one", found["cpu_ms"], "ms")]


def stored(options, tell):
    """Few devices, as many frames as go."""

    def body(bench):
        bench.connect()
        return bench.frames(0, options.seconds)

    found = _measure("frames into SQLite", _stored, make_identities(_FEW), body, tell)
    title = "64-byte SenML frames stored in SQLite"
    note = found["limit"]
    per_s = Row(title, found["written_per_s"], "/s", 10_000, 30_000, note=note)
    return found, [per_s, Row("  processor time for one", found["cpu_us"], "us")]


def stock(options, tell):
    """Ours and the stock core in turn; a ratio is of two numbers of the same round."""

    def body(bench):
        found = {
            "connect": bench.connect(at_once=4),
            "frames": bench.frames(_RATE, options.seconds / 2),
        }
        found["ceiling"] = bench.ceiling(options.seconds / 4, start=_FIRST, factor=_STEP)
        return found

    identities = make_identities(_STOCK_DEVICES)
    rounds = []
    for number in range(options.rounds):
        # Each goes first as often as the other.
        contenders = [("ours", _bare), ("stock", StockCore)][:: 1 - 2 * (number % 2)]
        rounds.append(
            {
                name: _measure(f"round {number + 1}, {name}", make, identities, body, tell)
                for name, make in contenders
            }
        )
    ratios = [_best(one["ours"]) / _best(one["stock"]) for one in rounds if _best(one["stock"])]
    if not ratios:
        raise RuntimeError("the stock core never got through the first step")
    note = "of each round: " + ", ".join(f"{ratio:.2f}" for ratio in ratios)
    title = "frames/s without storage, times stock wish-core + Node app's"
    rows = [Row(title, median(ratios), "x", 0.4, 1, note=note)]
    for name, title in (("ours", "our gateway"), ("stock", "wish-core + Node")):
        # The middle one of the rounds, whole: numbers of one row belong together.
        side = sorted((one[name] for one in rounds), key=_best)[len(rounds) // 2]
        rows += _side_rows(title, side)
    return rounds, rows


def _side_rows(title, side):
    ceiling, connect, frames = side["ceiling"], side["connect"], side["frames"]
    yield Row(f"  {title}", ceiling["per_s"], "/s", note=ceiling["end"])
    yield Row("    processor time for one", ceiling.get("cpu_us"), "us")
    yield Row("    p99 from socket to sink, 2,000 frames/s", frames["p99_ms"], "ms")
    title = f"    {_STOCK_DEVICES} devices dial, 4 at a time: the last is online after"
    yield Row(title, connect["seconds"], "s")


def _best(side):
    return side["ceiling"]["per_s"]


def restart(options, tell):
    """All devices lose the gateway at once; their back-off is a board's."""

    def body(bench):
        connect = bench.connect()
        return {"before": connect["connected"], **bench.restart()}

    found = _measure("restart", _stored, make_identities(options.back), body, tell)
    if found["connected"] < found["before"]:
        raise RuntimeError(f"only {found['connected']} of {found['before']} devices came back")
    title = f"{found['before']:,} devices lose the gateway at once: all are back after"
    note = (
        f"from when it listens again; {found['seconds_in_all']:.1f} s from when it was told to end"
    )
    return found, [Row(title, found["seconds"], "s", 60, 20, more=False, note=note)]


PARTS = {
    "devices": devices,
    "handshakes": handshakes,
    "stored": stored,
    "stock": stock,
    "restart": restart,
}


def _stored(directory, identities):
    return OurGateway(directory, identities, STORED)


def _bare(directory, identities):
    """Ours, doing what the Node app does: counting."""
    return OurGateway(directory, identities, BARE)


def _measure(title, make, identities, body, tell):
    for_gateway, for_devices = machine.shares()
    with tempfile.TemporaryDirectory(prefix="uwish-bench-") as directory:
        with machine.running_on(for_gateway):
            contender = make(directory, identities)
        try:
            with machine.running_on(for_devices):
                bench = Bench(
                    contender,
                    identities,
                    processes=max(2, len(for_devices)),
                    tell=lambda text: tell(f"{title}: {text}"),
                )
            with bench:
                return body(bench)
        finally:
            contender.close()
