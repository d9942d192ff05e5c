"""The peer pool: who can be talked to now, in a fixed number of Peer objects made once.

A peer exists while the hosts are connected, both sides run the same protocol, and our identity may
be used on that connection. The pool follows what sessions report; `told` remembers what the app was
last told, so that repeated announcements, parallel connections and changes that cancel out within
one turn never make a flap or a second `online`. An offline peer keeps its place while frames wait
for its return.
"""

from binascii import hexlify

from .compat import const, copy, elapsed, same

HOLD_MS = const(60000)  # how long accepted frames wait for a peer that went offline

_CONNECTION_KEY = const(96)  # luid, ruid, rhid: what a connection knows of its peers
_KEY = const(128)  # and rsid


class Peer:
    """One remote app: `luid`, `ruid`, `rhid`, `rsid` (32 bytes each), `protocol` (str), `online`
    (bool). Good until its `offline` event; afterwards the pool may use the object for somebody
    else."""

    def __init__(self, index, contacts, frames):
        self.index = index
        self.used = False
        self.online = False
        self.told = False  # whether the app's last event for this peer was `online`
        self.connection = None
        self.frames = frames  # where `send` puts what is for it
        self.protocol = ""
        self.protocol_index = 0
        self.offline_since = 0
        self.key = bytearray(_KEY)
        self._contacts = contacts

    @property
    def luid(self):
        """Our identity."""
        return bytes(self.key[0:32])

    @property
    def ruid(self):
        """Their identity."""
        return bytes(self.key[32:64])

    @property
    def rhid(self):
        """Their host."""
        return bytes(self.key[64:96])

    @property
    def rsid(self):
        """Their service, which is one app on that host."""
        return bytes(self.key[96:128])

    def url(self):
        """`luid>ruid@rhid/rsid/protocol`, the ids in hex."""
        part = self._hex
        return "%s>%s@%s/%s/%s" % (part(0), part(32), part(64), part(96), self.protocol)

    def __str__(self):
        index = self._contacts.find(self.key, 32)
        alias = self._contacts.alias(index) if index >= 0 else self._hex(32, 3)
        return "%s@%s/%s" % (alias, self._hex(64, 3), self.protocol)

    def __eq__(self, other):
        return self is other or (
            isinstance(other, Peer) and self.key == other.key and self.protocol == other.protocol
        )

    def __hash__(self):
        return hash((bytes(self.key), self.protocol))

    def _hex(self, off, n=32):
        return str(hexlify(self.key[off : off + n]), "utf-8")


class PeerPool:
    """`capacity` peers; `send_buffer` is told over which connection each is reached.
    `tell()` informs the app of what has changed: it is called when only that can make a place."""

    def __init__(self, capacity, contacts, service, send_buffer, stats, tell):
        self.changed = False  # some peer's `online` differs from what the app was told
        self._peers = [Peer(i, contacts, send_buffer) for i in range(capacity)]
        self._service = service
        self._frames = send_buffer
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
        i = 0
        peers = self._peers
        while i < len(peers):
            peer = peers[i]
            if (
                peer.used
                and peer.protocol_index == protocol_index
                and same(peer.key, 96, rsid, rsid_off, 32)
                and same(peer.key, 0, connection.key, 0, _CONNECTION_KEY)
            ):
                return peer
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
            copy(peer.key, 0, connection.key, 0, _CONNECTION_KEY)
            copy(peer.key, 96, rsid, rsid_off, 32)
            peer.used = True
            peer.protocol_index = protocol_index
            peer.protocol = self._service.protocols[protocol_index]
        peer.connection = connection
        peer.online = True
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
            if peer.used and not peer.online and elapsed(now, peer.offline_since) > HOLD_MS:
                dropped += self._frames.forget(i)
                # Its `offline` event may still be due, and frames in a window are not given up.
                peer.used = peer.told or self._frames.holds(i)
            i += 1
        return dropped

    def _departed(self):
        # Somebody has left and only the app does not know it yet.
        for peer in self._peers:
            if peer.told and not peer.online:
                return True
        return False

    def _leave(self, peer, now):
        peer.connection = None
        peer.online = False
        peer.offline_since = now
        self._frames.route[peer.index] = 0
        if peer.told:
            self.changed = True

    def _vacant(self):
        # A place that was never used, else one that nobody waits for, else the frames that wait are
        # given up: a peer that is here goes before one that was.
        for peer in self._peers:
            if not peer.used:
                return peer
        spare = None
        for peer in self._peers:
            if not peer.online and not peer.told:
                if not self._frames.holds(peer.index):
                    return peer
                if not self._frames.in_window(peer.index):
                    spare = peer
        if spare is not None:
            self._stats.dropped += self._frames.forget(spare.index)
        return spare
