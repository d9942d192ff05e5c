"""What this program is on the wire: its service id, name and protocols, and the `send` message made
ready.

A `send` request (WIRE.md 3) is the same bytes every time but for four lengths, the remote service
and the payload. So there is one template for each protocol, and sending a frame is two copies and
four patched numbers.
"""

from .compat import const

FRAME_OVERHEAD = const(163)  # bytes that a frame grows on the wire, at most: envelope and record


class Service:
    """`name` (str, at most 32 bytes of UTF-8; zero-padded it is the service id) speaks `protocols`
    (1 to 10 bytes)."""

    def __init__(self, name, protocols):
        from .naming import encode_names, encode_service, send_template

        self.name = encode_service(name)
        self.sid = self.name + bytes(32 - len(self.name))
        self.protocols = tuple(protocols)
        self._encoded = encode_names(protocols)
        # Of each protocol's `send`, up to the payload; see compat.compose.
        self.templates = [send_template(self.sid, encoded) for encoded in self._encoded]

    def protocol_bytes(self, index):
        """The name of protocol `index` as it stands on the wire."""
        return self._encoded[index]

    def index_of(self, cursor):
        """Which of our protocols the string under `cursor` names, -1 for none."""
        for i in range(len(self._encoded)):
            if cursor.holds(self._encoded[i]):
                return i
        return -1
