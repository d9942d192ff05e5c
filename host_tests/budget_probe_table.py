"""Measure what the library costs a device, and compare with budgets.toml.

    build/venv/bin/python host_tests/budget_probe_table.py [--search] [--set] [--json]

Prints measured value, budget, and what the goals ask for; writes the same to build/budgets.json.
"""

import argparse
import json
import re
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "lib")]

import budget_probe as probe  # noqa: E402
import budget_probe_frames as frames  # noqa: E402
import micropython_runner as runner  # noqa: E402

FILE = HERE / "budgets.toml"
JSON = runner.ROOT / "build" / "budgets.json"
_MARGIN = 1.025  # a budget over what is measured


def load():
    """{section: {name: budget}}, and {(section, name): {"must": n, "aim": n}} read off comments."""
    text = FILE.read_text()
    goals = {}
    section = ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line[1:-1]
        elif found := re.match(r'"?([\w./]+)"? = \d+ +# must (\d+), aim (\d+)', line):
            name, must, aim = found.groups()
            goals[section, name] = {"must": int(must), "aim": int(aim)}
    return tomllib.loads(text), goals


def measure(search):
    """{section: {name: measured}}. The smallest heap takes a minute: only when asked for."""
    bench = probe.Bench()
    found = {"mpy": bench.sizes}
    for profile in probe.PROFILES:
        values = bench.run(profile, mode="sample")
        if values is None:
            sys.exit(f"the device failed:\n{bench.output}")
        del values["base"], values["drift"]
        found[f"heap.{profile}"] = values
    if search:
        found["smallest"] = {profile: bench.smallest(profile) for profile in probe.PROFILES}
    found["frames"] = frames.words()
    return found


def rows(found, budgets, goals):
    """One dict for each measured number that has a budget, a module, or a section of its own."""
    for section, values in found.items():
        known = budgets
        for part in section.split("."):
            known = known.get(part, {})
        for name, value in values.items():
            if section != "frames" or name in known:
                row = {"section": section, "name": name, "measured": value}
                yield {**row, "budget": known.get(name), **goals.get((section, name), {})}


def show(table):
    print(f"{'':34} measured   budget     must      aim")
    for row in table:
        cells = [row.get(key) for key in ("measured", "budget", "must", "aim")]
        line = " ".join(f"{'' if cell is None else cell:>8}" for cell in cells)
        over = row["budget"] is not None and row["measured"] > row["budget"]
        print(f"{row['section'] + ' ' + row['name']:34} {line}{'  OVER' if over else ''}")


def renew(found):
    """Write what was measured, and a little more, into budgets.toml; its comments stay."""
    section = ""
    lines = []
    for line in FILE.read_text().splitlines():
        if line.startswith("["):
            section = line[1:-1]
        match = re.match(r'("?)([\w./]+)\1 = \d+(.*)', line)
        if match and section in found and section != "frames":
            quote, name, rest = match.groups()
            if name not in found[section]:
                continue  # a module that is no more
            line = f"{quote}{name}{quote} = {_budget(section, found[section].pop(name))}{rest}"
        lines.append(line)
    # Modules are the last section, so that new ones can follow.
    lines += [f'"{name}" = {_budget("mpy", size)}' for name, size in found["mpy"].items()]
    FILE.write_text("\n".join(lines) + "\n")


def _budget(section, value):
    return value + 2 if section == "smallest" else int(value * _MARGIN + 15) // 16 * 16


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--search", action="store_true", help="find the smallest heap (a minute)")
    parser.add_argument("--set", action="store_true", help="set the budgets to what is measured")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    args = parser.parse_args()
    found = measure(args.search)
    table = list(rows(found, *load()))
    JSON.write_text(json.dumps(table, indent=1) + "\n")
    if args.json:
        print(JSON.read_text(), end="")
    else:
        show(table)
    if args.set:
        renew(found)


if __name__ == "__main__":
    main()
