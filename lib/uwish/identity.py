"""Our own identity, and identity documents: the public BSON `{alias, uid, pubkey, transports}`
(WIRE.md 1.1).

A uid is the SHA-256 of an Ed25519 public key. A host id (hid) is any 32 bytes that stay the same;
ours starts with a zero byte, so that it sorts below a desktop core's: of two connections from the
same host the core then closes the stale one by itself (WIRE.md 4).
"""

from . import crypto
from .bson import ARRAY, BINARY, END, MALFORMED, STRING, Cursor, Writer
from .compat import const

MAX_ALIAS = const(47)  # bytes of UTF-8; the desktop core keeps 48 with the NUL
MAX_TRANSPORTS = const(4)  # as many as the desktop core keeps
MAX_TRANSPORT = const(63)  # bytes each, likewise

_FORMAT = const(1)


class Identity:
    """An Ed25519 key pair with its names. The seed stays inside: there is no call that returns it,
    and none prints it."""

    def __init__(self, seed, public, hid, alias):
        self._seed = seed
        self.public = public
        self.uid = crypto.sha256(public)
        self.hid = hid
        self.alias = alias

    @classmethod
    def create(cls, alias, hid=None):
        """A new identity from the hardware's or the system's randomness; `alias` is 1 to 47 bytes
        of UTF-8."""
        check_alias(alias)
        seed = crypto.random(32)
        public = crypto.run(crypto.public_key(seed))
        return cls(seed, public, hid or b"\0" + crypto.random(31), alias)

    @classmethod
    def load(cls, data):
        """The identity that `dump` made these bytes of; None when they are something else."""
        if data is None or len(data) < 98 or data[0] != _FORMAT:
            return None
        try:
            return cls(data[1:33], data[33:65], data[65:97], str(data[97:], "utf-8"))
        except (UnicodeError, ValueError):
            return None

    def dump(self):
        """All of it, the secret seed included, for the device's own store and nothing else."""
        return bytes([_FORMAT]) + self._seed + self.public + self.hid + self.alias.encode()

    def sign(self, message):
        """Ed25519 signature (64 bytes) over `message`; a generator, because it takes long on a
        board."""
        return crypto.sign(self._seed, self.public, message)

    def document(self, transports=()):
        """The public identity document, as bytes."""
        return build_document(self.alias, self.uid, self.public, transports)

    def __repr__(self):
        return "<Identity %s>" % self.alias


class Document:
    """What an identity document says: `alias` (str), `public` and `uid` (32 bytes), `transports`
    (list of str). The uid is computed from the key, whatever the document claims."""

    def __init__(self, data):
        """Read `data`; ValueError in words when it is no identity document."""
        self.alias = None
        self.public = None
        self.transports = []
        cursor = Cursor()
        if not cursor.open(data, 0, len(data)):
            raise ValueError("not an identity document: not BSON, or cut short")
        while True:
            kind = cursor.next()
            if kind == END:
                break
            if kind == MALFORMED:
                raise ValueError("not an identity document: damaged BSON")
            if kind == STRING and cursor.named(b"alias"):
                self.alias = _text(cursor)
            elif kind == BINARY and cursor.named(b"pubkey") and cursor.size == 32:
                self.public = cursor.bytes()
            elif kind == ARRAY and cursor.named(b"transports"):
                self._read_transports(cursor)
        if self.public is None:
            raise ValueError("not an identity document: it has no pubkey of 32 bytes")
        if self.alias is None:
            raise ValueError("not an identity document: it has no alias")
        self.uid = crypto.sha256(self.public)

    def _read_transports(self, outer):
        cursor = Cursor()
        if not cursor.enter(outer):
            raise ValueError("not an identity document: damaged BSON")
        while len(self.transports) < MAX_TRANSPORTS:
            kind = cursor.next()
            if kind == MALFORMED:
                raise ValueError("not an identity document: damaged BSON")
            if kind == END:
                break
            if kind == STRING and cursor.size <= MAX_TRANSPORT:
                self.transports.append(_text(cursor))


def build_document(alias, uid, public, transports=()):
    """An identity document as bytes, its fields in the desktop core's order."""
    scratch = bytearray(192 + 80 * len(transports))
    w = Writer()
    w.begin(scratch, 0, len(scratch))
    w.string(b"alias", alias.encode())
    w.binary(b"uid", uid, 0, 32)
    w.binary(b"pubkey", public, 0, 32)
    w.array(b"transports")
    for i, transport in enumerate(transports):
        w.string(b"%d" % i, transport.encode())
    w.close()
    n = w.finish()
    return bytes(scratch[:n])


def check_alias(alias):
    """ValueError unless `alias` is 1 to 47 bytes of UTF-8."""
    if not isinstance(alias, str) or not 0 < len(alias.encode()) <= MAX_ALIAS:
        raise ValueError("an alias must be a string of 1 to 47 bytes in UTF-8")


def split_transport(transport):
    """("host", port) of "wish://host:port" or "wish://[IPv6]:port"; ValueError in words for
    anything else."""
    if transport[:7] == "wish://" and len(transport.encode()) <= MAX_TRANSPORT:
        host, colon, port = transport[7:].rpartition(":")
        if host[:1] == "[" and host[-1:] == "]":
            host = host[1:-1]
        elif ":" in host:
            host = ""
        if host and colon and port.isdigit() and 0 < int(port) < 65536:
            return host, int(port)
    raise ValueError(
        "a transport must look like wish://host:port, at most 63 bytes: %r" % transport
    )


def _text(cursor):
    try:
        return str(cursor.bytes(), "utf-8")
    except UnicodeError:
        raise ValueError("not an identity document: a text in it is not UTF-8") from None
