"""Where a contact is reached: "wish://host:port". On a board this is in memory only while one is
dialled or set."""

from .compat import const
from .contacts import RECORD, TRANSPORTS

_TRANSPORTS_SIZE = const(128)
_PREFIX = const(7)  # "wish://" is not stored
_MAX_TRANSPORT = const(63)  # bytes; as long as a desktop core stores


def transports(contacts, index):
    """The addresses of the contact at `index`, as a list of "wish://host:port"."""
    found = []
    off = index * RECORD + TRANSPORTS
    end = off + _TRANSPORTS_SIZE
    while off < end and contacts.buf[off]:
        n = contacts.buf[off]
        found.append("wish://" + str(contacts.buf[off + 1 : off + 1 + n], "utf-8"))
        off += n + 1
    return found


def pack(transports, strict):
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
