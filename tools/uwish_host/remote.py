"""The other side of a link: who it is, which of its apps are here, and what it may do."""

from uwish.peers import PeerPool
from uwish.phases import PHASES
from uwish.sendbuf import HEADER

from .lean import LeanReader, LeanSendBuffer
from .link_stats import LinkStats
from .ops.befriend import MAX_RECORD
from .sink import Device
from .ticks import now_ms

RX_SIZE = 8192  # bytes; larger records are discarded and answered with an error
TX_SIZE = 4096  # bytes, of the frames that wait for one device
MAX_PAYLOAD = TX_SIZE - HEADER
MAX_PEERS = 4  # of one device: its services, times their protocols


class Remote:
    """The half of a Link that has nothing to do with its socket. What a connection asks and tells
    its owner comes here; the Link sets `connection`."""

    def __init__(self, gateway):
        self.alias = None  # the contact's that the other side claims to be
        self.established = False
        self.friend = False  # a stranger who asks to be let in
        self.turned_away = False  # might have come in, but there was no room
        self.inherited = set()  # indexes of peers that only an older connection has announced
        self.read_at = 0.0  # when the last bytes were read, in seconds since 1970
        self.stats = LinkStats()
        self.frames = LeanSendBuffer(TX_SIZE, MAX_PEERS)
        self.peers = PeerPool(
            MAX_PEERS, None, gateway.service, self.frames, self.stats, self._on_crowd
        )
        self.connection = None
        self.alike = None  # what the last frame looked like, and of whom it was (QuickConnection)
        self._gateway = gateway
        self._devices = {}  # index of a peer: the Device that sinks know
        self._senders = {}  # service id and protocol of a frame: its peer and Device

    @property
    def ruid(self):
        """The uid that the other side claims, and has proven when `established`."""
        return self.connection.ruid

    @property
    def phase(self):
        """How far the connection came, in words."""
        return PHASES[self.connection.phase]

    def device(self, peer):
        """What sinks know one of `peers` as."""
        device = self._devices.get(peer.index)
        if device is None or device.key != peer.key or device.protocol != peer.protocol:
            device = self._devices[peer.index] = Device.of(peer, self.alias)
        return device

    def rename(self, alias):
        """The contact is called something else from now on."""
        self.alias = alias
        self._devices.clear()
        self._forget_senders()

    def establish(self, handshake_ms):
        """The handshake is done, it took so long."""
        self.established = True
        reader = self.connection.reader
        self.connection.reader = LeanReader(MAX_RECORD if self.friend else RX_SIZE, reader.cipher)
        self.stats.handshakes = 1
        self.stats.last_handshake_ms = handshake_ms
        self._gateway.established(self)

    def dissolve(self):
        """It is over, and nobody is in the midst of it: its parts let go of one another. Who it was
        can still be asked. Otherwise its memory would be in use until Python looks for garbage that
        old, after hundreds of thousands of connections."""
        self._forget_senders()
        self.inherited.clear()
        self.frames.peers.clear()  # the pool's own list
        self.peers = ()
        self.connection.dissolve()

    # What the connection asks and tells its owner

    def authorise(self, connection, uid):
        """May this identity connect? Asked before any arithmetic."""
        public = self._gateway.public_key(uid)
        if public is None:
            return False
        connection.public = public
        self.turned_away = not self._gateway.identified(self)
        return not self.turned_away

    def say(self, message):
        """Have `message` (bytes) sent as a record; there is room as long as no frames are."""
        self.connection.window.record(message)

    def welcomes(self):
        """May a stranger ask to be let in?"""
        friends = self._gateway.friends
        self.friend = friends is not None and friends.welcomes(self)
        return self.friend

    def on_friend_request(self, request_id, document):
        """He asks: NONE, or the reason to close the connection."""
        return self._gateway.friends.asked(self, request_id, document)

    def accepts(self, connection):
        """Any host of a contact will do (see Gateway.identified for how many)."""
        return True

    def on_service(self, connection, buf, rsid_off, protocol_index, online):
        """A remote app came or went."""
        self._forget_senders()
        self.peers.announce(connection, buf, rsid_off, protocol_index, online, now_ms())
        if self.inherited:
            peer = self.peers.find(connection, buf, rsid_off, protocol_index)
            if peer is not None:
                self.inherited.discard(peer.index)
        self._gateway.presence(self)

    def on_frame(self, connection, protocol_index, buf, rsid_off, off, n):
        """A frame came; only a peer can have sent it."""
        sender = self.sender(protocol_index, buf, rsid_off)
        if sender is None:
            self.stats.undelivered += 1
        else:
            self.on_frame_of(sender[1], bytes(buf[off : off + n]))

    def sender(self, protocol_index, buf, rsid_off):
        """(peer, Device) of the service at buf[rsid_off]; None when it is not online."""
        sender = (protocol_index, bytes(buf[rsid_off : rsid_off + 32]))
        known = self._senders.get(sender)
        if known is None:
            peer = self.peers.find(self.connection, buf, rsid_off, protocol_index)
            if peer is None:
                return None
            known = self._senders[sender] = (peer, self.device(peer))
        return known if known[0].online else None

    def on_frame_of(self, device, data):
        """A frame of a `sender` came."""
        self.stats.received += 1
        self._gateway.frame(device, data, self.read_at)

    def _forget_senders(self):
        self._senders.clear()
        self.alike = None

    def _on_crowd(self):
        self._gateway.presence(self)
