"""The server's role in the handshake (WIRE.md 2): being called. A device never is, so only programs
that serve, such as the gateway, load this. handshake.py shows the messages."""

from . import crypto
from .compat import const, get_u16, same
from .handshake import (
    MAX_KEY,
    NORMAL,
    RECORD,
    read_document,
    verified,
    write_document,
    write_key,
)
from .phases import DOCUMENT, HELLO, KEY, VERIFY
from .reasons import BAD_HELLO, BAD_KEY, BAD_SIGNATURE, UNKNOWN_CONTACT

_HELLO_SIZE = const(67)


def as_server(c, identity, exchange):
    """Be called: by a contact only, for our identity only. `c.authorise(uid)` fills in the
    contact's key."""
    c.phase = HELLO
    yield _HELLO_SIZE
    buf = c.reader.buf
    if buf[0] != 0x57 or buf[1] != 0x2E or buf[2] != NORMAL:
        return BAD_HELLO
    if not same(buf, 3, identity.uid, 0, 32) or not c.authorise(bytes(buf[35:67])):
        return UNKNOWN_CONTACT
    c.phase = KEY
    yield from exchange.prepare()
    write_key(c, exchange)
    yield 2
    n = get_u16(buf, 0)
    if not 0 < n <= MAX_KEY:
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
    yield RECORD
    c.phase = VERIFY
    if not (yield from verified(c, theirs)):
        return BAD_SIGNATURE
    c.phase = DOCUMENT
    write_document(c, identity)
    yield RECORD
    return read_document(c)
