"""The processes of the demo: how they are called, and what they say in lines of JSON."""

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

from .errors import Failure

ROOT = Path(__file__).resolve().parents[2]
DEVICE = ROOT / "boards" / "unix" / "run.py"
_COMMAND_S = 30
_STOP_S = 10


def uwish(*arguments):
    """The command line of `uwish` with these arguments, in this Python."""
    return [sys.executable, "-m", "uwish_host", *arguments]


def micropython():
    """The MicroPython of this Python's environment, else the first in the PATH."""
    if not DEVICE.exists():
        raise Failure(f"the demo runs in the project's source tree: there is no {DEVICE}")
    beside = Path(sys.executable).with_name("micropython")
    found = beside if beside.exists() else shutil.which("micropython")
    if not found:
        raise Failure("there is no MicroPython here: run `make demo`, it installs what is needed")
    return found


def run(command):
    """What a command prints; a Failure with its complaint when it fails."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            env=_environment(),
            capture_output=True,
            text=True,
            timeout=_COMMAND_S,
        )
    except subprocess.TimeoutExpired:
        raise Failure(f"{command[0]} did not end within {_COMMAND_S} s") from None
    if done.returncode:
        # MicroPython complains on its standard output.
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        why = said[-1].removeprefix("Error: ") if said else f"status {done.returncode}"
        raise Failure(f"{command[0]}: {why}")
    return done.stdout


class JsonProcess:
    """A child process whose output is events, one a line; it is ended with the block."""

    def __init__(self, name, command):
        self._name = name
        self._events = queue.Queue()
        self._process = subprocess.Popen(
            [str(part) for part in command],
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        self._process.stdin.close()
        self._process.stdout.close()

    def next(self, timeout_s):
        """The next event, a dict, or None after `timeout_s`; a Failure when the process ended."""
        try:
            event = self._events.get(timeout=max(timeout_s, 0))
        except queue.Empty:
            return None
        if event is None:
            raise Failure(f"{self._name} has ended early, status {self._process.wait()}")
        return event

    def wait_for(self, name, timeout_s):
        """The next event called `name`; what comes before is passed over."""
        end = time.monotonic() + timeout_s
        while event := self.next(end - time.monotonic()):
            if event["event"] == name:
                return event
        raise Failure(f"{self._name} did not say {name!r} within {timeout_s} s")

    def close_input(self):
        """Tell the process to end, in the way it expects."""
        self._process.stdin.close()

    def _read(self):
        for line in self._process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                event = None
            if isinstance(event, dict) and "event" in event:
                self._events.put(event)
            else:
                sys.stderr.write(f"{self._name}: {line}")
        self._events.put(None)


def _environment():
    # This tree's packages first, whether or not they are installed.
    paths = [str(ROOT / "lib"), str(ROOT / "tools")]
    if inherited := os.environ.get("PYTHONPATH"):
        paths.append(inherited)
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
