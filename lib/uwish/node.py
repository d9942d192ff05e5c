"""The machine behind App: connections, links and peers, kept going one turn at a time.

Nothing here waits. A turn reads what has arrived, goes on with long arithmetic by one step, lets
the scheduler act, and writes what there is room for. The app's handlers run inside a turn; one that
raises ends the turn, and the next one continues where it stopped.
"""

from . import crypto, log
from .compat import const, elapsed
from .connection import CLOSED, HANDSHAKE, IDLE, RUNNING, Connection
from .dialer import CONNECTING, READY, Dialer
from .dialer import IDLE as NOT_DIALLING
from .handshake import PHASES
from .net import GONE, Link, Poller, now_ms
from .peers import PeerPool
from .reasons import CLOSED as CLOSED_BY_US
from .reasons import DROPPED, REPLACED, describe
from .scheduler import Scheduler
from .sendbuf import HEADER, SendBuffer

_INPUT = const(512)  # bytes read from a socket at once, shared by all connections
_READS = const(8)  # from one socket in one turn, so that a fast sender does not starve the others
_MAX_PAYLOAD = const(16000)  # bytes; a desktop core behaves badly beyond records of 32 KiB


class Node:
    """`events` has a handler (or None) in each of on_online, on_offline, on_frame, on_drain."""

    def __init__(self, events, service, contacts, pins, stats, sizes):
        tx_size, rx_size, max_peers, max_connections = sizes
        self.identity = None
        self.stats = stats
        self.contacts = contacts
        self.pins = pins
        self.frames = SendBuffer(tx_size, max_peers)
        self.max_payload = min(tx_size - HEADER, _MAX_PAYLOAD)
        self.peers = PeerPool(max_peers, contacts, service, self.frames, stats)
        self.scheduler = Scheduler(pins)
        self.now = now_ms()
        self.low_water_due = False  # somebody was told 507 and waits for `drain`
        self._events = events
        self._poller = Poller()
        self._dialer = Dialer(self._poller, contacts)
        self._connections = []
        self._links = []
        self._views = []
        self._pin_of = bytearray(max_connections)  # the pin each was dialled for
        # When its handshake began, later when it was established.
        self._began = [0] * max_connections
        self._settled = bytearray(max_connections)  # 1 once it was noticed as established
        for i in range(max_connections):
            c = Connection(i, service, self, self.frames, stats, rx_size, self.max_payload)
            self._connections.append(c)
            self._links.append(Link(self._poller))
            self._views.append(memoryview(c.reader.buf))
        self._input = bytearray(_INPUT)
        self._left_off = 0  # input that a raising handler left unread
        self._left_end = 0
        self._left_of = None

    # What a connection asks and tells its owner

    def authorise(self, connection, uid):
        """A device calls and is not called."""
        return False

    def accepts(self, connection):
        """Is the host that answered what some pin asks for?"""
        return self.scheduler.wanted(connection)

    def on_service(self, connection, buf, rsid_off, protocol_index, online):
        """A remote app came or went."""
        self.peers.announce(connection, buf, rsid_off, protocol_index, online, self.now)

    def on_frame(self, connection, protocol_index, buf, rsid_off, off, n):
        """A frame came; only a peer can have sent it."""
        peer = self.peers.find(connection, buf, rsid_off, protocol_index)
        if peer is None or not peer.online:
            self.stats.undelivered += 1
            return
        connection.last_frame = self.now
        self.stats.received += 1
        self.tell_presence()
        if self._events.on_frame:
            self._events.on_frame(peer, self._views[connection.index][off : off + n])

    # Turns

    def wait(self, timeout_ms):
        """Wait for the network, at most `timeout_ms`."""
        self._poller.wait(timeout_ms)
        self.now = now_ms()

    def turn(self):
        """Do all that can be done now; the ms until something is due by itself."""
        now = self.now
        due = 1000
        self.tell_presence()
        self._finish_leftover()
        i = 0
        while i < len(self._connections):
            c = self._connections[i]
            if c.state != IDLE:
                due = min(due, self._serve(c, self._links[i], now))
            i += 1
        if self.identity is not None:
            due = min(due, self._dial(now))
        if self.frames.used:
            self.stats.dropped += self.peers.expire(now)
        self.tell_presence()
        if self.low_water_due and self.frames.used <= len(self.frames.buf) >> 1:
            self.low_water_due = False
            if self._events.on_drain:
                self._events.on_drain()
        return due

    def tell_presence(self):
        """Tell the app of peers whose presence differs from what it knows."""
        peers = self.peers
        while peers.changed:
            peers.changed = False
            i = 0
            while i < len(peers):
                peer = peers[i]
                if peer.online != peer.told:
                    peer.told = peer.online
                    # Set again in case this handler raises before the others were told.
                    peers.changed = True
                    handler = self._events.on_online if peer.online else self._events.on_offline
                    if handler:
                        handler(peer)
                i += 1

    def drop_unwanted(self):
        """Close the connections that no pin asks for any more."""
        for c in self._connections:
            if c.state == RUNNING and not self.scheduler.wanted(c):
                c.close(DROPPED)
            elif c.state == HANDSHAKE and not self.pins.policy(self._pin_of[c.index]):
                c.close(DROPPED)
        if self._dialer.state != NOT_DIALLING and not self.pins.policy(self._dialer.pin):
            self._dialer.cancel()

    def drop_contact(self, uid):
        """Close the connections to an identity that is no contact any more."""
        for c in self._connections:
            if c.state != IDLE and c.ruid == uid:
                c.close(DROPPED)
        if self._dialer.state != NOT_DIALLING:
            self._dialer.cancel()

    def close(self):
        """End all connections; frames that still wait are counted as dropped."""
        self._dialer.cancel()
        for c in self._connections:
            if c.state != IDLE:
                c.close(CLOSED_BY_US)
                self._ended(c, self._links[c.index], self.now)
        for peer in self.peers:
            self.stats.dropped += self.frames.forget(peer.index)
        self.tell_presence()

    def _finish_leftover(self):
        c = self._left_of
        if c is not None:
            self._left_of = None
            if c.state != CLOSED:
                self._feed(c, self._left_off, self._left_end)

    def _serve(self, c, link, now):
        if link.events:
            self._read(c, link)
        busy = c.step()
        due = c.tick(now)
        if c.state == RUNNING and not self._settled[c.index]:
            self._established(c, now)
        c.write()
        self._flush(c, link, now)
        if c.state == CLOSED:
            self._ended(c, link, now)
            return 0
        return 0 if busy else due

    def _read(self, c, link):
        reads = 0
        while reads < _READS:
            want = c.want()
            if not want:
                return
            if want > _INPUT:
                want = _INPUT
            n = link.read(self._input, want)
            if n <= 0:
                if n == GONE:
                    c.lost()
                return
            self.stats.add_in(n)
            self._feed(c, 0, n)
            if n < want:
                return
            reads += 1

    def _feed(self, c, off, end):
        try:
            c.receive(self._input, off, end - off, self.now)
        finally:
            off += c.taken
            if off < end:
                self._left_of = c
                self._left_off = off
                self._left_end = end

    def _flush(self, c, link, now):
        window = c.window
        while window.end and c.state != CLOSED:
            n = link.write(window.buf, window.start, window.end - window.start)
            if n <= 0:
                if n == GONE:
                    c.lost()
                else:
                    link.want_write(True)
                return
            self.stats.add_out(n)
            c.sent(n, now)
            if not window.end:
                c.write()
        link.want_write(False)

    def _established(self, c, now):
        self._settled[c.index] = 1
        self.stats.handshakes += 1
        self.stats.last_handshake_ms = elapsed(now, self._began[c.index])
        self._began[c.index] = now
        for other in self._connections:
            if other is not c and other.state == RUNNING and other.key == c.key:
                self.peers.move(other, c)
                other.close(REPLACED)
        log.info("%s: connected", self._name(c))

    def _ended(self, c, link, now):
        link.close()
        self.stats.add_closed(c.reason)
        pin = self._pin_of[c.index]
        lasted = 0
        if self._settled[c.index]:
            self._settled[c.index] = 0
            self.stats.reconnects += 1
            lasted = elapsed(now, self._began[c.index]) + 1
        self.peers.disconnected(c, now)
        delay = self.scheduler.ended(pin, c.reason, lasted, now, crypto.random(1)[0])
        log.warn(
            "%s: %s: %s; again in %d s",
            self._name(c),
            PHASES[c.phase],
            describe(c.reason),
            (delay + 500) // 1000,
        )
        c.reset()

    def _dial(self, now):
        dialer = self._dialer
        if dialer.state == NOT_DIALLING:
            if self._handshaking():
                return 1000
            pin = self.scheduler.choose(self.identity.uid, self._connections, now)
            if pin < 0:
                return self.scheduler.next_ms(self.identity.uid, self._connections, now)
            contact = self.contacts.find(self.pins.buf, self.pins.ruid_offset(pin))
            place = self._free() or self.scheduler.victim(pin, self._connections, now)
            if contact < 0 or place is None:
                # Nobody to dial, or nothing that may give way: look again when something can have
                # changed.
                return 1000
            dialer.start(pin, contact, self.scheduler.failures(pin), now)
        reason = dialer.turn(now)
        if reason:
            self.stats.add_closed(reason)
            delay = self.scheduler.ended(dialer.pin, reason, 0, now, crypto.random(1)[0])
            log.warn(
                "%s at %s: %s; again in %d s",
                self.contacts.alias(dialer.contact),
                dialer.address,
                describe(reason),
                (delay + 500) // 1000,
            )
            return 0
        if dialer.state == READY:
            self._hand_over(dialer, now)
            return 0
        return 1000 if dialer.state == CONNECTING else 0

    def _hand_over(self, dialer, now):
        c = self._free()
        if c is None:
            c = self.scheduler.victim(dialer.pin, self._connections, now)
            if c is None:
                dialer.cancel()
                return
            c.close(DROPPED)
            self._ended(c, self._links[c.index], now)
        link, exchange = dialer.take(self._links[c.index])
        self._links[c.index] = link
        self._pin_of[c.index] = dialer.pin
        self._began[c.index] = now
        self._settled[c.index] = 0
        uid = self.contacts.uid(dialer.contact)
        c.call(self.identity, uid, self.contacts.public(dialer.contact), exchange, now)
        c.write()
        self._flush(c, link, now)

    def _free(self):
        for c in self._connections:
            if c.state == IDLE:
                return c
        return None

    def _handshaking(self):
        for c in self._connections:
            if c.state == HANDSHAKE:
                return True
        return False

    def _name(self, c):
        index = self.contacts.find(c.key, 32)
        return self.contacts.alias(index) if index >= 0 else "unknown"
