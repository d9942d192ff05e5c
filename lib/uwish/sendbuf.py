"""The one static send buffer: frames of all peers, in the order they were accepted, as plaintext.

    1 byte   index of the peer in the pool
    1 byte   0 = waiting; c + 1 = in the window of connection c, not yet handed to the network whole
    2 bytes  payload length, big-endian
    2 bytes  where the frame's record ends in that window, big-endian
    n bytes  payload

A frame leaves the buffer when the last byte of its record was taken by the network, or when it is
dropped and counted. Until then its plaintext stays here, so that it survives a dead connection: the
ciphertext is thrown away, the frame goes back to waiting and is sealed anew, under fresh keys, for
the next connection of the same peer. What had been handed over whole is never sent again.

Frames lie without gaps and are moved down when some are taken out of the middle. So the frames of a
stalled peer cost their own room and nothing else: they hold back nobody's frames and leave no
holes. `route` says over which connection a peer is reached: 0 = none, c + 1 = connection c.
"""

from .compat import claim, const, copy, get_u16, put_frame, sweep
from .status import FULL, OK, TOO_LARGE

HEADER = const(6)  # bytes of the buffer that a frame costs over its payload


class SendBuffer:
    """`size` bytes for the frames of up to `peers` peers. Nothing here allocates after
    `__init__`. `peers` is for the owner to set: what the indexes of peers stand for, each with its
    `key` and `protocol_index` (`peers.py`)."""

    def __init__(self, size, peers):
        self.buf = bytearray(size)
        self.used = 0
        self.route = bytearray(peers)
        self.peers = None

    def put(self, peer, payload, n):
        """Accept `n` bytes of `payload` for `peer`: OK, TOO_LARGE (can never fit) or FULL (does not
        fit now)."""
        end = put_frame(self.buf, self.used, peer, payload, n)
        if not end:
            return TOO_LARGE if n + HEADER > len(self.buf) else FULL
        self.used = end
        return OK

    def claim(self, connection, off=0):
        """The offset of the first frame at or after `off` that waits for `connection`, -1 when
        there is none. It waits no more: it belongs to that connection's window."""
        return claim(self.buf, off, self.used, self.route, connection + 1)

    def length(self, off):
        """The payload length (bytes) of the frame at `off`."""
        return get_u16(self.buf, off + 2)

    def rewind(self, connection, window_start):
        """`connection` is dead after `window_start` bytes of its window were taken by the network:
        frames wholly among them leave the buffer, the others wait again. How many left."""
        gone = sweep(self.buf, self.used, connection + 1, window_start)
        self.used = gone & 0xFFFF
        buf = self.buf
        off = 0
        while off < self.used:
            if buf[off + 1] == connection + 1:
                buf[off + 1] = 0
            off += HEADER + get_u16(buf, off + 2)
        return gone >> 16

    def forget(self, peer):
        """Drop the waiting frames of `peer`; how many there were."""
        buf = self.buf
        off = 0
        keep = 0
        gone = 0
        while off < self.used:
            n = HEADER + get_u16(buf, off + 2)
            if buf[off] == peer and buf[off + 1] == 0:
                gone += 1
            else:
                if keep != off:
                    copy(buf, keep, buf, off, n)
                keep += n
            off += n
        self.used = keep
        return gone

    def holds(self, peer):
        """True when any frame of `peer` is in the buffer."""
        buf = self.buf
        off = 0
        while off < self.used:
            if buf[off] == peer:
                return True
            off += HEADER + get_u16(buf, off + 2)
        return False

    def in_window(self, peer):
        """True when a frame of `peer` is sealed in some connection's window."""
        buf = self.buf
        off = 0
        while off < self.used:
            if buf[off] == peer and buf[off + 1]:
                return True
            off += HEADER + get_u16(buf, off + 2)
        return False
