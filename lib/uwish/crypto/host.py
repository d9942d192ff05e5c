"""The back-end for CPython: the `cryptography` package (OpenSSL), same interface as the device's.

The generators never yield: a `yield` that is not reached makes them generators. `cryptography`
keeps the interpreter's lock while it computes (0.8 ms a power of the key exchange, 0.06 ms a
signature, 0.2 ms a verification), so threads do not add up: one core does 450 handshakes a second.
"""

from warnings import filterwarnings

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .group15 import Exchange, prime

try:
    from cryptography.hazmat.primitives.asymmetric import dh
except ImportError:
    # Announced for some later release; CPython's own `pow` takes ten times as long.
    dh = None

PROFILE = "host"

_TAG = 16
_P25519 = (1 << 255) - 19

# The protocol prescribes the group, so the advice to use another key exchange cannot be followed.
filterwarnings("ignore", "Diffie-Hellman over finite fields")


class Cipher:
    """One direction of one connection: a key, and a nonce that counts the records (WIRE.md 2.3)."""

    def __init__(self):
        self._gcm = None
        self._prefix = b""
        self._count = 0

    def rekey(self, secret, off):
        """Key = secret[off:off+16], first nonce = secret[off+16:off+28]."""
        self._gcm = AESGCM(bytes(secret[off : off + 16]))
        self._prefix = bytes(secret[off + 16 : off + 20])
        self._count = int.from_bytes(secret[off + 20 : off + 28], "big")

    def seal(self, buf, off, n):
        """Encrypt `n` bytes of `buf` at `off` in place and write the 16-byte tag after them.

        Like `open`, it raises ValueError when a record does not lie inside its buffer.
        """
        _check(buf, off, n)
        end = off + n
        buf[off : end + _TAG] = self._gcm.encrypt(self._nonce(), buf[off:end], None)
        self.skip()

    def open(self, buf, off, n):
        """Check the tag after the `n` bytes of ciphertext at `off`, then decrypt them in place.

        False, with `buf` and the nonce untouched, when the tag is wrong.
        """
        _check(buf, off, n)
        end = off + n
        try:
            buf[off:end] = self._gcm.decrypt(self._nonce(), buf[off : end + _TAG], None)
        except InvalidTag:
            return False
        self.skip()
        return True

    def skip(self):
        """Advance the nonce past a record that is thrown away unread."""
        self._count = self._count + 1 & 0xFFFFFFFFFFFFFFFF

    def _nonce(self):
        return self._prefix + self._count.to_bytes(8, "big")


def forget():
    """Nothing: a host keeps its code."""


def _check(buf, off, n):
    """As on the device: a record and its tag must lie inside the buffer."""
    if off < 0 or n < 0 or off + n + _TAG > len(buf):
        raise ValueError("record outside its buffer")


def public_key(seed):
    """Generator: the 32-byte public key of a 32-byte private key."""
    return Ed25519PrivateKey.from_private_bytes(bytes(seed)).public_key().public_bytes_raw()
    yield


def sign(seed, public, message):
    """Generator: the 64-byte signature of `message` by the private key `seed`, whose public key is
    `public`.
    """
    return Ed25519PrivateKey.from_private_bytes(bytes(seed)).sign(bytes(message))
    yield


def verify(public, message, signature):
    """Generator: True when `signature` is that of `message` by `public`; False for anything
    malformed, never an error.
    """
    if len(public) != 32 or len(signature) != 64 or not _canonical(public):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(bytes(public)).verify(bytes(signature), bytes(message))
    except InvalidSignature:
        return False
    return True
    yield


def _canonical(public):
    """RFC 8032, 5.1.3 refuses y >= p, and a sign bit where x is zero; OpenSSL lets both pass."""
    y = int.from_bytes(public, "little")
    sign = y >> 255
    y &= (1 << 255) - 1
    return y < _P25519 and not (sign and y in (1, _P25519 - 1))


class KeyExchange(Exchange):
    """See `group15.Exchange`; powers by OpenSSL."""

    if dh:
        _group = dh.DHParameterNumbers(prime(), 2)

    def _power(self, base, exponent):
        if dh:
            try:
                # OpenSSL wants our public value too, but does not use it.
                unused = dh.DHPublicNumbers(4, self._group)
                mine = dh.DHPrivateNumbers(exponent, unused).private_key()
                theirs = dh.DHPublicNumbers(base, self._group).public_key()
                return int.from_bytes(mine.exchange(theirs), "big")
            except ValueError:
                # OpenSSL refuses some numbers that are right here, such as a test's short
                # exponents.
                pass
        return pow(base, exponent, prime())
        yield
