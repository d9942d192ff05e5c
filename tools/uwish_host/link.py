"""One accepted TCP connection: a socket, the protocol machine behind it, and the frames for it.

The machine (uwish.connection) never waits and never touches the socket; a link does for it what
Node does on a device, with an event loop in the place of poll(). What a link holds is bounded: one
receive buffer, one window, one send buffer, and the unused rest of one read; nothing more is read
before that is used, and a peer that takes no bytes is given up.

The powers of the key exchange are left to a worker thread. As long as that has the machine
(`_busy`), nothing here touches it.
"""

from uwish.connection import CLOSED, HANDSHAKE, PING_MS, RUNNING, Connection
from uwish.handshake import PHASES
from uwish.net import now_ms
from uwish.peers import PeerPool
from uwish.reasons import CLOSED as CLOSED_BY_US
from uwish.sendbuf import HEADER, SendBuffer
from uwish.stats import Stats

from .exchange import PausingExchange

RX_SIZE = 8192  # bytes; larger records are discarded and answered with an error
TX_SIZE = 4096  # bytes, of the frames that wait for one device
MAX_PAYLOAD = TX_SIZE - HEADER
MAX_PEERS = 4  # of one device: its services, times their protocols
HANDSHAKE_MS = 10000


class Link:
    """`gateway` answers (public_key, identified) and is told (established, presence, frame, ended).
    `host` is the address that called, `address` the same with its port, for people."""

    def __init__(self, gateway, sock, host, address):
        self.host = host
        self.address = address
        self.alias = None  # the contact's that the other side claims to be
        self.established = False
        self.inherited = (
            set()
        )  # indexes of peers that only an older connection of this host has announced
        self.stats = Stats()
        self.frames = SendBuffer(TX_SIZE, MAX_PEERS)
        self.peers = PeerPool(
            MAX_PEERS,
            None,
            gateway.service,
            self.frames,
            self.stats,
            lambda: gateway.presence(self),
        )
        self.connection = Connection(
            0, gateway.service, self, self.frames, self.stats, RX_SIZE, MAX_PAYLOAD
        )
        self._gateway = gateway
        self._loop = gateway.loop
        self._sock = sock
        self._over = False
        self._busy = False
        self._reading = False
        self._writing = False
        self._rest = b""  # was read, could not be used yet
        self._began = now_ms()
        self._timer = self._loop.call_later(HANDSHAKE_MS / 1000, self._on_timer)
        self.connection.answer(gateway.identity, PausingExchange(), self._began, HANDSHAKE_MS)
        self._watch()

    @property
    def ruid(self):
        """The uid that the other side claims, and has proven when `established`."""
        return self.connection.ruid

    @property
    def phase(self):
        """How far the connection came, in words."""
        return PHASES[self.connection.phase]

    # What the connection asks and tells its owner

    def authorise(self, connection, uid):
        """May this identity connect? Asked before any arithmetic."""
        public = self._gateway.public_key(uid)
        if public is None or not self._gateway.identified(self):
            return False
        connection.public = public
        return True

    def accepts(self, connection):
        """A contact may have any number of hosts."""
        return True

    def on_service(self, connection, buf, rsid_off, protocol_index, online):
        """A remote app came or went."""
        self._settle()
        self.peers.announce(connection, buf, rsid_off, protocol_index, online, now_ms())
        if self.inherited:
            peer = self.peers.find(connection, buf, rsid_off, protocol_index)
            if peer is not None:
                self.inherited.discard(peer.index)
        self._gateway.presence(self)

    def on_frame(self, connection, protocol_index, buf, rsid_off, off, n):
        """A frame came; only a peer can have sent it."""
        self._settle()
        peer = self.peers.find(connection, buf, rsid_off, protocol_index)
        if peer is None or not peer.online:
            self.stats.undelivered += 1
            return
        self.stats.received += 1
        self._gateway.frame(self, peer, bytes(buf[off : off + n]))

    # What the gateway wants

    def send(self, peer, payload):
        """Take a frame for `peer`, one of `peers`: its status."""
        status = self.frames.put(peer.index, payload, len(payload))
        self._turn()
        return status

    def close(self, reason):
        """End it now."""
        if not self._over:
            if not self._busy:
                self.connection.close(reason)
            self._end(reason)

    # Turning

    def _turn(self):
        """Do all that can be done now; the ms until something may be due by itself."""
        if self._over or self._busy:
            return PING_MS
        c = self.connection
        due = c.tick(now_ms())
        self._settle()
        self._flush()
        if self._rest:
            rest, self._rest = self._rest, b""
            self._use(rest, len(rest))
        if c.state == CLOSED:
            self._end(c.reason)
        elif c.state == HANDSHAKE and not c.want():
            self._start_work()
        self._watch()
        return due

    def _use(self, data, end):
        c = self.connection
        off = 0
        while off < end and c.want():
            c.receive(data, off, end - off, now_ms())
            off += c.taken
            self._settle()
            self._flush()
        self._rest = bytes(data[off:end])

    def _settle(self):
        # Also called from inside receive(): frames may come in one piece with the handshake's end.
        if self.connection.state == RUNNING and not self.established:
            self.established = True
            self.stats.handshakes = 1
            self.stats.last_handshake_ms = now_ms() - self._began
            self._gateway.established(self)

    def _flush(self):
        c = self.connection
        window = c.window
        c.write()
        while window.end and c.state != CLOSED:
            try:
                n = self._sock.send(memoryview(window.buf)[window.start : window.end])
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                c.lost()
                return
            self.stats.add_out(n)
            c.sent(n, now_ms())
            c.write()

    def _start_work(self):
        self._busy = True
        work = self._loop.run_in_executor(self._gateway.worker, self._work)
        work.add_done_callback(self._worked)

    def _work(self):
        while not self._over and self.connection.step():
            pass

    def _worked(self, work):
        self._busy = False
        if self._over:
            return
        if work.exception():
            self.close(CLOSED_BY_US)
            raise work.exception()
        self._turn()

    def _on_readable(self):
        buf = self._gateway.input
        try:
            n = self._sock.recv_into(buf)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            n = 0
        if n:
            self.stats.add_in(n)
            self._use(buf, n)
        else:
            self.connection.lost()
        self._turn()

    def _on_timer(self):
        due = self._turn()
        if not self._over:
            self.stats.dropped += self.peers.expire(now_ms())
            # One ms more than said, so that it is really due then; and often enough to see a stall.
            delay_ms = min(due, PING_MS) + 1
            self._timer = self._loop.call_later(delay_ms / 1000, self._on_timer)

    def _watch(self):
        c = self.connection
        idle = self._over or self._busy
        reading = not idle and not self._rest and c.want() > 0
        if reading != self._reading:
            self._reading = reading
            if reading:
                self._loop.add_reader(self._sock, self._on_readable)
            else:
                self._loop.remove_reader(self._sock)
        writing = not idle and c.window.end > 0
        if writing != self._writing:
            self._writing = writing
            if writing:
                self._loop.add_writer(self._sock, self._turn)
            else:
                self._loop.remove_writer(self._sock)

    def _end(self, reason):
        if self._over:
            return
        self._over = True
        self._timer.cancel()
        self._watch()
        self._sock.close()
        self.peers.disconnected(self.connection, now_ms())
        for peer in self.peers:
            self.stats.dropped += self.frames.forget(peer.index)
        self._gateway.ended(self, reason)
