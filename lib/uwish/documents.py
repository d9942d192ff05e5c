"""Identity documents: the public BSON `{alias, uid, pubkey, transports}` (WIRE.md 1.1).

Needed when identities are made, exported or imported, and not afterwards: whoever uses this on a
board gives its memory back with `compat.forget_module`.
"""

from . import crypto
from .bson import ARRAY, BINARY, END, MALFORMED, STRING, Cursor
from .bson_writer import Writer
from .compat import const

_MAX_ALIAS = const(47)  # bytes of UTF-8; the desktop core keeps 48 with the NUL
MAX_TRANSPORTS = const(4)  # as many as the desktop core keeps
MAX_TRANSPORT = const(63)  # bytes each, likewise


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
    if not isinstance(alias, str) or not 0 < len(alias.encode()) <= _MAX_ALIAS:
        raise ValueError("an alias must be a string of 1 to 47 bytes in UTF-8")


def _text(cursor):
    try:
        return str(cursor.bytes(), "utf-8")
    except UnicodeError:
        raise ValueError("not an identity document: a text in it is not UTF-8") from None
