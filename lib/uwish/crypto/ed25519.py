"""Ed25519 signatures (RFC 8032, 5.1) for boards, as generators with steps of a few million
instructions at most.

Signing is deterministic, so the bytes equal those of every other implementation. Verification is
strict about encodings (s below the group order, canonical points) and uses the equation without
cofactor, as OpenSSL does.
"""

from .edwards import ORDER, base_times, base_times_minus, decode, encode
from .sha512 import sha512


def _hash_number(data):
    return int.from_bytes(sha512(data), "little") % ORDER


def _expand(seed):
    """The secret scalar and the prefix of a private key (RFC 8032, 5.1.5)."""
    digest = sha512(seed)
    scalar = int.from_bytes(digest[:32], "little")
    return scalar & ((1 << 254) - 8) | 1 << 254, digest[32:]


def public_key(seed):
    """Generator: the 32-byte public key of a 32-byte private key."""
    scalar, _ = _expand(seed)
    yield 0
    return encode((yield from base_times(scalar)))


def sign(seed, public, message):
    """Generator: the 64-byte signature of `message` by the private key `seed`, whose public key is
    `public`.
    """
    scalar, prefix = _expand(seed)
    yield 0
    nonce = _hash_number(prefix + message)
    yield 0
    point = encode((yield from base_times(nonce)))
    yield 0
    challenge = _hash_number(point + public + message)
    return point + ((nonce + challenge * scalar) % ORDER).to_bytes(32, "little")


def verify(public, message, signature):
    """Generator: True when `signature` is that of `message` by `public`; False for anything
    malformed, never an error.
    """
    if len(public) != 32 or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= ORDER:
        return False
    point = yield from decode(public)
    if point is None:
        return False
    first = bytes(signature[:32])
    challenge = _hash_number(first + public + message)
    yield 0
    return encode((yield from base_times_minus(s, challenge, point))) == first
