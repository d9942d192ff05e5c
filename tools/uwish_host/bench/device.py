"""One simulated device: the protocol machine of a real one (uwish.connection) behind a non-blocking
socket, many of them to a process. Of what a board does besides it has the back-off; when that is
over the fleet dials again."""

import random
import select
import socket

from uwish import crypto
from uwish.connection import CLOSED, HANDSHAKE, IDLE, RUNNING, Connection
from uwish.reasons import CLOSED as HANG_UP
from uwish.reasons import REFUSED
from uwish.scheduler import FIRST_MS, LONGEST_MS, REFUSED_MS
from uwish.sendbuf import SendBuffer
from uwish.status import OK

from ..ticks import now_ms
from .frame import STAMP_OFFSET

_RX = 1024  # bytes; the largest record a device takes
_TX = 2048  # bytes for frames that wait
_PAYLOAD = 512
_NOTHING = memoryview(b"")

READ = select.EPOLLIN
READ_WRITE = select.EPOLLIN | select.EPOLLOUT


class SimDevice:
    """`fleet` has poll, service, stats, gateway (uid, public), address, and is told online(device)
    and ended(device)."""

    def __init__(self, fleet, identity, template):
        self.identity = identity
        self.began_ns = 0
        self.online = False
        self.received = 0
        self._fleet = fleet
        self._frame = bytearray(template)
        self._frames = SendBuffer(_TX, 1)
        self._connection = Connection(
            0, fleet.service, self, self._frames, fleet.stats, _RX, _PAYLOAD
        )
        self._exchange = None
        self._sock = None
        self._flags = 0
        self._failures = 0
        self._ahead = _NOTHING  # frames that were made ahead, as they go to the socket
        self._ahead_at = self._ahead_end = 0  # what has gone, what may go
        self._ahead_step = 1

    @property
    def blocked(self):
        """True when the network takes no more for now."""
        return self._flags == READ_WRITE

    @property
    def ahead(self):
        """How many frames made ahead have not gone yet."""
        return (len(self._ahead) - self._ahead_at) // self._ahead_step

    def prepare(self):
        """Make the public value of the next handshake, as a device does before it dials."""
        self._exchange = crypto.KeyExchange()
        crypto.run(self._exchange.prepare())

    def connect(self, now_ns):
        """Begin; `online` follows, or `ended`."""
        self.began_ns = now_ns
        if self._exchange is None:
            self.prepare()
        sock = self._sock = socket.socket()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.connect_ex(self._fleet.address)
        self._flags = READ_WRITE
        self._fleet.register(self, sock, READ_WRITE)

    def close(self):
        """Hang up."""
        if self._sock is not None:
            self._fleet.unregister(self, self._sock)
            self._sock.close()
            self._sock = None
            self.online = False
            self._connection.close(HANG_UP)
            self._connection.reset()
            self._frames.forget(0)
            self._frames.route[0] = 0
            self._ahead = _NOTHING
            self._ahead_at = self._ahead_end = 0

    def send(self, stamp):
        """Send a frame that carries `stamp` (8 bytes); False when its buffer is full."""
        frame = self._frame
        frame[STAMP_OFFSET : STAMP_OFFSET + 8] = stamp
        return self._frames.put(0, frame, len(frame)) == OK

    def make_ahead(self, count, stamp):
        """Make `count` frames, sealed as they will go out; `release` lets them go. Until all of
        them have gone nothing else is said, for records are numbered."""
        c = self._connection
        window = c.window
        made = bytearray()
        left = count
        while left:
            while left and self.send(stamp):
                left -= 1
            c.write()
            while window.end:
                made += window.buf[window.start : window.end]
                c.sent(window.end - window.start, now_ms())
                c.write()
        self._ahead = memoryview(bytes(made))
        self._ahead_at = self._ahead_end = 0
        self._ahead_step = max(1, len(made) // max(1, count))

    def release(self):
        """One more of the frames made ahead may go."""
        self._ahead_end += self._ahead_step

    def flush(self):
        """Hand to the network what waits, as far as that takes it: True when nothing is left."""
        c = self._connection
        window = c.window
        while True:
            if self._ahead:
                what = self._ahead[self._ahead_at : self._ahead_end]
            else:
                c.write()
                what = memoryview(window.buf)[window.start : window.end]
            if not what:
                break
            try:
                n = self._sock.send(what)
            except BlockingIOError:
                break
            except OSError:
                self._end()
                return True
            if self._ahead:
                self._ahead_at += n
                if self._ahead_at == len(self._ahead):
                    self._ahead = _NOTHING
                    self._ahead_at = self._ahead_end = 0
            else:
                c.sent(n, now_ms())
        blocked = len(what) > 0
        flags = READ_WRITE if blocked else READ
        if flags != self._flags:
            self._flags = flags
            self._fleet.modify(self._sock, flags)
        return not blocked

    def on_ready(self, flags, buf):
        """The socket is readable or writable; `buf` is shared scratch."""
        c = self._connection
        if c.state == IDLE:
            if self._sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                self._end()
                return
            gateway = self._fleet.gateway
            exchange, self._exchange = self._exchange, None
            c.call(self.identity, gateway.uid, gateway.public, exchange, now_ms())
        if flags & select.EPOLLIN:
            try:
                n = self._sock.recv_into(buf)
            except BlockingIOError:
                n = -1
            except OSError:
                n = 0
            if n == 0:
                self._end()
                return
            off = 0
            while off < n and c.state != CLOSED:
                c.receive(buf, off, n - off, now_ms())
                off += c.taken
                while c.step():
                    pass
                if not c.taken:
                    c.write()
                    if not self.flush():
                        break
        if c.state == CLOSED or flags & (select.EPOLLERR | select.EPOLLHUP):
            self._end()
        else:
            self.flush()

    def tick(self):
        """Look at the deadlines: now and then."""
        c = self._connection
        if self._sock is not None and c.state in (HANDSHAKE, RUNNING):
            c.tick(now_ms())
            if c.state == CLOSED:
                self._end()
            else:
                self.flush()

    # What the connection asks and tells

    def accepts(self, connection):
        """Any host of the gateway's identity."""
        return True

    def on_service(self, connection, buf, rsid_off, protocol_index, online):
        """The gateway's app came: from now on frames have somebody to go to."""
        if online and not self.online:
            self.online = True
            self._failures = 0
            self._frames.peers = [
                _Peer(bytes(connection.key) + bytes(buf[rsid_off : rsid_off + 32]))
            ]
            self._frames.route[0] = 1
            self._fleet.online(self)

    def on_frame(self, connection, protocol_index, buf, rsid_off, off, n):
        """A frame from the gateway."""
        self.received += 1

    def _end(self):
        if self._sock is not None:
            c = self._connection
            c.lost()
            delay_ms = min(FIRST_MS << min(self._failures, 6), LONGEST_MS)
            if c.reason == REFUSED:
                delay_ms = REFUSED_MS
            self._failures += 1
            self.close()
            self._fleet.ended(self, delay_ms * random.uniform(0.75, 1.25) / 1000)


class _Peer:
    protocol_index = 0

    def __init__(self, key):
        self.key = key
