"""The pin table: "maintain this connection", in fixed records of one bytearray (which is also what
is kept on flash).

    1 byte    policy: 0 = free, 1 = always, 2 = eager
    1 byte    priority, 0 = highest
    32 bytes  luid, our identity
    32 bytes  ruid, theirs
    32 bytes  rhid, their host; all zeros = any host of that identity

The bytes are the node's. What reads them (here), changes them (`pin_changes.py`) or lists them
(`pin.py`) is in a board's memory only while it is needed.
"""

from .compat import const, same

ANY_HOST = bytes(32)
ALWAYS = const(1)
EAGER = const(2)

RECORD = const(98)
PRIORITY = const(1)
LUID = const(2)
RUID = const(34)
RHID = const(66)


class PinTable:
    """The pins in `buf`, as many as it has room for."""

    def __init__(self, buf):
        self.buf = buf
        self.capacity = len(buf) // RECORD

    def find(self, luid, ruid, rhid):
        """The index of the pin with these ids, -1 when there is none."""
        buf = self.buf
        for i in range(self.capacity):
            off = i * RECORD
            if (
                buf[off]
                and same(buf, off + LUID, luid, 0, 32)
                and same(buf, off + RUID, ruid, 0, 32)
                and same(buf, off + RHID, rhid, 0, 32)
            ):
                return i
        return -1

    def policy(self, index):
        """ALWAYS, EAGER, or 0 for a free record."""
        return self.buf[index * RECORD]

    def priority(self, index):
        """0 (highest) to 255."""
        return self.buf[index * RECORD + PRIORITY]

    def rank(self, index):
        """For comparing: by priority, and at the same priority *always* before *eager*."""
        off = index * RECORD
        return self.buf[off + PRIORITY] << 2 | self.buf[off]

    def is_local(self, index, luid):
        """True when the pin is for our identity `luid`."""
        return same(self.buf, index * RECORD + LUID, luid, 0, 32)

    def matches(self, index, key):
        """True when the pin is served by a connection with this `key` (luid, ruid, rhid: 96
        bytes)."""
        buf = self.buf
        off = index * RECORD
        return same(buf, off + LUID, key, 0, 64) and (
            same(buf, off + RHID, key, 64, 32) or same(buf, off + RHID, ANY_HOST, 0, 32)
        )

    def host(self, index):
        """The host it asks for, as bytes; all zeros for any."""
        off = index * RECORD + RHID
        return bytes(self.buf[off : off + 32])

    def ruid_offset(self, index):
        """Where the contact's uid stands in `buf`."""
        return index * RECORD + RUID

    def free(self):
        """The index of a free record, -1 when the table is full."""
        for i in range(self.capacity):
            if not self.buf[i * RECORD]:
                return i
        return -1
