"""What our gateway can do, and the stock wish-core with a Node app beside it, in one run.

    python host_tests/loopback.py python host_tests/fleet/bench_gateway.py [--quick] [--devices N]

Prints a table against the goals, and writes build/bench-gateway.json. The stock core takes no more
than 100 devices, so there are 50 when it is compared with: in each round our gateway and the stock
core run one after the other, and a ratio is of two numbers of the same round. `make bench-gateway`
runs this.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "interop")]

import loopback  # noqa: E402
from stock import StockCore  # noqa: E402

from uwish_host.bench.contender import BARE, STORED, OurGateway  # noqa: E402
from uwish_host.bench.report import Row, table  # noqa: E402
from uwish_host.bench.run import Bench, make_identities  # noqa: E402

JSON = ROOT / "build" / "bench-gateway.json"
_KB = 1024
_STOCK_DEVICES = 50
_FIRST = 12000  # frames a second where the climb begins; who fails there counts as this
_FEW_DEVICES = 100  # of which each sends hundreds of frames a second


def main():
    """See above."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="shorter, for a first impression")
    parser.add_argument("--devices", type=int, default=2000, help="connected at once (2000)")
    options = parser.parse_args()
    loopback.require_loopback("wish-core")
    seconds = 2 if options.quick else 6
    found = {
        "fleet": _fleet(options.devices, seconds),
        "restart": _restart(min(1000, options.devices)),
        "stored": _frames(seconds),
        "rounds": [_round(seconds) for _ in range(1 if options.quick else 3)],
    }
    found["machine"] = {"processors": len(os.sched_getaffinity(0)), "load": os.getloadavg()[0]}
    rows = list(_rows(found, options.devices))
    JSON.parent.mkdir(exist_ok=True)
    JSON.write_text(json.dumps({**found, "rows": [row.fields() for row in rows]}, indent=2) + "\n")
    for line in table(rows):
        print(line)


class OurBare(OurGateway):
    """Our gateway, doing what the Node app does: counting."""

    def __init__(self, directory, identities):
        super().__init__(directory, identities, BARE)


def _fleet(devices, seconds):
    """Many devices, a moderate rate, everything stored."""

    def body(bench):
        found = {"connect": bench.connect(), "frames": bench.frames(2000, seconds)}
        found["handshakes"] = bench.handshakes(seconds)
        return found

    return _measure(f"{devices} devices", _stored, make_identities(devices), body)


def _restart(devices):
    def body(bench):
        bench.connect()
        return bench.restart()

    return _measure("restart", _stored, make_identities(devices), body)


def _frames(seconds):
    """Few devices, as many frames as go."""

    def body(bench):
        bench.connect()
        return bench.frames(0, seconds)

    return _measure("frames into SQLite", _stored, make_identities(_FEW_DEVICES), body)


def _round(seconds):
    """What is compared: {"ours": ..., "stock": ...}."""

    def body(bench):
        found = {"connect": bench.connect(at_once=4), "frames": bench.frames(2000, seconds)}
        found["ceiling"] = bench.ceiling(seconds / 4, start=_FIRST, factor=1.3)
        return found

    identities = make_identities(_STOCK_DEVICES)
    return {
        "ours": _measure("our gateway", OurBare, identities, body, processes=3),
        "stock": _measure("the stock core", StockCore, identities, body, processes=3),
    }


def _stored(directory, identities):
    return OurGateway(directory, identities, STORED)


def _measure(title, make, identities, body, processes=2):
    def tell(text):
        print(f"  {title}: {text}", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="uwish-bench-") as directory:
        contender = make(directory, identities)
        try:
            with Bench(contender, identities, processes, tell=tell) as bench:
                return body(bench)
        finally:
            contender.close()


def _rows(found, devices):
    fleet, restart, stored = found["fleet"], found["restart"], found["stored"]
    connect, frames, handshakes = fleet["connect"], fleet["frames"], fleet["handshakes"]
    yield Row("devices connected at once", connect["connected"], "", 2000, 5000)
    yield Row("  resident memory for one", connect["bytes"] / _KB, "KB", 40, 20, more=False)
    yield Row("  all at once: the last is online after", connect["seconds"], "s")
    yield Row("handshakes, sustained", handshakes["per_s"], "/s", 100, 300)
    yield Row("  processor time for one", handshakes["cpu_ms"], "ms")
    yield Row("64-byte SenML frames stored in SQLite", stored["written_per_s"], "/s", 10e3, 30e3)
    yield Row("  processor time for one", stored["cpu_us"], "us")
    yield from _compared(found["rounds"])
    title = f"p99 from socket to sink, 2,000 frames/s, {devices} devices"
    yield Row(title, frames["p99_ms"], "ms", 20, 5, more=False)
    title = f"{restart['connected']} devices at once after a restart: all back"
    yield Row(title, restart["seconds"], "s", 60, 20, more=False)


def _compared(rounds):
    ratios = [_best(side["ours"]) / _best(side["stock"]) for side in rounds]
    note = "of each round: " + ", ".join(f"{ratio:.2f}" for ratio in ratios)
    title = "frames without storage, times the stock core's"
    yield Row(title, median(ratios), "x", 0.4, 1, note=note)
    for name in ("ours", "stock"):
        # The middle one of the rounds, whole: numbers of one row belong together.
        side = sorted((side[name] for side in rounds), key=_best)[len(rounds) // 2]
        ceiling = side["ceiling"]
        yield Row(f"  {name}", _best(side), "/s", note=ceiling["end"])
        yield Row("    processor time for one", ceiling.get("cpu_us", 0), "us")
        yield Row("    50 devices, 4 at a time: all online after", side["connect"]["seconds"], "s")
        yield Row("    p99 from socket to sink at 2,000 frames/s", side["frames"]["p99_ms"], "ms")


def _best(side):
    return side["ceiling"].get("per_s", _FIRST)


if __name__ == "__main__":
    main()
