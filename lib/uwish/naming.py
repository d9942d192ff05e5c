"""What an app calls itself, checked and made ready for the wire. On a board this is in memory only
while an App is made."""

from .bson_writer import Writer
from .compat import const

_MAX_PROTOCOL = const(10)  # bytes; the desktop core cuts longer names and then never matches them
_MAX_NAME = const(32)  # bytes of UTF-8


def encode_service(name):
    """An app's name in UTF-8; TypeError or ValueError when it cannot be one."""
    if not isinstance(name, str):
        raise TypeError("an app's name must be a str")
    encoded = name.encode()
    if not 0 < len(encoded) <= _MAX_NAME:
        raise ValueError("an app's name must be 1 to 32 bytes of UTF-8: %r" % name)
    return encoded


def encode_names(protocols):
    """The names of protocols in UTF-8, a list; TypeError or ValueError when one cannot be."""
    if isinstance(protocols, str) or not protocols:
        raise ValueError("protocols must be a tuple of names, with at least one")
    found = []
    for protocol in protocols:
        if not isinstance(protocol, str):
            raise TypeError("a protocol's name must be a str")
        encoded = protocol.encode()
        if not 0 < len(encoded) <= _MAX_PROTOCOL:
            raise ValueError("a protocol's name must be 1 to 10 bytes: %r" % protocol)
        found.append(encoded)
    return found


def send_template(sid, protocol):
    """The bytes of a `send` request up to its payload, of which compat.compose makes frames. The
    first of them says how many they are, where a frame has its own length."""
    scratch = bytearray(256)
    w = Writer()
    w.begin(scratch, 0, len(scratch))
    w.document(b"req")
    w.string(b"op", b"send")
    w.array(b"args")
    w.binary(b"0", sid, 0, 32)
    w.binary(b"1", sid, 0, 32)  # the remote's, patched in
    w.string(b"2", protocol)
    w.binary(b"3", b"", 0, 0)
    scratch[0] = w.pos
    return bytes(scratch[: w.pos])
