"""The handshake (WIRE.md 2), both roles, as generators that read like the protocol.

    client                            server
    hello (67 bytes)            -->
                                <--   key: 2-byte length, g^s
    key: g^c, signature, document -->
                                <--   signature
                                <--   document

A generator drives one Connection `c`. It yields what it needs before it can go on:

    n > 0    the next n raw bytes, to be found in c.reader.buf[0:n]
    _RECORD   the next decrypted record, in c.reader.buf[0:c.reader.size]
    BUSY     nothing: it is in the middle of long arithmetic, resume it soon

and returns NONE when the connection is established or the reason why it is not. Output goes to
c.window; nothing is parsed from the remote before its signature is verified. Everything made here
is garbage once the generator is gone.
"""

from . import crypto
from .bson import ARRAY, END, MALFORMED, Cursor, Writer
from .compat import const, copy, get_u16, same
from .reasons import (
    BAD_DOCUMENT,
    BAD_HELLO,
    BAD_KEY,
    BAD_SIGNATURE,
    NONE,
    UNKNOWN_CONTACT,
    WRONG_HOST,
)

BUSY = const(0)
_RECORD = const(-1)

_HELLO_SIZE = const(67)
_MAX_KEY = const(384)
# What the window must hold at once: the client's key, signature and document.
FLIGHT = const(640)

_NORMAL = const(0x11)  # version 1, type 1
_SIGNATURE = const(64)

# Phases, for messages about a connection that ends early.
HELLO = const(0)
KEY = const(1)
VERIFY = const(2)
DOCUMENT = const(3)
FRAMES = const(4)
PHASES = ("hello", "key exchange", "verify", "document", "running")


def as_client(c, identity, exchange):
    """Call the contact whose uid and key the connection holds, with a prepared key `exchange`."""
    c.phase = HELLO
    c.window.raw(b"W." + bytes([_NORMAL]) + c.ruid + identity.uid)
    yield 2
    c.phase = KEY
    n = get_u16(c.reader.buf, 0)
    if not 0 < n <= _MAX_KEY:
        return BAD_KEY
    yield n
    secret = yield from exchange.agree(bytes(c.reader.buf[:n]), True)
    if secret is None:
        return BAD_KEY
    c.window.cipher.rekey(secret, 0)
    c.reader.cipher.rekey(secret, 32)
    mine = crypto.sha256(b"client" + secret)
    theirs = crypto.sha256(b"server" + secret)
    _write_key(c, exchange)
    del exchange, secret
    signature = yield from identity.sign(mine)
    c.window.record(signature)
    _write_document(c, identity)
    yield _RECORD
    c.phase = VERIFY
    if not (yield from _verified(c, theirs)):
        return BAD_SIGNATURE
    yield _RECORD
    c.phase = DOCUMENT
    return _read_document(c)


def as_server(c, identity, exchange):
    """Be called: by a contact only, for our identity only. `c.authorise(uid)` fills in the
    contact's key."""
    c.phase = HELLO
    yield _HELLO_SIZE
    buf = c.reader.buf
    if buf[0] != 0x57 or buf[1] != 0x2E or buf[2] != _NORMAL:
        return BAD_HELLO
    if not same(buf, 3, identity.uid, 0, 32) or not c.authorise(bytes(buf[35:67])):
        return UNKNOWN_CONTACT
    c.phase = KEY
    yield from exchange.prepare()
    _write_key(c, exchange)
    yield 2
    n = get_u16(buf, 0)
    if not 0 < n <= _MAX_KEY:
        return BAD_KEY
    yield n
    secret = yield from exchange.agree(bytes(buf[:n]), False)
    if secret is None:
        return BAD_KEY
    c.window.cipher.rekey(secret, 32)
    c.reader.cipher.rekey(secret, 0)
    signature = yield from identity.sign(crypto.sha256(b"server" + secret))
    c.window.record(signature)
    theirs = crypto.sha256(b"client" + secret)
    del exchange, secret
    yield _RECORD
    c.phase = VERIFY
    if not (yield from _verified(c, theirs)):
        return BAD_SIGNATURE
    c.phase = DOCUMENT
    _write_document(c, identity)
    yield _RECORD
    return _read_document(c)


def _write_key(c, exchange):
    c.window.raw(b"\x01\x80")
    c.window.raw(exchange.public)


def _write_document(c, identity):
    window = c.window
    w = Writer()
    w.begin(window.buf, window.plaintext(), len(window.buf))
    w.binary(b"host", identity.hid, 0, 32)
    w.array(b"transports")
    w.close()
    window.seal(w.finish())


def _verified(c, message):
    if c.reader.size != _SIGNATURE:
        return False
    signature = bytes(c.reader.buf[:_SIGNATURE])
    return (yield from crypto.verify(c.public, message, signature))


def _read_document(c):
    cursor = Cursor()
    if not cursor.open(c.reader.buf, 0, c.reader.size):
        return BAD_DOCUMENT
    found = False
    while True:
        kind = cursor.next()
        if kind == MALFORMED:
            return BAD_DOCUMENT
        if kind == END:
            break
        if cursor.is_id() and cursor.named(b"host"):
            copy(c.key, 64, cursor.buf, cursor.value, 32)
            found = True
        elif kind == ARRAY and not Cursor().enter(cursor):
            return BAD_DOCUMENT
        elif cursor.named(b"banned") and cursor.is_true():
            # Advisory: the desktop core goes on delivering our frames.
            c.banned = True
    if not found:
        return BAD_DOCUMENT
    return NONE if c.accepts_host() else WRONG_HOST
