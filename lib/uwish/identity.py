"""Our own identity, and identity documents: the public BSON `{alias, uid, pubkey, transports}`
(WIRE.md 1.1).

A uid is the SHA-256 of an Ed25519 public key. A host id (hid) is any 32 bytes that stay the same;
ours starts with a zero byte, so that it sorts below a desktop core's: of two connections from the
same host the core then closes the stale one by itself (WIRE.md 4).
"""

from . import crypto
from .compat import const

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
        from .documents import check_alias

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
        from .documents import build_document

        return build_document(self.alias, self.uid, self.public, transports)

    def __repr__(self):
        return "<Identity %s>" % self.alias
