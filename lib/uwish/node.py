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
from .line import BUSY, CHANGED, Line
from .net import Poller, now_ms
from .peers import PeerPool
from .reasons import CLOSED as CLOSED_BY_US
from .reasons import DROPPED, REPLACED, RESOLVE, describe
from .scheduler import Scheduler
from .sendbuf import HEADER, SendBuffer

_PLAN_MS = const(1000)  # between two looks at pins, back-off and frames that nobody fetches
_CONNECTING_MS = const(20)
_INPUT = const(512)  # bytes read from a socket at once, shared by all connections
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
        self.peers = PeerPool(max_peers, contacts, service, self.frames, stats, self.tell_presence)
        self.scheduler = Scheduler(pins, contacts)
        self.now = now_ms()
        self.closed = False
        self._interrupted = False  # a handler has raised in the last turn
        self.due_ms = 0  # when the next turn wants to run
        self._planned = self.now
        self._plan_ms = 0
        self.low_water_due = False  # somebody was told 507 and waits for `drain`
        self._events = events
        self._poller = Poller()
        self._dialer = Dialer(self._poller, contacts)
        self._lines = []
        self._connections = []
        input = bytearray(_INPUT)
        for i in range(max_connections):
            c = Connection(i, service, self, self.frames, stats, rx_size, self.max_payload)
            self._connections.append(c)
            self._lines.append(Line(c, self._poller, stats, input))

    # What a connection asks and tells its owner

    def authorise(self, connection, uid):
        """A device calls and is not called."""
        return False

    def accepts(self, connection):
        """Is the host that answered what the pin asks for that was dialled?"""
        return self.pins.matches(self._lines[connection.index].pin, connection.key)

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
        try:
            if self.peers.changed:
                self.tell_presence()
        finally:
            # Also when the other handler raises: the frame is used up, and must not be lost.
            if self._events.on_frame:
                self._events.on_frame(peer, self._lines[connection.index].view[off : off + n])

    # Turns

    def wait(self, timeout_ms):
        """Wait for the network, at most `timeout_ms`."""
        self._poller.wait(timeout_ms)
        self.now = now_ms()

    def turn(self):
        """Do all that can be done now; the ms until something is due by itself."""
        now = self.now
        if self._interrupted:
            self._feed_unread(now)
        self._interrupted = True
        i = 0
        busy = False
        while i < len(self._lines):
            outcome = self._lines[i].serve(now)
            if outcome == BUSY:
                busy = True
            elif outcome == CHANGED:
                self._changed(self._lines[i], now)
            i += 1
        if self.closed:
            return _PLAN_MS
        left = self._plan_ms - elapsed(now, self._planned)
        if left <= 0:
            left = self._plan(now)
            self._plan_ms = left
            self._planned = now
        if self.peers.changed:
            self.tell_presence()
        if self.low_water_due and self.frames.used <= len(self.frames.buf) >> 1:
            self.low_water_due = False
            if self._events.on_drain:
                self._events.on_drain()
        self._interrupted = False
        return 0 if busy else left

    def _changed(self, line, now):
        if line.connection.state == RUNNING:
            self._established(line, now)
        elif line.connection.state == CLOSED:
            self._ended(line, now)

    def _feed_unread(self, now):
        # What a raising handler left unread goes first, because the buffer is shared.
        for line in self._lines:
            if line.unread():
                line.feed_unread(now)

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

    def replan(self):
        """Something that decides what is to be dialled has changed: look at it in the next turn."""
        self._plan_ms = 0
        self.due_ms = 0

    def drop_unwanted(self):
        """Close the connections that no pin asks for any more."""
        for line in self._lines:
            c = line.connection
            unwanted = c.state == RUNNING and not self.scheduler.wanted(c)
            if unwanted or (c.state == HANDSHAKE and not self.pins.policy(line.pin)):
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
        self.closed = True
        self._dialer.cancel()
        for line in self._lines:
            if line.connection.state != IDLE:
                line.connection.close(CLOSED_BY_US)
                self._ended(line, self.now)
        for peer in self.peers:
            self.stats.dropped += self.frames.forget(peer.index)
        self.tell_presence()

    def _established(self, line, now):
        c = line.connection
        self.stats.handshakes += 1
        if self.scheduler.met(line.pin):
            self.stats.reconnects += 1
        self.stats.last_handshake_ms = elapsed(now, line.began)
        line.settled = True
        line.began = now
        for other in self._connections:
            if other is not c and other.state == RUNNING and other.key == c.key:
                self.peers.move(other, c)
                other.close(REPLACED)
        self.replan()
        log.info("%s: connected", self._name(c))

    def _ended(self, line, now):
        c = line.connection
        line.link.close()
        self.peers.disconnected(c, now)
        phase = PHASES[c.phase]
        self._failed(line.pin, self._name(c), phase, c.reason, line.lasted_ms(now))
        line.settled = False
        c.reset()

    def _failed(self, pin, who, phase, reason, lasted_ms):
        self.stats.add_closed(reason)
        self.replan()
        if reason in (CLOSED_BY_US, DROPPED, REPLACED):
            log.info("%s: %s", who, describe(reason))
            return
        chance = crypto.random(1)[0]
        delay_ms = self.scheduler.ended(pin, reason, lasted_ms, self.now, chance)
        seconds = (delay_ms + 500) // 1000
        log.warn("%s: %s: %s; again in %d s", who, phase, describe(reason), seconds)

    def _plan(self, now):
        # What need not be looked at in every turn. Returns when to come back, in ms.
        due = _PLAN_MS
        for c in self._connections:
            if c.is_open:
                due = min(due, c.tick(now))
        if self.frames.used:
            self.stats.dropped += self.peers.expire(now)
        return min(due, self._dial(now)) if self.identity is not None else due

    def _dial(self, now):
        dialer = self._dialer
        if dialer.state == NOT_DIALLING:
            if self._handshaking():
                return _PLAN_MS
            pin = self.scheduler.choose(self.identity.uid, self._connections, now)
            if pin < 0:
                return self.scheduler.next_ms(self.identity.uid, self._connections, now)
            if not (self._free() or self.scheduler.victim(pin, self._connections, now)):
                return _PLAN_MS
            contact = self.contacts.find(self.pins.buf, self.pins.ruid_offset(pin))
            dialer.start(pin, contact, self.scheduler.failures(pin), now)
        reason = dialer.turn(now)
        if reason:
            phase = "resolve" if reason == RESOLVE else "connect"
            who = "%s at %s" % (self.contacts.alias(dialer.contact), dialer.address)
            self._failed(dialer.pin, who, phase, reason, 0)
            return 0
        if dialer.state == READY:
            self._hand_over(dialer, now)
            return 0
        # The poll ends its wait when the socket is connected, but the plan has to look.
        return _CONNECTING_MS if dialer.state == CONNECTING else 0

    def _hand_over(self, dialer, now):
        c = self._free()
        if c is None:
            c = self.scheduler.victim(dialer.pin, self._connections, now)
            if c is None:
                dialer.cancel()
                return
            c.close(DROPPED)
            self._ended(self._lines[c.index], now)
        line = self._lines[c.index]
        exchange = dialer.exchange
        dialer.release(line.take(dialer.link, dialer.pin, now))
        uid = self.contacts.uid(dialer.contact)
        c.call(self.identity, uid, self.contacts.public(dialer.contact), exchange, now)
        line.flush(now)
        self.replan()

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
