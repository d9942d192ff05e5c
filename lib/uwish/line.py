"""One place in the pool: a connection together with its socket, served one turn at a time."""

from .compat import const, elapsed, same
from .connection import CLOSED, HANDSHAKE, IDLE, RUNNING
from .net import Link
from .stats import MASK

_ANY = bytes(32)  # as a host: any
_QUIET = const(0)
BUSY = const(1)
CHANGED = const(2)

_READS = const(8)  # from one socket in one turn, so that a fast sender does not starve the others


class Line:
    """`connection` over `link`; `pin` is the index of the pin it was dialled for, `host` the host
    that this asks for, `began` when its handshake began and, once `settled`, when it was
    established. `input` is the node's shared buffer for what is read."""

    def __init__(self, connection, poller, stats, input):
        self.connection = connection
        self.link = Link(poller)
        self.pin = 0
        self.host = _ANY
        self.began = 0
        self.settled = False
        self.view = memoryview(connection.reader.buf)
        self._stats = stats
        self._input = input
        # Input that is in use. When a handler has raised, what was not taken of it is unread.
        self._left = 0
        self._left_end = 0

    def take(self, link, pin, host, now):
        """Start with a connected `link`, in place of the old one, which is closed."""
        self.link = link
        self.pin = pin
        self.host = host
        self.began = now
        self.settled = False
        self._left_end = 0

    def accepts(self):
        """Is the host that answered what its pin asks for?"""
        host = self.host
        return same(host, 0, _ANY, 0, 32) or same(host, 0, self.connection.key, 64, 32)

    def serve(self, now):
        """Read, compute, write: _QUIET, BUSY when there is more to compute at once, or CHANGED when
        the connection has just been established or has ended."""
        c = self.connection
        if c.state == IDLE:
            return _QUIET
        if self.link.events:
            # Or a turn that does not look for input would take them for new ones.
            self.link.events = 0
            self._read(now)
        busy = c.state == HANDSHAKE and c.step()
        if c.write() or self.link.blocked:
            self._flush(now)
        if c.state == RUNNING:
            return _QUIET if self.settled else CHANGED
        if c.state == CLOSED:
            return CHANGED
        return BUSY if busy else _QUIET

    def _flush(self, now):
        try:
            while self._write(now):
                pass
        except OSError:
            self.connection.lost(True)

    def _write(self, now):
        # Hand to the network what it takes at once; True when there is more to write. Few locals,
        # and the handler of errors apart: MicroPython takes the frame of a function with many from
        # the heap.
        c = self.connection
        window = c.window
        if window.end:
            n = self.link.write(window.buf, window.start, window.end - window.start)
            if not n:
                # A remote that takes no answers is not listened to either.
                self.link.blocked = True
                self.link.watch(c.want() > 0, True)
                return False
            self._stats.bytes_out = self._stats.bytes_out + n & MASK
            if c.sent(n, now):
                c.write()
            if window.end:
                return True
        if self.link.blocked:
            self.link.blocked = False
            self.link.watch(True, False)
        return False

    def unread(self):
        """True when a handler has raised before all input was used."""
        return self._left_end > 0 and self.connection.is_open

    def feed_unread(self, now):
        """Go on with that input; before anything else is read, because the buffer is shared."""
        self._feed(self._left + self.connection.taken, self._left_end, now)

    def lasted_ms(self, now):
        """How long it has been established, at least 1; 0 when it never was."""
        return elapsed(now, self.began) + 1 if self.settled else 0

    def _read(self, now):
        c = self.connection
        reads = 0
        while reads < _READS:
            want = c.want()
            if not want:
                return
            if want > len(self._input):
                want = len(self._input)
            n = self._input_of(want)
            if not n:
                if n is not None:
                    c.lost()
                return
            if n < 0:
                c.lost(True)
                return
            self._stats.bytes_in = self._stats.bytes_in + n & MASK
            self._feed(0, n, now)
            if n < want:
                return
            reads += 1

    def _input_of(self, n):
        # None when there is nothing, 0 when there never will be, -1 when the connection broke.
        try:
            return self.link.read(self._input, n)
        except OSError:
            return -1

    def _feed(self, off, end, now):
        # No `finally`: that would take the frame of this function from the heap.
        self._left = off
        self._left_end = end
        self.connection.receive(self._input, off, end - off, now)
        self._left_end = 0
