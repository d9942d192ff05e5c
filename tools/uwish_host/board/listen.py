"""What a board says by itself, without disturbing it."""

import time

from serial import SerialException

from ..errors import Failure
from .ports import close_port, open_port

_POLL_S = 0.2


class Listener:
    """Hears the board at `port`; a context manager. `lines()` yields what it prints, line by line,
    and None when it has been silent for a while. A port that goes away (a board on its own USB does
    that in a reset) is opened again when it is back, for at most `patience_s`; `gone()` is called
    when it went. `transport` is the port where it is open already
    (port.Board.restart_and_leave_open): then nothing is missed."""

    def __init__(self, port, transport=None, patience_s=10, gone=lambda: None):
        self._port = port
        # A pseudo-terminal does not come back: by then its number may be that of another board.
        self._patience_s = 0 if port.startswith("/dev/pts/") else patience_s
        self._gone = gone
        self._transport = transport
        self._line = bytearray()

    def __enter__(self):
        if self._transport is None:
            self._open()
        else:
            self._transport.serial.timeout = _POLL_S
        return self

    def __exit__(self, *_):
        self._close()

    def lines(self):
        """For ever; a Failure when the port is gone for good."""
        gone_since = None
        while True:
            try:
                if self._transport is None:
                    self._open()
                    gone_since = None
                serial = self._transport.serial
                data = serial.read(max(1, serial.in_waiting))
            except (OSError, SerialException, Failure):
                self._close()
                if gone_since is None:
                    gone_since = time.monotonic()
                    self._gone()
                if time.monotonic() - gone_since >= self._patience_s:
                    raise Failure(f"{self._port} is gone: check the cable and the power") from None
                time.sleep(_POLL_S)
                yield None
                continue
            yield from self._cut(data)
            if not data:
                yield None

    def _cut(self, data):
        for byte in data:
            if byte == 10:
                line = self._line.decode(errors="replace").rstrip("\r")
                self._line.clear()
                yield line
            else:
                self._line.append(byte)

    def _open(self):
        self._transport = open_port(self._port, _POLL_S)

    def _close(self):
        if self._transport is not None:
            close_port(self._transport)
            self._transport = None
