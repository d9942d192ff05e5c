"""The serial port: a pseudo-terminal that mpremote opens like a USB port.

This side keeps the other end open too, so that it stays in raw mode while nobody uses it: a new
terminal would echo what the board prints back to the board. Like a UART it makes the board wait for
nobody: what no one has read for a while is dropped.
"""

import contextlib
import os
import termios
import tty

_CHUNK = 4096
_WAITING = 65536  # bytes from the board for a slow reader; then the board has to wait, too
_PATIENCE_S = 5.0


class SerialPort:
    """`path` is the terminal. `received(bytes)` is called with what is typed; `writable(bool)` when
    the board may write on, or has to wait."""

    def __init__(self, loop, received, writable):
        self._loop = loop
        self._received = received
        self._writable = writable
        self._master, self._terminal = os.openpty()
        tty.setraw(self._terminal)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._terminal)
        self._waiting = bytearray()
        self._giving_up = None  # the timer that drops what nobody reads
        loop.add_reader(self._master, self._read)

    def close(self):
        """Hang up."""
        self._loop.remove_reader(self._master)
        self._loop.remove_writer(self._master)
        if self._giving_up:
            self._giving_up.cancel()
        os.close(self._master)
        os.close(self._terminal)

    def write(self, data):
        """Pass on what the board has written."""
        was_empty = not self._waiting
        self._waiting += data
        if was_empty:
            self._flush()
        if len(self._waiting) > _WAITING:
            self._writable(False)

    def _read(self):
        with contextlib.suppress(BlockingIOError):
            self._received(os.read(self._master, _CHUNK))

    def _flush(self):
        try:
            n = os.write(self._master, self._waiting[:_CHUNK])
        except BlockingIOError:
            n = 0
        if n:
            del self._waiting[:n]
            if self._giving_up:
                self._giving_up.cancel()
                self._giving_up = None
        if self._waiting:
            self._loop.add_writer(self._master, self._flush)
            if not self._giving_up:
                self._giving_up = self._loop.call_later(_PATIENCE_S, self._give_up)
        else:
            self._loop.remove_writer(self._master)
            self._writable(True)

    def _give_up(self):
        self._giving_up = None
        self._waiting.clear()
        termios.tcflush(self._terminal, termios.TCIFLUSH)
        self._flush()
