"""The edge to the network and the clock: non-blocking TCP for both interpreters.

`Link` hides what differs. MicroPython's streams say None for "would block" and take an offset;
CPython's sockets raise and take views. ESP32 reports a failed connection as readable, has no
SO_ERROR, and after an error says "readable and writable" for ever: so the first error closes the
link, whatever the poll says later.
"""

import select
import socket
from sys import implementation

from .compat import const

if implementation.name == "micropython":
    from time import ticks_ms
else:
    from time import monotonic_ns

    def ticks_ms():
        """As MicroPython's."""
        return monotonic_ns() // 1000000


_POLLIN = const(1)
_POLLOUT = const(4)
# What `reach.progress` says:
WOULD_BLOCK = const(0)
GONE = const(-1)

TICKS_MASK = const(0x3FFFFFFF)  # for `ticks_ms`: time in the core is modulo 2**30 (compat.py)
_STREAMS = hasattr(socket.socket, "readinto")  # MicroPython's sockets are streams


class Link:
    """One TCP connection at a time, reused. `events` is what the last wait saw."""

    def __init__(self, poller):
        self.sock = None
        self.events = 0
        self.connected = False
        self.blocked = False  # its owner has output that it did not take
        self.poll_id = None
        self._poller = poller
        self._flags = 0

    def attach(self, sock):
        """Own `sock`, which does not block and is connecting (see reach.py)."""
        self.sock = sock
        self.events = 0
        self.connected = False
        self._bind()
        # What a poll result names: the socket itself, or on CPython its number.
        self.poll_id = sock if _STREAMS else sock.fileno()
        self._flags = _POLLIN | _POLLOUT
        self._poller.add(self, self._flags)

    def watch(self, reading, writing):
        """Whether waiting is to end when there is input, and when there is room for output."""
        flags = (_POLLIN if reading else 0) | (_POLLOUT if writing else 0)
        if flags != self._flags and self.sock is not None:
            self._flags = flags
            self._poller.change(self, flags)

    def close(self):
        """Close it, whatever state it is in."""
        self.connected = False
        self.blocked = False
        self.events = 0
        if self.sock is not None:
            if self._flags:
                self._poller.remove(self)
                self._flags = 0
            self.sock.close()
            self.sock = None

    def _bind(self):
        # Up to `n` bytes: `read(buf, n)` into `buf`, how many, 0 when the other side has closed;
        # `write(buf, off, n)` of `buf` at `off`, how many. None when that would block; or OSError.
        # The socket's own, bound once for each, because binding a method takes heap, and a call of
        # Python between as much time as the rest of a read.
        self.read = self.sock.readinto
        self.write = self.sock.write


if implementation.name != "micropython":
    from . import _sockets

    Link.read = _sockets.read
    Link.write = _sockets.write
    Link._bind = _sockets.bind


class Poller:
    """Waits for any of a few links. Nothing is allocated while the set of links stays the same."""

    def __init__(self):
        self._poll = select.poll()
        # MicroPython's `ipoll` makes no list. Bound once, because that takes heap.
        self._wait = self._poll.ipoll if _STREAMS else self._poll.poll
        self._links = []
        self._noted = False  # the last wait has seen something

    def add(self, link, flags):
        """Watch `link`."""
        self._links.append(link)
        self._poll.register(link.sock, flags)

    def change(self, link, flags):
        """Watch `link` for other events."""
        self._poll.modify(link.sock, flags)

    def remove(self, link):
        """Stop watching `link`; before its socket is closed."""
        self._links.remove(link)
        self._poll.unregister(link.sock)

    def wait(self, timeout_ms):
        """Wait at most `timeout_ms` and set `events` of every link."""
        if self._noted:
            self._noted = False
            for link in self._links:
                link.events = 0
        for item in self._wait(timeout_ms):
            self._note(item)

    def _note(self, item):
        self._noted = True
        for link in self._links:
            if item[0] == link.poll_id:
                link.events = item[1]
