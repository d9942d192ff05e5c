"""Bytes sealed with a passphrase: the file that a backup is.

    offset  size
    0       12    "uwish backup"
    12      1     version: 1
    13      1     scrypt's cost: log2 of N (17)      RFC 7914
    14      1     scrypt's block size r (8)
    15      1     scrypt's parallelisation p (1)
    16      16    salt
    32      12    nonce
    44      n+16  the content with AES-256-GCM, its 16-byte tag at the end (NIST SP 800-38D); bytes
                  0 to 43 are authenticated with it
    ...     32    SHA-256 of everything before: tells a damaged file from a wrong passphrase

The AES key is scrypt(passphrase in UTF-8 after Unicode NFC, salt, 32 bytes). N = 2^17, r = 8 take
128 MiB and half a second of a processor for each passphrase that somebody tries.
"""

import os
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from uwish.crypto import sha256

from ..errors import Failure

MAGIC = b"uwish backup"
VERSION = 1
_COST = 17
_BLOCK = 8
_PARALLEL = 1
# What a file may ask of us: 1 GiB of memory (128 * N * r bytes), and p times the work.
_MAX_MEMORY = 1 << 30
_MAX_PARALLEL = 16

_PARAMETERS = slice(12, 16)
_SALT = slice(16, 32)
_NONCE = slice(32, 44)
_HEADER = 44
_TAG = 16
_SUM = 32


def seal(content, passphrase):
    """The file with `content` (bytes) in it."""
    salt = os.urandom(16)
    header = MAGIC + bytes([VERSION, _COST, _BLOCK, _PARALLEL]) + salt + os.urandom(12)
    key = _key(passphrase, salt, _COST, _BLOCK, _PARALLEL)
    sealed = header + AESGCM(key).encrypt(header[_NONCE], content, header)
    return sealed + sha256(sealed)


def unseal(data, passphrase):
    """The content of a file; a Failure when it is no backup, of a newer version or damaged, or
    when the passphrase is another. `passphrase()` is asked only when all else is right."""
    if not data.startswith(MAGIC):
        raise Failure("this is no backup of `uwish identity backup`")
    if len(data) > len(MAGIC) and data[len(MAGIC)] != VERSION:
        raise Failure(
            f"the backup has format version {data[len(MAGIC)]}, this uwish knows {VERSION}: "
            "restore it with a newer uwish"
        )
    body = data[:-_SUM]
    if len(body) < _HEADER + _TAG or sha256(body) != data[-_SUM:]:
        raise Failure("the backup is damaged or cut short: take another copy of it")
    header = body[:_HEADER]
    _, cost, block, parallel = header[_PARAMETERS]
    if not (
        0 < cost < 31
        and block > 0
        and 128 * block << cost <= _MAX_MEMORY
        and 0 < parallel <= _MAX_PARALLEL
    ):
        raise Failure("the backup asks for more memory or work than any that uwish makes")
    key = _key(passphrase(), header[_SALT], cost, block, parallel)
    try:
        return AESGCM(key).decrypt(header[_NONCE], body[_HEADER:], header)
    except InvalidTag:
        raise Failure("the passphrase is wrong") from None


def _key(passphrase, salt, cost, block, parallel):
    # The same text may be typed in different ways of Unicode on another machine.
    text = unicodedata.normalize("NFC", passphrase).encode()
    return Scrypt(salt=salt, length=32, n=1 << cost, r=block, p=parallel).derive(text)
