"""What this program is on the wire: its service id, name and protocols, and the `send` message made
ready.

A `send` request (WIRE.md 3) is the same bytes every time but for four lengths, the remote service
and the payload. So there is one template for each protocol, and sending a frame is two copies and
four patched numbers.
"""

from .bson import Writer
from .compat import const

_MAX_PROTOCOL = const(10)  # bytes; the desktop core cuts longer names and then never matches them
_MAX_NAME = const(32)  # bytes of UTF-8
FRAME_OVERHEAD = const(163)  # bytes that a frame grows on the wire, at most: envelope and record


class Service:
    """`name` (str, at most 32 bytes of UTF-8; zero-padded it is the service id) speaks `protocols`
    (1 to 10 bytes)."""

    def __init__(self, name, protocols):
        if not isinstance(name, str):
            raise TypeError("an app's name must be a str")
        self.name = name.encode()
        if not 0 < len(self.name) <= _MAX_NAME:
            raise ValueError("an app's name must be 1 to 32 bytes of UTF-8: %r" % name)
        if isinstance(protocols, str) or not protocols:
            raise ValueError("protocols must be a tuple of names, with at least one")
        self.protocols = tuple(protocols)
        self.sid = self.name + bytes(_MAX_NAME - len(self.name))
        self._encoded = []
        self.templates = []  # of each protocol's `send`, up to the payload; see compat.compose
        for protocol in self.protocols:
            if not isinstance(protocol, str):
                raise TypeError("a protocol's name must be a str")
            encoded = protocol.encode()
            if not 0 < len(encoded) <= _MAX_PROTOCOL:
                raise ValueError("a protocol's name must be 1 to 10 bytes: %r" % protocol)
            self._encoded.append(encoded)
            self.templates.append(_template(self.sid, encoded))

    def protocol_bytes(self, index):
        """The name of protocol `index` as it stands on the wire."""
        return self._encoded[index]

    def index_of(self, cursor):
        """Which of our protocols the string under `cursor` names, -1 for none."""
        for i in range(len(self._encoded)):
            if cursor.holds(self._encoded[i]):
                return i
        return -1


def _template(sid, protocol):
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
    return bytes(scratch[: w.pos])
