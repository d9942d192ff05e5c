"""`app.peer`: sending, and pins."""

from .peers import Peer
from .status import FULL, NOT_FOUND, OK, TOO_LARGE

_BYTES = (bytes, bytearray, memoryview)


class PeerApi:
    """`app.peer`: sending, and pins."""

    def __init__(self, node, save):
        self._node = node
        self._save = save

    def send(self, peer, payload, length=None):
        """Copy `payload` (bytes, bytearray or memoryview; its first `length` bytes) into the send
        buffer: OK (accepted here), NOT_FOUND (the peer is offline), TOO_LARGE (can never fit) or
        FULL (does not fit now). Allocates nothing."""
        # Few locals: MicroPython takes the frame of a function with many from the heap.
        if not isinstance(payload, _BYTES) or not isinstance(peer, Peer):
            raise TypeError("send takes a Peer and bytes, bytearray or memoryview")
        if length is None:
            length = len(payload)
        elif not 0 <= length <= len(payload):
            raise ValueError("length is beyond the payload")
        node = self._node
        if peer.connection is None or peer.frames is not node.frames:
            return NOT_FOUND
        if length > node.max_payload:
            return TOO_LARGE
        status = peer.frames.put(peer.index, payload, length)
        if status == OK:
            peer.connection.last_frame = node.now
            node.due_ms = 0
        elif status == FULL:
            node.stats.refused += 1
            node.low_water_due = True
        return status

    def pin(self, luid, ruid, rhid, policy, priority=0):
        """Maintain the connection to host `rhid` (or uwish.ANY_HOST) of identity `ruid`: "always"
        or "eager", priority 0 (highest) to 255. OK, or FULL when the table is full. Pinning again
        updates. ValueError for wrong arguments, OSError when the store cannot keep it (it is undone
        then)."""
        pins = self._node.pins
        before = bytes(pins.buf)
        status = pins.put(luid, ruid, rhid, policy, priority)
        if status == OK and pins.buf != before:
            self._keep(before)
            self._node.scheduler.forget(pins.find(luid, ruid, rhid))
            self._node.replan()
        return status

    def unpin(self, luid, ruid, rhid):
        """Remove a pin: OK, or NOT_FOUND. A connection that no other pin asks for is closed by the
        next `poll`."""
        pins = self._node.pins
        before = bytes(pins.buf)
        status = pins.remove(luid, ruid, rhid)
        if status == OK:
            self._keep(before)
            self._node.drop_unwanted()
            self._node.replan()
        return status

    def pins(self):
        """Iterate the pins: Pin(luid, ruid, rhid, policy, priority)."""
        return iter(self._node.pins)

    def __iter__(self):
        """Iterate the peers that are online."""
        for peer in self._node.peers:
            if peer.online:
                yield peer

    def _keep(self, before):
        try:
            self._save("pins")
        except OSError:
            self._node.pins.buf[:] = before
            raise
