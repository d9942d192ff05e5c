"""A process that is part of a measurement: it takes orders and answers as lines of JSON."""

import contextlib
import json
import os
import subprocess
import sys

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
        if not line.endswith(b"\n"):
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
