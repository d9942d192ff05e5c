"""Changing the contact table, at the app's wish. On a board this is in memory only meanwhile."""

from .addresses import pack
from .compat import const, copy
from .contacts import ALIAS, PUBLIC, RECORD, TRANSPORTS, UID
from .status import FULL, NOT_FOUND, OK

_MAX_ALIAS = const(47)  # bytes; a byte of the record holds the length


def put(table, document, transports=()):
    """Add or update the contact of an identity `document`: OK, or FULL when the table is. Given
    `transports` ("wish://host:port") win over the document's; with none of either the known
    ones stay."""
    packed = pack(transports or document.transports, bool(transports))
    index = table.find(document.uid, 0)
    if index < 0:
        index = table.free()
        if index < 0:
            return FULL
    buf = table.buf
    off = index * RECORD
    alias = document.alias
    while len(alias.encode()) > _MAX_ALIAS:
        alias = alias[:-1]
    alias = alias.encode()
    buf[off + ALIAS] = len(alias)
    copy(buf, off + ALIAS + 1, alias, 0, len(alias))
    copy(buf, off + UID, document.uid, 0, 32)
    copy(buf, off + PUBLIC, document.public, 0, 32)
    if len(packed) > 1 or not buf[off]:
        copy(buf, off + TRANSPORTS, packed, 0, len(packed))
    buf[off] = 1
    return OK


def remove(table, uid):
    """Forget a contact: OK, or NOT_FOUND."""
    index = table.find(uid, 0)
    if index < 0:
        return NOT_FOUND
    off = index * RECORD
    table.buf[off : off + RECORD] = bytes(RECORD)
    return OK
