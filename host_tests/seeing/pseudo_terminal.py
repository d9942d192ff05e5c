"""A command on a terminal of its own, and what a person in front of it sees."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

from command_line import ENVIRONMENT, GIVE_UP_S

_CSI = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])")


class PseudoTerminal:
    """Runs `uwish ARGUMENTS` with `columns` and `lines`; `said` is all it has written."""

    def __init__(self, *arguments, columns=120, lines=12, **environment):
        self._ours, self.theirs = pty.openpty()
        self.before = termios.tcgetattr(self.theirs)
        self.said = ""
        self._size(columns, lines)
        environment = {**ENVIRONMENT, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **environment}
        for name in ("COLUMNS", "LINES", "NO_COLOR"):
            environment.pop(name, None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "uwish_host", *map(str, arguments)],
            stdin=self.theirs,
            stdout=self.theirs,
            stderr=self.theirs,
            env=environment,
            start_new_session=True,
            # The terminal that sends Ctrl-C and Ctrl-Z to it.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()
        os.close(self._ours)
        os.close(self.theirs)

    def _size(self, columns, lines):
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def resize(self, columns, lines):
        """The window gets another size."""
        self._size(columns, lines)

    def press(self, keys):
        """Somebody types this."""
        os.write(self._ours, keys.encode())

    def pump(self, timeout_s=0.02):
        """Take in what has been written."""
        while select.select([self._ours], [], [], timeout_s)[0]:
            with contextlib.suppress(OSError):
                self.said += os.read(self._ours, 65536).decode()
            timeout_s = 0

    def until(self, condition, *turns):
        """The first true condition(screen), screen being the lines on it; `turns` are called
        meanwhile."""
        deadline = time.monotonic() + GIVE_UP_S
        while True:
            self.pump()
            for turn in turns:
                turn()
            found = condition(self.screen())
            if found:
                return found
            assert time.monotonic() < deadline, "\n".join(self.screen())

    def shows(self, *texts):
        """Wait until all these are on the screen: its lines."""
        return self.until(
            lambda screen: all(any(text in line for line in screen) for text in texts) and screen
        )

    def screen(self):
        """The lines of the last whole picture."""
        pictures = self.said.split("\x1b[H")
        return [_plain(line).rstrip() for line in pictures[-1].split("\r\n")]

    def end(self):
        """Its exit status, once it has ended; all it wrote is in `said`."""
        deadline = time.monotonic() + GIVE_UP_S
        while self.process.poll() is None:
            self.pump()
            assert time.monotonic() < deadline, self.said[-2000:]
        self.pump()
        return self.process.returncode

    def is_as_before(self):
        """True when the terminal works as it did before the command."""
        return termios.tcgetattr(self.theirs) == self.before


def controls(text):
    """Every character of `text` that steers a terminal, but for colours and the moves that a
    full-screen program needs."""
    return [c for c in _plain(text) if not c.isprintable() and c not in "\r\n"]


def _plain(text):
    return _CSI.sub("", text)
