"""Our own identity as a device needs it all the time: what it is called, and what signs for it."""

from . import crypto


class Signer:
    """An Ed25519 key pair with its names: `uid`, `hid` and `public` (32 bytes each), `alias` (str).
    The seed stays inside: nothing prints it. `identity.py` makes, keeps and tells it."""

    def __init__(self, seed, public, hid, alias):
        self._seed = seed
        self.public = public
        self.uid = crypto.sha256(public)
        self.hid = hid
        self.alias = alias

    def sign(self, message):
        """Ed25519 signature (64 bytes) over `message`; a generator, because it takes long on a
        board."""
        return crypto.sign(self._seed, self.public, message)
