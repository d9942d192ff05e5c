"""The contact table: identities we know, in fixed records of one bytearray (which is also what is
kept on flash).

    1 byte    1 = used, 0 = free
    32 bytes  uid
    32 bytes  Ed25519 public key
    48 bytes  alias: length, then UTF-8
    128 bytes transports: for each its length, then "host:port"; 0 ends them
"""

from .compat import const, copy, same
from .status import FULL, NOT_FOUND, OK

RECORD = const(241)
_UID = const(1)
_PUBLIC = const(33)
_ALIAS = const(65)
_TRANSPORTS = const(113)
_TRANSPORTS_SIZE = const(128)
_PREFIX = const(7)  # "wish://" is not stored


_MAX_ALIAS = const(47)  # bytes; a byte of the record holds the length
_MAX_TRANSPORT = const(63)  # bytes; as long as a desktop core stores


class Contacts:
    """Up to `capacity` contacts."""

    def __init__(self, capacity):
        self.buf = bytearray(capacity * RECORD)
        self.capacity = capacity

    def load(self, data):
        """Take over a saved table, as many contacts as fit; how many did not."""
        lost = 0
        free = 0
        for off in range(0, len(data) - RECORD + 1, RECORD):
            if data[off]:
                if free < self.capacity:
                    copy(self.buf, free * RECORD, data, off, RECORD)
                    free += 1
                else:
                    lost += 1
        return lost

    def put(self, document, transports=()):
        """Add or update the contact of an identity `document`: OK, or FULL when the table is. Given
        `transports` ("wish://host:port") win over the document's; with none of either the known
        ones stay."""
        packed = _pack(transports or document.transports, strict=bool(transports))
        index = self.find(document.uid, 0)
        if index < 0:
            index = self._free()
            if index < 0:
                return FULL
        buf = self.buf
        off = index * RECORD
        alias = document.alias
        while len(alias.encode()) > _MAX_ALIAS:
            alias = alias[:-1]
        alias = alias.encode()
        buf[off + _ALIAS] = len(alias)
        copy(buf, off + _ALIAS + 1, alias, 0, len(alias))
        copy(buf, off + _UID, document.uid, 0, 32)
        copy(buf, off + _PUBLIC, document.public, 0, 32)
        if len(packed) > 1 or not buf[off]:
            copy(buf, off + _TRANSPORTS, packed, 0, len(packed))
        buf[off] = 1
        return OK

    def remove(self, uid):
        """Forget a contact: OK, or NOT_FOUND."""
        index = self.find(uid, 0)
        if index < 0:
            return NOT_FOUND
        off = index * RECORD
        self.buf[off : off + RECORD] = bytes(RECORD)
        return OK

    def find(self, uid, uid_off):
        """The index of the contact with this uid, -1 when there is none. Allocates nothing."""
        buf = self.buf
        for i in range(self.capacity):
            off = i * RECORD
            if buf[off] and same(buf, off + _UID, uid, uid_off, 32):
                return i
        return -1

    def used(self, index):
        """True when there is a contact at `index`."""
        return self.buf[index * RECORD] == 1

    def uid(self, index):
        """The uid, as bytes."""
        off = index * RECORD + _UID
        return bytes(self.buf[off : off + 32])

    def public(self, index):
        """The public key, as bytes."""
        off = index * RECORD + _PUBLIC
        return bytes(self.buf[off : off + 32])

    def alias(self, index):
        """The alias, as str; bytes that are no UTF-8 any more show as "?"."""
        off = index * RECORD + _ALIAS
        try:
            return str(self.buf[off + 1 : off + 1 + self.buf[off]], "utf-8")
        except UnicodeError:
            return "?"

    def transports(self, index):
        """The addresses, as a list of "wish://host:port"."""
        found = []
        off = index * RECORD + _TRANSPORTS
        end = off + _TRANSPORTS_SIZE
        while off < end and self.buf[off]:
            n = self.buf[off]
            found.append("wish://" + str(self.buf[off + 1 : off + 1 + n], "utf-8"))
            off += n + 1
        return found

    def _free(self):
        for i in range(self.capacity):
            if not self.buf[i * RECORD]:
                return i
        return -1


def _pack(transports, strict):
    """Addresses for the record. Ours must all be right (ValueError); of a document's those that are
    not are left out."""
    packed = b""
    for transport in transports:
        try:
            split_transport(transport)
        except ValueError:
            if strict:
                raise
            continue
        text = transport.encode()[_PREFIX:]
        if len(packed) + len(text) + 2 > _TRANSPORTS_SIZE:
            if strict:
                raise ValueError("too many or too long transports: 126 bytes in all")
            break
        packed += bytes([len(text)]) + text
    return packed + b"\0"


def split_transport(transport):
    """("host", port) of "wish://host:port" or "wish://[IPv6]:port"; ValueError in words for
    anything else."""
    if transport[:7] == "wish://" and len(transport.encode()) <= _MAX_TRANSPORT:
        host, colon, port = transport[7:].rpartition(":")
        if host[:1] == "[" and host[-1:] == "]":
            host = host[1:-1]
        elif ":" in host:
            host = ""
        if host and colon and port.isdigit() and 0 < int(port) < 65536:
            return host, int(port)
    raise ValueError(
        "a transport must look like wish://host:port, at most 63 bytes: %r" % transport
    )
