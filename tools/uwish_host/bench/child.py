"""A process that is part of a measurement: it takes orders and answers as lines of JSON."""

import contextlib
import json
import os
import subprocess
import sys

_TICKS = os.sysconf("SC_CLK_TCK")
_END_S = 10


class Gone(Exception):
    """The process has ended before it was told to."""


class Child:
    """`command` run with pipes. With `module`, a module of this package under the same Python."""

    def __init__(self, *arguments, module=None, cwd=None):
        if module:
            arguments = (sys.executable, "-m", module, *arguments)
        path = os.pathsep.join(part for part in sys.path if part)
        self._popen = subprocess.Popen(
            [str(argument) for argument in arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            cwd=cwd,
        )

    @property
    def pid(self):
        """Its process id."""
        return self._popen.pid

    def order(self, op, **fields):
        """Tell it what to do; `answer` fetches what came of it, also when it is gone."""
        with contextlib.suppress(BrokenPipeError):
            self._popen.stdin.write(json.dumps({"op": op, **fields}).encode() + b"\n")
            self._popen.stdin.flush()

    def answer(self):
        """The next line it says; Gone when it is."""
        line = self._popen.stdout.readline()
        if not line:
            raise Gone(f"{self._popen.args}: ended with status {self._popen.wait()}")
        return json.loads(line)

    def ask(self, op, **fields):
        """Both."""
        self.order(op, **fields)
        return self.answer()

    def kill(self):
        """End it like a power cut."""
        self._popen.kill()
        self.close()

    def close(self):
        """End it: its standard input is closed, and if that is not enough it is killed."""
        with contextlib.suppress(BrokenPipeError):  # it has ended already
            self._popen.stdin.close()
        try:
            self._popen.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
        self._popen.stdout.close()


def all_answers(children):
    """One answer of each."""
    return [child.answer() for child in children]


def cpu_s(*pids):
    """The processor time (seconds) these processes have used, user and system, of all threads."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def resident_bytes(*pids):
    """The memory these processes hold that is not shared with others: private pages."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            for line in file:
                if line.startswith(("Private_Clean:", "Private_Dirty:")):
                    total += int(line.split()[1]) * 1024
    return total


def children_of(pid):
    """The process ids of its direct children."""
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as file:
            found += map(int, file.read().split())
    return found
