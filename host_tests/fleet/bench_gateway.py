"""What our gateway can do, against its goals, and the stock wish-core with a Node app beside it.

    python host_tests/loopback.py python host_tests/fleet/bench_gateway.py [--quick] [--only PART]

    devices     2,000 and 5,000 connected at once: memory for one, silent and sending; latency
    handshakes  how many a second, sustained
    stored      64-byte frames a second into SQLite, one process
    stock       the same without storage, ours and stock wish-core + Node app in turn: a ratio
    restart     1,000 devices lose the gateway at once, and come back

Prints one table and writes build/bench-gateway.json. It reports and does not judge: the exit status
is not 0 only when something could not be measured. With four processors or more the gateway has two
of them and the simulated devices the others; how busy each was is told below each number, so that
it shows when the devices, or other programs, were the limit. `make bench-gateway` runs this.
"""

import argparse
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "interop")]

import gateway_parts  # noqa: E402
import loopback  # noqa: E402

from uwish_host.bench import machine  # noqa: E402
from uwish_host.bench.child import Gone  # noqa: E402
from uwish_host.bench.report import table  # noqa: E402

JSON = ROOT / "build" / "bench-gateway.json"


def main(arguments=None):
    """The command; its exit status."""
    options = _options(arguments)
    loopback.require_loopback("wish-core")
    facts = machine.facts()
    gateway, devices = machine.shares()
    facts["gateway on"] = _processors(gateway)
    facts["devices on"] = _processors(devices)
    rows, measured, failed = [], {}, []
    for name in options.only or gateway_parts.PARTS:
        try:
            measured[name], found = gateway_parts.PARTS[name](options, _tell)
        except (Gone, OSError, RuntimeError, AssertionError) as error:
            failed.append(name)
            _tell(f"{name} could not be measured: {type(error).__name__}: {error}")
        else:
            rows += found
    options.json.parent.mkdir(exist_ok=True)
    text = {"facts": facts, "rows": [row.fields() for row in rows], "measured": measured}
    options.json.write_text(json.dumps(text, indent=1) + "\n")
    print("\n".join(table(rows)))
    print("\n" + "\n".join(f"{name}: {value}" for name, value in facts.items()))
    if failed:
        print(f"not measured: {', '.join(failed)}")
    return 1 if failed else 0


def _options(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=gateway_parts.PARTS, help="one part")
    parser.add_argument("--quick", action="store_true", help="shorter, for a first impression")
    parser.add_argument("--seconds", type=float, help="of each measurement (6; --quick: 2)")
    parser.add_argument("--rounds", type=int, help="of the comparison (3; --quick: 1)")
    parser.add_argument(
        "--devices",
        type=int,
        action="append",
        help="connected at once, for the part of that name (2000 and 5000; --quick: 2000)",
    )
    parser.add_argument("--back", type=int, default=1000, help="devices that come back (1000)")
    parser.add_argument("--json", type=Path, default=JSON, help="where the JSON goes")
    options = parser.parse_args(arguments)
    options.seconds = options.seconds or (2 if options.quick else 6)
    options.rounds = options.rounds or (1 if options.quick else 3)
    options.devices = options.devices or ([2000] if options.quick else [2000, 5000])
    return options


def _processors(found):
    return "processors " + ", ".join(map(str, sorted(found)))


def _tell(text):
    print(f"bench-gateway: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
