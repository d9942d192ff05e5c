"""The machine behind App: connections, links and peers, kept going one turn at a time.

Nothing here waits. A turn reads what has arrived, goes on with long arithmetic by one step, has
pins dialled (`calls.py`), and writes what there is room for. The app's handlers run inside a turn;
one that raises ends the turn, and the next one continues where it stopped.
"""

from sys import modules

from .compat import const, elapsed, forget_module
from .connection import HANDSHAKE, RUNNING, Connection
from .line import BUSY, CHANGED, Line
from .net import TICKS_MASK, Poller, ticks_ms
from .peers import PeerPool
from .sendbuf import HEADER, SendBuffer

_PLAN_MS = const(1000)  # between two looks at deadlines and at frames that nobody fetches
_SOON_MS = const(5000)  # code that is needed again within this time stays loaded
_ASK_MS = const(10)  # turns that find frames to write look for input only so often
_INPUT = const(512)  # bytes read from a socket at once, shared by all connections
_MAX_PAYLOAD = const(16000)  # bytes; a desktop core behaves badly beyond records of 32 KiB
# What is needed now and then, and in a board's memory only then.
_RARE = (
    "calls dialer reach finder scheduler pins contacts addresses pin pin_changes contact_changes "
    "identity identity_api documents starting naming peer_text heirs"
)


