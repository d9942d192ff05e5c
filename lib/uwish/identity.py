"""Our own identity, and identity documents: the public BSON `{alias, uid, pubkey, transports}`
(WIRE.md 1.1).

A uid is the SHA-256 of an Ed25519 public key. A host id (hid) is any 32 bytes that stay the same;
ours starts with a zero byte, so that it sorts below a desktop core's: of two connections from the
same host the core then closes the stale one by itself (WIRE.md 4).
"""

from .compat import const
from .crypto import public_key, random, run
from .signer import Signer

_FORMAT = const(1)


class Identity(Signer):
    """A Signer with what only makes, keeps and tells it. There is no call that returns the seed
    but `dump`, and none prints it."""

    @classmethod
    def create(cls, alias, hid=None):
        """A new identity from the hardware's or the system's randomness; `alias` is 1 to 47 bytes
        of UTF-8."""
        from .documents import check_alias

        check_alias(alias)
        seed = random(32)
        public = run(public_key(seed))
        return cls(seed, public, hid or b"\0" + random(31), alias)

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

    def signer(self):
        """It without the code that a device needs only once."""
        return Signer(self._seed, self.public, self.hid, self.alias)

    def document(self, transports=()):
        """The public identity document, as bytes."""
        from .documents import build_document

        return build_document(self.alias, self.uid, self.public, transports)

    def __repr__(self):
        return "<Identity %s>" % self.alias
