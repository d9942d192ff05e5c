"""The peer pool: who can be talked to now, in a fixed number of Peer objects made once.

A peer exists while the hosts are connected, both sides run the same protocol, and our identity may
be used on that connection. The pool follows what sessions report; `told` remembers what the app was
last told, so that repeated announcements, parallel connections and changes that cancel out within
one turn never make a flap or a second `online`. An offline peer keeps its place while frames wait
for its return.
"""

from .compat import const, copy, elapsed, same

HOLD_MS = const(60000)  # how long accepted frames wait for a peer that went offline

_BEFORE = const(96)  # before the rsid: luid, ruid, rhid, what a connection knows of its peers
_KEY = const(128)  # and rsid
_IDS = ("luid", "ruid", "rhid", "rsid")  # as they stand in it
_NOBODY = const(-1)  # in place of the protocol: nobody has this place of the pool


class Peer:
    """One remote app: `luid`, `ruid`, `rhid`, `rsid` (32 bytes each), `protocol` (str), `online`
    (bool). Good until its `offline` event; afterwards the pool may use the object for somebody
    else."""

    def __init__(self, index, pool):
        self.index = index
        self.pool = pool
        self.connection = None  # over which it is online
        self.told = False  # whether the app's last event for this peer was `online`
        self.protocol_index = _NOBODY
        self.key = bytearray(_KEY)

    def __getattr__(self, name):
        # One function for all, because every attribute of eight peers takes 128 bytes of a board,
        # and every property some 100.
        if name == "online":
            return self.connection is not None
        if name == "protocol":
            return self.pool.service.protocols[self.protocol_index]
        if name not in _IDS:
            raise AttributeError(name)
        off = 32 * _IDS.index(name)
        return bytes(self.key[off : off + 32])

    def url(self):
        """`luid>ruid@rhid/rsid/protocol`, the ids in hex."""
        from .peer_text import url

        return url(self)

    def __str__(self):
        from .peer_text import short

        return short(self, self.pool.contacts)

    def __eq__(self, other):
        return self is other or (
            isinstance(other, Peer) and self.key == other.key and self.protocol == other.protocol
        )

    def __hash__(self):
        return hash((bytes(self.key), self.protocol))

    def _is_at(self, connection, rsid, rsid_off):
        """True when it is the service `rsid` (32 bytes at `rsid_off`) behind `connection`."""
        key = self.key
        return same(key, 96, rsid, rsid_off, 32) and same(key, 0, connection.key, 0, _BEFORE)


class PeerPool:
    """`capacity` peers; `send_buffer` is told over which connection each is reached.
    `tell()` informs the app of what has changed: it is called when only that can make a place."""

    def __init__(self, capacity, contacts, service, send_buffer, stats, tell):
        self.changed = False  # some peer's `online` differs from what the app was told
        self.contacts = contacts
        self.service = service
        self._peers = [Peer(i, self) for i in range(capacity)]
        self._since = [0] * capacity  # when each went offline
        self._frames = send_buffer
        send_buffer.peers = self._peers
        self._stats = stats
        self._tell = tell

    def __iter__(self):
        return iter(self._peers)

    def __getitem__(self, index):
        return self._peers[index]

    def __len__(self):
        return len(self._peers)

    def find(self, connection, rsid, rsid_off, protocol_index):
        """The peer behind `connection` with this service and protocol, online or not; None when
        there is none."""
        # Few locals: MicroPython takes the frame of a function with many from the heap.
        i = 0
        while i < len(self._peers):
            if self._peers[i].protocol_index == protocol_index and self._peers[i]._is_at(
                connection, rsid, rsid_off
            ):
                return self._peers[i]
            i += 1
        return None

    def announce(self, connection, rsid, rsid_off, protocol_index, online, now):
        """A remote service came or went."""
        peer = self.find(connection, rsid, rsid_off, protocol_index)
        if not online:
            if peer is not None and peer.connection is connection:
                self._leave(peer, now)
            return
        if peer is None:
            peer = self._vacant()
            if peer is None and self._departed():
                self._tell()
                peer = self._vacant()
            if peer is None:
                self._stats.peers_unseen += 1
                return
            copy(peer.key, 0, connection.key, 0, _BEFORE)
            copy(peer.key, 96, rsid, rsid_off, 32)
            peer.protocol_index = protocol_index
        peer.connection = connection
        self._frames.route[peer.index] = connection.index + 1
        if not peer.told:
            self.changed = True

    def disconnected(self, connection, now):
        """The connection is gone, and with it its peers."""
        for peer in self._peers:
            if peer.connection is connection:
                self._leave(peer, now)

    def move(self, old, new):
        """`new` is a newer connection to the same host as `old`: its peers stay online on it."""
        for peer in self._peers:
            if peer.connection is old:
                peer.connection = new
                self._frames.route[peer.index] = new.index + 1

    def expire(self, now):
        """Drop the frames that waited too long for a peer to come back; how many."""
        dropped = 0
        i = 0
        peers = self._peers
        while i < len(peers):
            peer = peers[i]
            if (
                peer.protocol_index >= 0
                and peer.connection is None
                and elapsed(now, self._since[i]) > HOLD_MS
            ):
                dropped += self._frames.forget(i)
                # Its `offline` event may still be due, and frames in a window are not given up.
                if not (peer.told or self._frames.holds(i)):
                    peer.protocol_index = _NOBODY
            i += 1
        return dropped

    def _departed(self):
        # Somebody has left and only the app does not know it yet.
        for peer in self._peers:
            if peer.told and peer.connection is None:
                return True
        return False

    def _leave(self, peer, now):
        peer.connection = None
        self._since[peer.index] = now
        self._frames.route[peer.index] = 0
        if peer.told:
            self.changed = True

    def _vacant(self):
        # A place that was never used, else one that nobody waits for, else the frames that wait are
        # given up: a peer that is here goes before one that was.
        for peer in self._peers:
            if peer.protocol_index < 0:
                return peer
        spare = None
        for peer in self._peers:
            if peer.connection is None and not peer.told:
                if not self._frames.holds(peer.index):
                    return peer
                if not self._frames.in_window(peer.index):
                    spare = peer
        if spare is not None:
            self._stats.dropped += self._frames.forget(spare.index)
        return spare
