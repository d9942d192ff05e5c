"""What uwish costs and how fast it is: one table, and build/bench.json.

    instructions   counted by valgrind: handshake, frames, what is received, idle turns
    speed          messages a second over loopback, as ratios to umqtt.simple with Mosquitto, plain
                   and over TLS; and the bytes of heap that a message takes

It reports and does not judge: a missed goal is in the table, the exit status says only whether
everything ran.
"""

import argparse
import json
import sys
from datetime import UTC, datetime

import instructions
import report
import speed
import system_tools
import workplace

JSON = workplace.ROOT / "build" / "bench.json"
PARTS = ("instructions", "speed")


def main():
    """The command; its exit status."""
    args = _arguments()
    parts = args.only or PARTS
    try:
        facts, tools = _prepare(parts)
        groups = []
        if "instructions" in parts:
            names = list(instructions.OPERATIONS)
            groups += [(instructions.TITLE, list(instructions.measure(names, _say)))]
        if "speed" in parts:
            found, spoken = speed.measure(tools["mosquitto"], args.rounds, args.messages, _say)
            facts.update(spoken, rounds=args.rounds, messages=args.messages)
            groups += found
    except system_tools.Missing as missing:
        print(f"bench: {missing}", file=sys.stderr)
        return 1
    text = json.dumps(report.as_json(facts, groups), indent=1)
    JSON.write_text(text + "\n")
    if args.json:
        print(text)
    else:
        print(report.table(groups))
        print("\n" + "\n".join(f"{name}: {value}" for name, value in facts.items()))
    return 0


def _arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=PARTS, help="one part of it")
    parser.add_argument(
        "--rounds", type=int, default=speed.ROUNDS, help="of the speed part (%(default)s)"
    )
    parser.add_argument(
        "--messages",
        type=int,
        default=speed.MESSAGES,
        help="that each contender sends in a round, a multiple of 8 (%(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="print the JSON instead of the table")
    args = parser.parse_args()
    if args.rounds < 1 or args.messages < 8 or args.messages % 8:
        parser.error("--rounds must be 1 or more, --messages a multiple of 8")
    return args


def _prepare(parts):
    """Find the tools while there is a network, leave it, compile: (facts, tools)."""
    facts = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": system_tools.machine(),
        "micropython": f"{workplace.micropython_version()}, heap {workplace.HEAP}",
    }
    tools = {}
    if "instructions" in parts:
        tools["valgrind"] = system_tools.require("valgrind", "valgrind")
        facts["valgrind"] = system_tools.version(tools["valgrind"], "--version")
    if "speed" in parts:
        tools["mosquitto"] = system_tools.require("mosquitto", "mosquitto")
        facts["mosquitto"] = system_tools.version(tools["mosquitto"], "-h")
        facts["umqtt.simple"] = workplace.UMQTT_VERSION
        if not workplace.UMQTT.exists():
            raise system_tools.Missing("umqtt.simple is missing: `make bench` fetches it")
    workplace.isolate()
    _say("compiling")
    workplace.compile_all()
    return facts, tools


def _say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
