"""The handshake (WIRE.md 2), as generators that read like the protocol. Here the client's role, and
what both have in common; the server's is in `answering.py`, because a device only calls.

    client                            server
    hello (67 bytes)            -->
                                <--   key: 2-byte length, g^s
    key: g^c, signature, document -->
                                <--   signature
                                <--   document

A generator drives one Connection `c`. It yields what it needs before it can go on:

    n > 0    the next n raw bytes, to be found in c.reader.buf[0:n]
    RECORD   the next decrypted record, in c.reader.buf[0:c.reader.size]
    BUSY     nothing: it is in the middle of long arithmetic, resume it soon

and returns NONE when the connection is established or the reason why it is not. Output goes to
c.window; nothing is parsed from the remote before its signature is verified.

On a board all this is in memory only while a handshake runs: `Connection` loads it and gives it
back, and what is done with the key exchange goes before the signatures come (see crypto/device.py).
"""

from .bson import ARRAY, END, MALFORMED, Cursor
from .bson_writer import Writer
from .compat import const, copy, get_u16
from .crypto import forget, sha256, verify
from .phases import DOCUMENT, HELLO, KEY, VERIFY
from .reasons import BAD_DOCUMENT, BAD_KEY, BAD_SIGNATURE, NONE, WRONG_HOST

RECORD = const(-1)
MAX_KEY = const(384)
NORMAL = const(0x11)  # version 1, type 1
_SIGNATURE = const(64)


def as_client(c, identity, exchange):
    """Call the contact whose uid and key the connection holds, with a prepared key `exchange`."""
    c.phase = HELLO
    c.window.raw(b"W." + bytes([NORMAL]) + c.ruid + identity.uid)
    yield 2
    c.phase = KEY
    n = get_u16(c.reader.buf, 0)
    if not 0 < n <= MAX_KEY:
        return BAD_KEY
    yield n
    secret = yield from exchange.agree(bytes(c.reader.buf[:n]), True)
    if secret is None:
        return BAD_KEY
    c.window.cipher.rekey(secret, 0)
    c.reader.cipher.rekey(secret, 32)
    mine = sha256(b"client" + secret)
    theirs = sha256(b"server" + secret)
    write_key(c, exchange)
    del exchange, secret
    forget()
    signature = yield from identity.sign(mine)
    c.window.record(signature)
    write_document(c, identity)
    yield RECORD
    c.phase = VERIFY
    if not (yield from verified(c, theirs)):
        return BAD_SIGNATURE
    yield RECORD
    c.phase = DOCUMENT
    return read_document(c)


def write_key(c, exchange):
    """Say our public value."""
    c.window.raw(b"\x01\x80")
    c.window.raw(exchange.public)


def write_document(c, identity):
    """Say which host we are."""
    window = c.window
    w = Writer()
    w.begin(window.buf, window.plaintext(), len(window.buf))
    w.binary(b"host", identity.hid, 0, 32)
    w.array(b"transports")
    w.close()
    window.seal(w.finish())


def verified(c, message):
    """Generator: True when the record just read is the contact's signature of `message`."""
    if c.reader.size != _SIGNATURE:
        return False
    signature = bytes(c.reader.buf[:_SIGNATURE])
    sound = yield from verify(c.public, message, signature)
    forget()
    return sound


def read_document(c):
    """Which host the record just read says it comes from; NONE, or the reason to refuse it."""
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
