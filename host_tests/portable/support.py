"""What the tests of the protocol core share: recorded vectors, and one host with its connections.
Both interpreters."""

import json
from binascii import unhexlify

from uwish import crypto, starting
from uwish.compat import copy
from uwish.connection import CLOSED, Connection
from uwish.contacts import RECORD as CONTACT
from uwish.contacts import Contacts
from uwish.identity import Identity
from uwish.peers import PeerPool
from uwish.pins import EAGER, PinTable
from uwish.pins import RECORD as PIN
from uwish.reasons import NONE
from uwish.sendbuf import SendBuffer
from uwish.service import Service
from uwish.stats import Stats


def vector(name):
    """host_tests/vectors/NAME.json."""
    with open("host_tests/vectors/%s.json" % name) as f:
        return json.load(f)


def contact_table(capacity, saved=b""):
    """A contact table, with what it finds in `saved` bytes of one."""
    table = Contacts(bytearray(capacity * CONTACT))
    table.lost = starting.fill(table.buf, saved, CONTACT, 1)
    return table


def pin_table(capacity, saved=b""):
    """A pin table, with what it finds in `saved` bytes of one."""
    table = PinTable(bytearray(capacity * PIN))
    table.lost = starting.fill(table.buf, saved, PIN, EAGER)
    return table


class Random:
    """The same numbers on both interpreters: a linear congruential generator (C11's example)."""

    def __init__(self, seed):
        self._state = seed

    def below(self, n):
        """A number of 0..n-1."""
        self._state = (self._state * 1103515245 + 12345) & 0x7FFFFFFF
        return (self._state >> 8) % n

    def bytes(self, n):
        """n bytes."""
        return bytes([self.below(256) for _ in range(n)])


class CachedIdentity(Identity):
    """Signs the same message only once: Ed25519 is slow on MicroPython."""

    cache = {}

    def sign(self, message):
        """As Identity's."""
        key = self.uid + bytes(message)
        if key not in self.cache:
            self.cache[key] = yield from crypto.sign(self._seed, self.public, message)
        return self.cache[key]


def identity_of(who):
    """The identity that a vector's `client` or `server` entry describes."""
    seed = unhexlify(who["ed25519_seed"])
    return CachedIdentity(seed, unhexlify(who["pubkey"]), unhexlify(who["hid"]), who["alias"])


_PAIR = vector("handshake_client_role")
DEVICE = identity_of(_PAIR["client"])
GATEWAY = identity_of(_PAIR["server"])
SECRET = unhexlify(_PAIR["events"][2]["shared_secret"])
DEVICE_KEY = unhexlify(_PAIR["events"][1]["client_public"])
GATEWAY_KEY = unhexlify(_PAIR["events"][1]["server_public"])


class FixedExchange:
    """A key exchange whose result is known: for tests that are not about arithmetic."""

    def __init__(self, public):
        self.public = public

    def prepare(self):
        """Nothing to do."""
        return
        yield

    def agree(self, theirs, client):
        """The vector's secret, for the vector's values only; else the real arithmetic's refusal."""
        if bytes(theirs) in (DEVICE_KEY, GATEWAY_KEY):
            return SECRET
        return (yield from crypto.KeyExchange(3).agree(theirs, client))


