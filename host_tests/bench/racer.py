"""One MicroPython process that sends messages when it is told to, and how busy its receiver was."""

import os
import select
import subprocess

import workplace

_TIME_LIMIT_S = 60
_END_S = 2
_TICKS = os.sysconf("SC_CLK_TCK")


class Racer:
    """`speaks` is what it said of itself; `receiver` the process id of what counts its messages.
    SystemExit, with what it printed, when it fails or takes longer than a minute for something."""

    def __init__(self, receiver, *args):
        self.receiver = receiver
        self._process = subprocess.Popen(
            workplace.micropython("speed_device", *args),
            cwd=workplace.ROOT,
            env=workplace.environment(workplace.COMPILED),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.speaks = self._answer()

    def run(self, name, n):
        """Do `name` with `n` messages: (seconds, bytes of heap, seconds its receiver computed)."""
        busy = _busy_s(self.receiver)
        self._process.stdin.write(f"{name} {n}\n")
        self._process.stdin.flush()
        line = self._answer()
        try:
            time_us, held = map(int, line.split())
        except ValueError:
            raise SystemExit(self._failed(line)) from None
        return time_us / 1e6, held, _busy_s(self.receiver) - busy

    def stop(self):
        """End the process; what it printed last. Calling it again is harmless."""
        if self._process.stdout.closed:
            return ""
        self._process.stdin.close()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with self._process.stdout as rest:
            return rest.read()

    def _answer(self):
        if not select.select([self._process.stdout], [], [], _TIME_LIMIT_S)[0]:
            raise SystemExit(self._failed(f"no answer in {_TIME_LIMIT_S} s\n"))
        line = self._process.stdout.readline()
        if not line or line.startswith("Traceback"):
            raise SystemExit(self._failed(line))
        return line.strip()

    def _failed(self, line):
        return f"bench: a racer failed:\n{line}{self.stop()}"


def _busy_s(pid):
    """Seconds of processor time that a process has used, user and system (proc(5))."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
