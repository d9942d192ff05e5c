"""Standard output that never makes anybody wait.

A terminal can be paused, a pipe can have a slow reader; the gateway's devices must not notice. So
what is written goes into a buffer of bounded size, and a thread hands that to the system. When the
buffer is full, events are left out and counted.
"""

import io
import os
import threading
import time

from .rate_limit import RateLimit

_LIMIT = 8 << 20  # bytes
_LAST_WORDS_S = 2.0  # for what waits when the gateway ends
_LIMITED = ("frame", "online", "offline")  # what a device can say as often as it likes
_SECONDS_AT_ONCE = 10  # of these, where a second has so many
_NEWS_S = 5.0  # how often it is said that there were more


class Output(io.TextIOBase):
    """A text file on a file descriptor. When nobody reads it any more, `gone()` is called, once, in
    the writing thread, and what is written from then on is dropped."""

    encoding = "utf-8"

    def __init__(self, descriptor, gone):
        super().__init__()
        self._descriptor = descriptor
        self._gone = gone
        self._pieces = []
        self._waiting = 0  # bytes: in `_pieces`, and on their way to the system
        self._full = False
        self._broken = False
        self._closing = False
        self._changed = threading.Condition()
        # A daemon: when it hangs in a write for ever, the process ends all the same.
        self._thread = threading.Thread(target=self._run, name="output", daemon=True)
        self._thread.start()

    def has_room(self):
        """False from when the buffer is full until half of it is free again."""
        limit = _LIMIT // 2 if self._full else _LIMIT
        self._full = self._waiting > limit
        return not self._full

    def write(self, text):
        """Take `text` to be written soon."""
        piece = text.encode(errors="backslashreplace")
        with self._changed:
            self._pieces.append(piece)
            self._waiting += len(piece)
            if len(self._pieces) == 1:
                self._changed.notify()
        return len(text)

    def finish(self):
        """Write what waits, as far as it is read within some seconds."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(_LAST_WORDS_S)

    def writable(self):
        """See io.IOBase."""
        return True

    def isatty(self):
        """See io.IOBase."""
        return os.isatty(self._descriptor)

    def fileno(self):
        """See io.IOBase."""
        return self._descriptor

    def _run(self):
        while True:
            with self._changed:
                while not self._pieces:
                    if self._closing:
                        return
                    self._changed.wait()
                pieces, self._pieces = self._pieces, []
            data = memoryview(b"".join(pieces))
            size = len(data)
            while data and not self._broken:
                try:
                    data = data[os.write(self._descriptor, data) :]
                except OSError:
                    self._broken = True
                    self._gone()
            with self._changed:
                self._waiting -= size


class Reporter:
    """tell(event, fields) on an Output: leaves events out while it is full, and says then how many
    were lost. When `tell.per_s` says how many lines of frames, comings and goings are read in the
    long run (some seconds of them at once), so it does with those beyond: a device that floods us
    fills no log, and costs us no time to write it."""

    def __init__(self, tell, output, clock=time.monotonic):
        per_s = getattr(tell, "per_s", None)
        self._tell = tell
        self._output = output
        self._lost = 0
        self._most = _SECONDS_AT_ONCE * (per_s or 0)
        self._limit = None if per_s is None else RateLimit(self._most, per_s, clock)
        self._news = RateLimit(1, 1 / _NEWS_S, clock)

    def __call__(self, event, fields):
        if not self._output.has_room():
            self._lost += 1
            return
        limit = self._limit
        if limit is not None:
            if event in _LIMITED and not limit.passes(min(_lines_of(fields), self._most)):
                return
            if limit.suppressed and self._news.passes():
                self._tell("lost", {"count": limit.take_suppressed()})
        if self._lost:
            self._tell("lost", {"count": self._lost})
            self._lost = 0
        self._tell(event, fields)


def _lines_of(fields):
    return len(fields["value"]) if fields.get("format") == "senml" else 1
