"""A terminal that is ours for a while: the other screen, keys one by one, signals as events; and
what it was before, whatever happens."""

import contextlib
import os
import select
import signal
import sys
import termios
import tty

from rich.control import Control

_KEYS = {
    "next": (b"n", b" ", b"j", b"\x1b[6~", b"\x1b[B", b"\x1b[C"),
    "previous": (b"p", b"b", b"k", b"\x1b[5~", b"\x1b[A", b"\x1b[D"),
    "first": (b"g", b"\x1b[H", b"\x1b[1~"),
    "order": (b"s",),
    "end": (b"q",),
}
_NAMES = {key: name for name, keys in _KEYS.items() for key in keys}
_HANDLED = (signal.SIGWINCH, signal.SIGTSTP, signal.SIGTERM, signal.SIGHUP)
_MOST = 64  # bytes of keys that are read at once: somebody may paste


class Terminal:
    """For a `with` block: `console` (rich) shows the alternate screen. `keys` is True when standard
    input is a terminal too. Only for the main thread."""

    def __init__(self, console):
        self.keys = sys.stdin.isatty()
        self._console = console
        self._screen = None
        self._stack = None
        self._signals = []

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            wake_out, wake_in = os.pipe()
            stack.callback(os.close, wake_out)
            stack.callback(os.close, wake_in)
            os.set_blocking(wake_in, False)
            self._wake = wake_out
            before = signal.set_wakeup_fd(wake_in, warn_on_full_buffer=False)
            stack.callback(signal.set_wakeup_fd, before)
            for number in _HANDLED:
                before = signal.signal(number, lambda number, _: self._signals.append(number))
                stack.callback(signal.signal, number, before)
            self._take()
            stack.callback(self._give_back)
            self._all = stack.pop_all()
        return self

    def __exit__(self, *_):
        self._all.close()

    def show(self, renderable):
        """Put this on the screen."""
        with self._console:
            self._console.control(Control.home())
            self._screen.update(renderable)

    def wait(self, source, timeout_s):
        """Wait for something to do: the names of keys that were pressed, "resized", and "source"
        when that (None, or something with a fileno) can be read. SystemExit when we shall end."""
        watched = [self._wake]
        if self.keys:
            watched.append(sys.stdin)
        if source is not None:
            watched.append(source)
        ready = select.select(watched, [], [], timeout_s)[0]
        found = []
        if self._wake in ready:
            os.read(self._wake, _MOST)
        while self._signals:
            found += self._on_signal(self._signals.pop(0))
        if sys.stdin in ready:
            found += self._read_keys()
        if source is not None and source in ready:
            found.append("source")
        return found

    def _on_signal(self, number):
        if number == signal.SIGWINCH:
            return ["resized"]
        if number == signal.SIGTSTP:
            self._give_back()
            os.kill(os.getpid(), signal.SIGSTOP)
            self._take()
            return ["resized"]
        raise SystemExit(128 + number)

    def _read_keys(self):
        data = os.read(sys.stdin.fileno(), _MOST)
        if not data:
            self.keys = False  # whoever pressed them is gone
        found = []
        while data:
            key = max((key for key in _NAMES if data.startswith(key)), key=len, default=b"")
            if key:
                found.append(_NAMES[key])
            data = data[len(key) or 1 :]
        return found

    def _take(self):
        with contextlib.ExitStack() as stack:
            if self.keys:
                before = termios.tcgetattr(sys.stdin)
                stack.callback(termios.tcsetattr, sys.stdin, termios.TCSADRAIN, before)
                tty.setcbreak(sys.stdin, termios.TCSADRAIN)
            self._screen = stack.enter_context(self._console.screen(hide_cursor=True))
            self._stack = stack.pop_all()

    def _give_back(self):
        self._stack.close()
