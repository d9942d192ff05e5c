"""One place in the pool: a connection together with its socket, served one turn at a time."""

from .compat import const, elapsed, same
from .connection import CLOSED, HANDSHAKE, IDLE, RUNNING
from .net import GONE, WOULD_BLOCK, Link

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
        self._left = 0  # input that a raising handler left unread: buf[_left:_left_end]
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
        link = self.link
        if link.events:
            self._read(now)
        busy = c.state == HANDSHAKE and c.step()
        c.write()
        if c.window.end or link.blocked:
            self.flush(now)
        if c.state == RUNNING:
            return _QUIET if self.settled else CHANGED
        if c.state == CLOSED:
            return CHANGED
        return BUSY if busy else _QUIET

    def flush(self, now):
        """Hand to the network what it takes."""
        try:
            self._write(now)
        except OSError:
            self.connection.lost()

    def _write(self, now):
        # Few locals: MicroPython takes the frame of a function with many from the heap.
        link = self.link
        window = self.connection.window
        while window.end:
            n = link.write(window.buf, window.start, window.end - window.start)
            if n == WOULD_BLOCK:
                # A remote that takes no answers is not listened to either.
                link.blocked = True
                link.watch(self.connection.want() > 0, True)
                return
            self._stats.add_out(n)
            self.connection.sent(n, now)
            if not window.end:
                self.connection.write()
        if link.blocked:
            link.blocked = False
            link.watch(True, False)

    def unread(self):
        """True when a handler has raised before all input was used."""
        return self._left_end > 0

    def feed_unread(self, now):
        """Go on with that input; before anything else is read, because the buffer is shared."""
        off = self._left
        end = self._left_end
        self._left_end = 0
        self._feed(off, end, now)

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
            if n <= 0:
                if n == GONE:
                    c.lost()
                return
            self._stats.add_in(n)
            self._feed(0, n, now)
            if n < want:
                return
            reads += 1

    def _input_of(self, n):
        try:
            return self.link.read(self._input, n)
        except OSError:
            return GONE

    def _feed(self, off, end, now):
        c = self.connection
        try:
            c.receive(self._input, off, end - off, now)
        finally:
            off += c.taken
            if off < end and c.is_open:
                self._left = off
                self._left_end = end