class Host:
    """One host: connections over one send buffer and one peer pool, and what they told it."""

    def __init__(self, identity, name, protocols=("sensor",), **sizes):
        tx_size = sizes.get("tx_size", 2048)
        rx_size = sizes.get("rx_size", 1536)
        max_peers = sizes.get("max_peers", 4)
        self.identity = identity
        self.stats = Stats()
        self.service = Service(name, protocols)
        self.frames = SendBuffer(tx_size, max_peers)
        self.peers = PeerPool(max_peers, bytearray(0), self.service, self.frames, self.stats, list)
        self.connections = []
        for i in range(sizes.get("connections", 1)):
            payload = sizes.get("payload_size", tx_size - 6)
            c = Connection(i, self.service, self, self.frames, self.stats, rx_size, payload)
            self.connections.append(c)
        self.c = self.connections[0]
        self.contacts = {}  # uid: public key
        self.accepting = True
        self.got = []  # (protocol index, rsid, payload)
        self.now = 0

    def authorise(self, connection, uid):
        """Server role: who may come in."""
        connection.public = self.contacts.get(uid)
        return connection.public is not None

    def accepts(self, connection):
        """Whether the host that answered is wanted."""
        return self.accepting

    def on_service(self, connection, buf, rsid_off, protocol_index, online):
        """A remote service came or went."""
        self.peers.announce(connection, buf, rsid_off, protocol_index, online, self.now)

    def on_frame(self, connection, protocol_index, buf, rsid_off, off, n):
        """A frame came."""
        rsid = bytes(buf[rsid_off : rsid_off + 32])
        self.got.append((protocol_index, rsid, bytes(buf[off : off + n])))

    def online(self):
        """The peers that are online."""
        return [peer for peer in self.peers if peer.online]

    def send(self, payload, which=0):
        """Put a frame for the first, or another, online peer into the send buffer."""
        return self.frames.put(self.online()[which].index, payload, len(payload))

    def payloads(self):
        """The payloads that came, in order."""
        return [frame[2] for frame in self.got]


def device(**sizes):
    """The device of the vectors, which knows the gateway."""
    host = Host(DEVICE, "sensor", **sizes)
    host.contacts[GATEWAY.uid] = GATEWAY.public
    return host


def gateway(**sizes):
    """The gateway of the vectors, which knows the device."""
    host = Host(GATEWAY, "gateway", **sizes)
    host.contacts[DEVICE.uid] = DEVICE.public
    return host


def call(host, c=None, exchange=None):
    """The device calls the gateway."""
    c = c or host.c
    c.call(DEVICE, GATEWAY.uid, GATEWAY.public, exchange or FixedExchange(DEVICE_KEY), host.now)
    return c


def answer(host, c=None, exchange=None):
    """The gateway is called."""
    c = c or host.c
    c.answer(GATEWAY, exchange or FixedExchange(GATEWAY_KEY), host.now)
    return c


def _agreed(c, secret, client, rhid):
    c.window.cipher.rekey(secret, 0 if client else 32)
    c.reader.cipher.rekey(secret, 32 if client else 0)
    for _ in range(2):  # records of a handshake
        c.window.cipher.skip()
        c.reader.cipher.skip()
    copy(c.key, 64, rhid, 0, 32)
    return NONE
    yield


def establish(host, c=None, client=True, rhid=None, request_id=b"\x01\0\0\0"):
    """Put a connection of `host` into RUNNING without the arithmetic of a handshake."""
    c = c or host.c
    them = GATEWAY if client else DEVICE
    copy(c.key, 32, them.uid, 0, 32)
    c.public = them.public
    c._start(host.identity, _agreed(c, SECRET, client, rhid or them.hid), host.now)
    c.session.replies.start(request_id)
    return c


def output(c, now=0):
    """All that it has to say; the network takes everything."""
    said = b""
    while True:
        c.write()
        window = c.window
        n = window.end - window.start
        if not n:
            return said
        said += bytes(window.buf[window.start : window.end])
        c.sent(n, now)


def feed(c, data, split=None, now=0):
    """Give it `data`, in pieces of `split()` bytes; what it said meanwhile. Ends early when it
    closes."""
    off = 0
    said = b""
    while off < len(data) and c.state != CLOSED:
        n = len(data) - off
        if split:
            n = min(n, split())
        c.receive(data, off, n, now)
        off += c.taken
        while c.step():
            pass
        more = output(c, now)
        if not c.taken and not more and c.state != CLOSED:
            raise AssertionError("it takes nothing and says nothing")
        said += more
    return said