class Node:
    """`events`: {"online": handler or None, "offline": …, "frame": …, "drain": …}.
    `tables`: the bytes of contacts and pins, and what is remembered of each pin, as starting.py
    makes them."""

    def __init__(self, events, service, store, stats, tables, sizes):
        tx_size, rx_size, max_peers, max_connections = sizes
        self.contacts, self.pins, self.waits = tables
        self.identity = None
        self.store = store
        self.stats = stats
        self.frames = SendBuffer(tx_size, max_peers)
        self.max_payload = min(tx_size - HEADER, _MAX_PAYLOAD)
        contacts = self.contacts
        self.peers = PeerPool(max_peers, contacts, service, self.frames, stats, self.tell_presence)
        self.now = ticks_ms() & TICKS_MASK
        self.closed = False
        self.turning = False  # kept by App: in the middle of a poll
        self._interrupted = False  # a handler has raised in the last turn
        self._asked = self.now  # when it was last looked for input
        self.due_ms = 0  # when the next turn wants to run
        self._planned = self.now
        self._plan_ms = 0
        self._called = self.now
        self._calls_ms = 0
        self._loaded = 0  # modules, when the rare ones were given back
        self.low_water_due = False  # somebody was told 507 and waits for `drain`
        self.discovery = None  # a Discovery once the app wants one
        self._events = events
        self.poller = Poller()
        self.dialer = None  # the attempt that is under way
        self.exchange = None  # prepared for an attempt that was given up
        self.answered = None  # a host: (connection, uid, public key), to begin the handshake with
        self._places = max_connections
        self.lines = []
        self.connections = []
        input = bytearray(_INPUT)
        for i in range(max_connections):
            c = Connection(i, service, self, self.frames, stats, rx_size, self.max_payload)
            self.connections.append(c)
            self.lines.append(Line(c, self.poller, stats, input))

    # What a connection asks and tells its owner

    def accepts(self, connection):
        """Is the host that answered what the pin asks for that was dialled?"""
        return self.lines[connection.index].accepts()

    def on_service(self, connection, buf, rsid_off, protocol_index, online):
        """A remote app came or went."""
        self.peers.announce(connection, buf, rsid_off, protocol_index, online, self.now)

    def on_frame(self, connection, protocol_index, buf, rsid_off, off, n):
        """A frame came; only a peer can have sent it."""
        peer = self.peers.find(connection, buf, rsid_off, protocol_index)
        if peer is None or peer.connection is None:
            self.stats.undelivered += 1
            return
        connection.last_frame = self.now
        self.stats.received += 1
        self._interrupted = True  # unless all of this returns
        try:
            if self.peers.changed:
                self.tell_presence()
        finally:
            # Also when the other handler raises: the frame is used up, and must not be lost.
            if self._events["frame"]:
                self._events["frame"](peer, self.lines[connection.index].view[off : off + n])
        self._interrupted = False

    # Turns

    def turn(self, timeout_ms):
        """Wait for the network, at most `timeout_ms`, then do all that can be done; the ms until
        something is due by itself."""
        # Few locals: MicroPython takes the frame of a function with more than eleven slots from the
        # heap. And few calls: a turn with nothing to do is what a device does most.
        if timeout_ms > self.due_ms:
            timeout_ms = self.due_ms
        # A handler may raise or send: then the next turn is not to wait.
        if self.due_ms:
            self.due_ms = 0
        # Who sends one frame after the other does not look for input each time: that takes a while.
        if timeout_ms or not self.frames.used:
            self.poller.wait(timeout_ms)
            now = self._asked = ticks_ms() & TICKS_MASK
        else:
            now = ticks_ms() & TICKS_MASK
            if now - self._asked & TICKS_MASK >= _ASK_MS:
                self.poller.wait(0)
                self._asked = now
        self.now = now
        if self._interrupted:
            self._feed_unread(now)
        outcome = 0
        i = self._places
        while i:
            i -= 1
            outcome |= self.lines[i].serve(now)
        if outcome & CHANGED:
            self._changed(now)
        # As `elapsed`, but never negative: the one clock does not go back.
        timeout_ms = self._plan_ms - (now - self._planned & TICKS_MASK)
        if timeout_ms <= 0:
            timeout_ms = self._plan(now)
            self._plan_ms = timeout_ms
            self._planned = now
        if self.peers.changed:
            self.tell_presence()
        if self.low_water_due and self.frames.used <= len(self.frames.buf) >> 1:
            self.low_water_due = False
            if self._events["drain"]:
                self._events["drain"]()
        if outcome & BUSY:
            timeout_ms = 0
        self.due_ms = timeout_ms
        return timeout_ms

    def _changed(self, now):
        from .calls import changed

        for line in self.lines:
            if not line.settled or line.connection.state != RUNNING:
                changed(self, line, now)

    def _feed_unread(self, now):
        # What a raising handler left unread goes first, because the buffer is shared.
        self._interrupted = False
        for line in self.lines:
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
                    handler = self._events["online" if peer.online else "offline"]
                    if handler:
                        handler(peer)
                i += 1

    def replan(self):
        """Something that decides what is to be dialled has changed: look at it in the next turn."""
        self._plan_ms = 0
        self._calls_ms = 0
        self.due_ms = 0

    def close(self):
        """End all connections; frames that still wait are counted as dropped."""
        from .calls import close

        self.closed = True
        close(self)
        self.low_water_due = False
        self.tell_presence()

    def _plan(self, now):
        # What need not be looked at in every turn. Returns when to come back, in ms.
        if self.closed:  # by a handler, in this turn
            return _PLAN_MS
        if self.discovery is not None:
            self.discovery.listen(now)
        due = _PLAN_MS
        handshaking = False
        for c in self.connections:
            if c.is_open:
                due = min(due, c.tick(now))
                if c.state == HANDSHAKE:
                    handshaking = True
        if self.frames.used:
            self.stats.dropped += self.peers.expire(now)
        if handshaking:
            # Nobody is called meanwhile: arithmetic and memory are for one at a time.
            self.give_back()
            self._loaded = 0  # among them are those of the handshake, which go by themselves
        elif self.identity is not None:
            due = min(due, self._call(now))
        return due

    def _call(self, now):
        left = self._calls_ms - elapsed(now, self._called)
        if left <= 0:
            from .calls import plan

            left = plan(self, now)
            self._calls_ms = left
            self._called = now
            if self.answered is not None:
                self._greet(now)
        if left > _SOON_MS and self.dialer is None:
            self.give_back()
        return left

    def _greet(self, now):
        c, uid, public = self.answered
        self.answered = None
        exchange = self.exchange
        self.exchange = None
        # Before the code of the handshake comes.
        self.give_back()
        try:
            c.call(self.identity, uid, public, exchange, now)
        finally:
            # Also when there was no memory to load it.
            if not c.is_open:
                self.lines[c.index].link.close()
        self.lines[c.index].serve(now)

    def give_back(self):
        """Free a board's memory of what is needed only now and then."""
        if len(modules) != self._loaded:
            for name in _RARE.split():
                forget_module("uwish." + name)
            self._loaded = len(modules)
