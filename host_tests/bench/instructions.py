"""How many machine instructions the library's operations take, counted by valgrind's callgrind.

Counts repeat where times do not. Each is the difference of N and 2N operations, so that starting
the interpreter and connecting do not count; the network takes everything at once, so that the
kernel does not count either. The library runs compiled (.mpy, -O3) on the 64-bit MicroPython of
build/venv. Writes build/bench.json.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
import micropython_runner as runner
import mpy

ROOT = Path(__file__).resolve().parents[2]
DEVICE = "host_tests/bench/device.py"

# operation, N, what it is, must, aim (instructions; None: no goal)
ROWS = (
    ("handshake", 2, "handshake arithmetic, fast profile", 850e6, 650e6),
    ("frames", 800, "64-byte frame, 8 in a turn", 90e3, 65e3),
    ("frame", 800, "64-byte frame, each in its turn", 90e3, 65e3),
    ("reading", 800, "reading: packed, sent, handed over", 90e3, 65e3),
    ("refusal", 4000, "send refused with 507", None, None),
    ("idle", 4000, "idle poll", None, None),
)


def instructions(operation, n, library):
    """The instructions of a whole run."""
    command = runner.command(DEVICE, operation, n)
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command],
        env=runner.environment(library),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        raise SystemExit(f"bench: {operation} failed:\n{done.stdout}{done.stderr}")
    return int(found.group(1))


def measure(rows, library):
    """[row, instructions for one operation], two runs at a time."""
    with ThreadPoolExecutor(2) as pool:
        once = [pool.submit(instructions, row[0], row[1], library) for row in rows]
        twice = [pool.submit(instructions, row[0], 2 * row[1], library) for row in rows]
        for row, a, b in zip(rows, once, twice, strict=True):
            yield row, (b.result() - a.result()) // row[1]


def verdict(count, must, aim):
    """Where a count stands against its goals."""
    if must is None:
        return ""
    if count > must:
        return "missed"
    return "aim reached" if count <= aim else "must reached"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="one operation: " + ", ".join(row[0] for row in ROWS))
    parser.add_argument("--json", action="store_true", help="print the JSON instead of the table")
    args = parser.parse_args()
    if not shutil.which("valgrind"):
        print("bench: valgrind is missing: apt-get install valgrind", file=sys.stderr)
        return 1
    library = ROOT / "build/mpy/x64"
    mpy.compile_library(library, "x64")
    rows = [row for row in ROWS if args.only in (None, row[0])]
    found = []
    for (operation, _, title, must, aim), count in measure(rows, library):
        found.append({"operation": operation, "instructions": count, "must": must, "aim": aim})
        if not args.json:
            goals = f"{must:>13,.0f} {aim:>13,.0f}" if must else " " * 27
            print(f"{title:38}{count:>13,} {goals}  {verdict(count, must, aim)}", flush=True)
    text = json.dumps(found, indent=1)
    (ROOT / "build/bench.json").write_text(text + "\n")
    if args.json:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
