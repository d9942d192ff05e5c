"""One simulated device: the protocol machine of a real one (uwish.connection) behind a non-blocking
socket, many of them to a process. What a board does besides, pins and back-off, is left to the
fleet."""

import select
import socket

from uwish import crypto
from uwish.connection import CLOSED, HANDSHAKE, IDLE, RUNNING, Connection
from uwish.net import now_ms
from uwish.reasons import CLOSED as HANG_UP
from uwish.sendbuf import SendBuffer
from uwish.status import OK

from .frame import STAMP_OFFSET

_RX = 1024  # bytes; the largest record a device takes
_TX = 2048  # bytes for frames that wait
_PAYLOAD = 512

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
        self.peers = []  # what the machine asks for: the peer of frame 0
        self._fleet = fleet
        self._frame = bytearray(template)
        self._frames = SendBuffer(_TX, 1)
        self._connection = Connection(
            0, fleet.service, self, self._frames, fleet.stats, _RX, _PAYLOAD
        )
        self._exchange = None
        self._sock = None
        self._flags = 0

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

    def send(self, stamp):
        """Send a frame that carries `stamp` (8 bytes); False when its buffer is full."""
        frame = self._frame
        frame[STAMP_OFFSET : STAMP_OFFSET + 8] = stamp
        return self._frames.put(0, frame, len(frame)) == OK

    def flush(self):
        """Hand to the network what waits, as far as that takes it: True when nothing is left."""
        c = self._connection
        window = c.window
        c.write()
        while window.end:
            try:
                n = self._sock.send(memoryview(window.buf)[window.start : window.end])
            except BlockingIOError:
                break
            except OSError:
                self._end()
                return True
            c.sent(n, now_ms())
            c.write()
        blocked = window.end > 0
        flags = READ_WRITE if blocked else READ
        if flags != self._flags:
            self._flags = flags
            self._fleet.modify(self._sock, flags)
        return not blocked

    def on_ready(self, flags, buf):
        """The socket is readable or writable; `buf` is shared scratch."""
        c = self._connection
        if c.state == IDLE:
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
            self.peers = [_Peer(bytes(connection.key) + bytes(buf[rsid_off : rsid_off + 32]))]
            self._frames.route[0] = 1
            self._fleet.online(self)

    def on_frame(self, connection, protocol_index, buf, rsid_off, off, n):
        """A frame from the gateway."""
        self.received += 1

    def _end(self):
        if self._sock is not None:
            self.close()
            self._fleet.ended(self)


class _Peer:
    protocol_index = 0

    def __init__(self, key):
        self.key = key
