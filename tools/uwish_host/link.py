"""One accepted TCP connection: a socket, the protocol machine behind it, and the frames for it.

The machine (uwish.connection) never waits and never touches the socket; a link does for it what
Node does on a device, with an event loop in the place of poll(). What a link holds is bounded: one
record that has not come whole, one window, one send buffer, and the unused rest of one read;
nothing more is read before that is used, and a peer that takes no bytes is given up. Of all this an
idle connection has nothing (lean.py).
"""

import contextlib
import socket
import time

from uwish.connection import CLOSED, PING_MS, RUNNING
from uwish.reasons import CLOSED as CLOSED_BY_US
from uwish.reasons import LOST, OVERLOADED

from .exchange import WorkedExchange
from .machine import make_connection
from .remote import Remote
from .ticks import now_ms

HANDSHAKE_MS = 10000
# The beginning of our key. A device takes silence after its hello for "you are no contact here" and
# stays away for minutes; after this it comes again in seconds.
_COME_AGAIN = b"\x01\x80"


class Link(Remote):
    """`gateway` answers (public_key, identified) and is told (established, presence, frame, ended).
    `host` is the address that called, `address` the same with its port, for people."""

    def __init__(self, gateway, sock, host, address):
        super().__init__(gateway)
        self.host = host
        self.address = address
        self._loop = gateway.loop
        self._sock = sock
        self._fd = sock.fileno()
        self._over = False
        self._leaving = False
        self._paused = False  # read no more for now
        self._reading = False
        self._writing = False
        self._rest = b""  # was read, could not be used yet
        self._began = now_ms()
        self._exchange = WorkedExchange(gateway.powers, self._on_power)
        self.connection = make_connection(self, gateway)
        self.connection.answer(gateway.identity, self._exchange, self._began, HANDSHAKE_MS)
        self._timer = self._loop.call_later(HANDSHAKE_MS / 1000, self._on_timer)
        self._watch()

    # What the gateway wants

    def send(self, peer, payload):
        """Take a frame for `peer`, one of `peers`: its status."""
        status = self.frames.put(peer.index, payload, len(payload))
        self._turn()
        return status

    def close(self, reason):
        """End it now."""
        if not self._over:
            self.connection.close(reason)
            self._end(reason)

    def leave(self):
        """Say no more, and hear what was sent before the other side knows; then it hangs up."""
        if not self.established:
            self.close(CLOSED_BY_US)
        elif not self._over:
            self._flush()
            # Who takes no bytes is closed later, when there is no more time.
            if not self._over and not self.connection.window.end:
                self._leaving = True
                with contextlib.suppress(OSError):
                    self._sock.shutdown(socket.SHUT_WR)

    def local_address(self):
        """The (host, port, ...) of ours that was called."""
        return self._sock.getsockname()

    def resume(self):
        """Reading may go on (see Gateway.hold)."""
        if not self._over:
            # First of all: what has come meanwhile shows that the other side is alive.
            self._on_readable()
            self._turn()

    def read(self):
        """Look whether something has come."""
        if not self._over:
            self._on_readable()

    # Turning

    def _turn(self):
        """Do all that can be done now; the ms until something may be due by itself."""
        if self._over:
            return PING_MS
        c = self.connection
        held = self._is_held()
        if held:
            self._gateway.hold(self)
        if self._rest and not held:
            rest, self._rest = self._rest, b""
            self._use(rest, 0, len(rest))
        else:
            self._flush()
        # Who is not read from cannot be called silent.
        due = PING_MS if held else c.tick(now_ms())
        if not due:
            self._flush()
        if c.state == CLOSED:
            self._end(c.reason)
            return PING_MS
        if not held and not self._rest:
            self._paused = False
        self._watch()
        return due

    def _is_held(self):
        # Handshakes go on: they give nothing to anybody.
        waits = self._paused or self._rest
        return bool(waits) and self.established and self._gateway.congested()

    def _use(self, data, off, end):
        """Take in data[off:end], and write what comes of it in one go."""
        c = self.connection
        while off < end:
            wanted = c.want()
            if not wanted:
                self._flush()
                wanted = c.want()
                if not wanted:
                    break
            # A handshake is fed no more than it asks for: what follows is for the next reader.
            n = end - off if c.state == RUNNING else min(wanted, end - off)
            c.receive(data, off, n, now_ms())
            off += c.taken
            if not self.established and c.state == RUNNING:
                self._exchange = None
                self.establish(now_ms() - self._began)
        self._flush()
        if off < end:
            self._rest = bytes(data[off:end])

    def _flush(self):
        c = self.connection
        window = c.window
        if self._leaving:
            c.session.replies.write(window)
            window.clear()
            return
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

    def _on_power(self):
        if not self._over:
            self.connection.step()
            self._turn()

    def _on_readable(self):
        gateway = self._gateway
        if self._rest or (self.established and gateway.congested()):
            # Only now, because mostly nothing comes while there is a rest.
            self._paused = True
            self._turn()
            return
        buf = gateway.input
        c = self.connection
        try:
            n = self._sock.recv_into(buf)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            n = 0
        if n:
            self.stats.add_in(n)
            self.read_at = time.time()
            taken = c.take_alike(buf, 0, n, now_ms())
            if taken < n:
                self._use(buf, taken, n)
        else:
            c.lost()
        if c.state == CLOSED:
            self._end(c.reason)
        elif self._rest or c.window.end or self._writing or c.state != RUNNING:
            self._turn()

    def _on_timer(self):
        due = self._turn()
        if not self._over:
            self.connection.rest()
            self.stats.dropped += self.peers.expire(now_ms())
            # One ms more than said, so that it is really due then; and often enough to see a stall.
            delay_ms = min(due, PING_MS) + 1
            self._timer = self._loop.call_later(delay_ms / 1000, self._on_timer)

    def _watch(self):
        # By the number: given a socket, asyncio asks it for its addresses each time.
        c = self.connection
        reading = not self._over and not self._paused
        if reading != self._reading:
            self._reading = reading
            if reading:
                self._loop.add_reader(self._fd, self._on_readable)
            else:
                self._loop.remove_reader(self._fd)
        writing = not self._over and c.window.end > 0
        if writing != self._writing:
            self._writing = writing
            if writing:
                self._loop.add_writer(self._fd, self._turn)
            else:
                self._loop.remove_writer(self._fd)

    def _end(self, reason):
        if self._over:
            return
        self._over = True
        if self.turned_away:
            reason = OVERLOADED
        elif self._leaving and reason == LOST:
            reason = CLOSED_BY_US
        if reason in (OVERLOADED, CLOSED_BY_US) and not self.stats.bytes_out:
            with contextlib.suppress(OSError):
                self._sock.send(_COME_AGAIN)
        self._timer.cancel()
        if self._exchange is not None:
            self._exchange.cancel()
            self._exchange = None
        self._watch()
        self._sock.close()
        self.peers.disconnected(self.connection, now_ms())
        for peer in self.peers:
            self.stats.dropped += self.frames.forget(peer.index)
        self._gateway.ended(self, reason)
        # Later: who ended it may be in the midst of what it consists of.
        self._loop.call_soon(self.dissolve)
