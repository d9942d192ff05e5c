"""The other side of a link: who it is, which of its apps are here, and what it may do."""

from uwish.net import now_ms
from uwish.peers import PeerPool
from uwish.phases import PHASES
from uwish.sendbuf import HEADER
from uwish.stats import Stats

from .lean import LeanSendBuffer
from .sink import Device

TX_SIZE = 4096  # bytes, of the frames that wait for one device
MAX_PAYLOAD = TX_SIZE - HEADER
MAX_PEERS = 4  # of one device: its services, times their protocols


class Remote:
    """The half of a Link that has nothing to do with its socket. What a connection asks and tells
    its owner comes here; the Link sets `connection`."""

    def __init__(self, gateway):
        self.alias = None  # the contact's that the other side claims to be
        self.established = False
        self.turned_away = False  # a contact, but there was no room
        self.inherited = set()  # indexes of peers that only an older connection has announced
        self.read_at = 0.0  # when the last bytes were read, in seconds since 1970
        self.stats = Stats()
        self.frames = LeanSendBuffer(TX_SIZE, MAX_PEERS)
        self.peers = PeerPool(
            MAX_PEERS, None, gateway.service, self.frames, self.stats, self._on_crowd
        )
        self.connection = None
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
        self._senders.clear()

    # What the connection asks and tells its owner

    def authorise(self, connection, uid):
        """May this identity connect? Asked before any arithmetic."""
        public = self._gateway.public_key(uid)
        if public is None:
            return False
        connection.public = public
        self.turned_away = not self._gateway.identified(self)
        return not self.turned_away

    def accepts(self, connection):
        """A contact may have any number of hosts."""
        return True

    def on_service(self, connection, buf, rsid_off, protocol_index, online):
        """A remote app came or went."""
        self._senders.clear()
        self.peers.announce(connection, buf, rsid_off, protocol_index, online, now_ms())
        if self.inherited:
            peer = self.peers.find(connection, buf, rsid_off, protocol_index)
            if peer is not None:
                self.inherited.discard(peer.index)
        self._gateway.presence(self)

    def on_frame(self, connection, protocol_index, buf, rsid_off, off, n):
        """A frame came; only a peer can have sent it."""
        sender = (protocol_index, bytes(buf[rsid_off : rsid_off + 32]))
        known = self._senders.get(sender)
        if known is None:
            peer = self.peers.find(connection, buf, rsid_off, protocol_index)
            if peer is None:
                self.stats.undelivered += 1
                return
            known = self._senders[sender] = (peer, self.device(peer))
        peer, device = known
        if not peer.online:
            self.stats.undelivered += 1
            return
        self.stats.received += 1
        self._gateway.frame(device, bytes(buf[off : off + n]), self.read_at)

    def _on_crowd(self):
        self._gateway.presence(self)
