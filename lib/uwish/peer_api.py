"""`app.peer`: sending, and pins."""

# Found at once: builtins are looked for after all else.
from builtins import isinstance, len  # noqa: UP029

from .compat import put_frame
from .peers import Peer
from .status import FULL, NOT_FOUND, OK, TOO_LARGE

_BYTES = (bytes, bytearray, memoryview)


class PeerApi:
    """`app.peer`: sending, and pins."""

    def __init__(self, node):
        self._node = node

    def send(self, peer, payload, length=None):
        """Copy `payload` (bytes, bytearray or memoryview; its first `length` bytes) into the send
        buffer: OK (accepted here), NOT_FOUND (the peer is offline), TOO_LARGE (can never fit) or
        FULL (does not fit now). Allocates nothing. TypeError for anything else than a Peer and
        bytes, ValueError for a `length` beyond them."""
        # Few locals, and `SendBuffer.put` written out: MicroPython takes the frame of a function
        # with many from the heap, and a call costs as much as all of this.
        if not isinstance(payload, _BYTES) or not isinstance(peer, Peer):
            raise TypeError("send takes a Peer and bytes, bytearray or memoryview")
        if length is None:
            length = len(payload)
        elif not 0 <= length <= len(payload):
            raise ValueError("length is beyond the payload")
        node = self._node
        if peer.connection is None or peer.pool is not node.peers:
            return NOT_FOUND
        if length > node.max_payload:
            return TOO_LARGE
        length = put_frame(node.frames.buf, node.frames.used, peer.index, payload, length)
        if not length:
            node.stats.refused += 1
            node.low_water_due = True
            return FULL
        node.frames.used = length
        if node.due_ms:
            node.due_ms = 0
        return OK

    def pin(self, luid, ruid, rhid, policy, priority=0):
        """Maintain the connection to host `rhid` (or uwish.ANY_HOST) of identity `ruid`: "always"
        or "eager", priority 0 (highest) to 255. OK, or FULL when the table is full. Pinning again
        updates. ValueError for wrong arguments, OSError when the store cannot keep it (it is undone
        then)."""
        from .pin_changes import pin

        return pin(self._node, luid, ruid, rhid, policy, priority)

    def unpin(self, luid, ruid, rhid):
        """Remove a pin: OK, or NOT_FOUND. A connection that no other pin asks for is closed by the
        next `poll`. ValueError for wrong ids, OSError when the store cannot keep that (the pin
        stays then)."""
        from .pin_changes import unpin

        return unpin(self._node, luid, ruid, rhid)

    def pins(self):
        """Iterate the pins: Pin(luid, ruid, rhid, policy, priority)."""
        from .pin import listed

        return listed(self._node.pins)

    def __iter__(self):
        """Iterate the peers that are online."""
        for peer in self._node.peers:
            if peer.online:
                yield peer
