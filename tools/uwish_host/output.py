"""Standard output that never makes anybody wait.

A terminal can be paused, a pipe can have a slow reader; the gateway's devices must not notice. So
what is written goes into a buffer of bounded size, and a thread hands that to the system. When the
buffer is full, events are left out and counted.
"""

import io
import os
import threading

_LIMIT = 8 << 20  # bytes
_LAST_WORDS_S = 2.0  # for what waits when the gateway ends


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
    were lost."""

    def __init__(self, tell, output):
        self._tell = tell
        self._output = output
        self._lost = 0

    def __call__(self, event, fields):
        if not self._output.has_room():
            self._lost += 1
            return
        if self._lost:
            self._tell("lost", {"count": self._lost})
            self._lost = 0
        self._tell(event, fields)
