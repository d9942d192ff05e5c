"""The pin table: "maintain this connection", in fixed records of one bytearray (which is also what
is kept on flash).

    1 byte    policy: 0 = free, 1 = always, 2 = eager
    1 byte    priority, 0 = highest
    32 bytes  luid, our identity
    32 bytes  ruid, theirs
    32 bytes  rhid, their host; all zeros = any host of that identity
"""

from collections import namedtuple

from .compat import const, copy, same
from .status import FULL, NOT_FOUND, OK

ANY_HOST = bytes(32)
ALWAYS = const(1)
EAGER = const(2)

RECORD = const(98)
_PRIORITY = const(1)
_LUID = const(2)
_RUID = const(34)
_RHID = const(66)
_NAMES = ("", "always", "eager")

Pin = namedtuple("Pin", ("luid", "ruid", "rhid", "policy", "priority"))


class PinTable:
    """Up to `capacity` pins. Only iterating makes objects, one Pin at a time."""

    def __init__(self, capacity):
        self.buf = bytearray(capacity * RECORD)
        self.capacity = capacity

    def load(self, data):
        """Take over a saved table, as many pins as fit; how many did not."""
        lost = 0
        free = 0
        for off in range(0, len(data) - RECORD + 1, RECORD):
            if data[off] == ALWAYS or data[off] == EAGER:
                if free < self.capacity:
                    copy(self.buf, free * RECORD, data, off, RECORD)
                    free += 1
                else:
                    lost += 1
        return lost

    def put(self, luid, ruid, rhid, policy, priority):
        """Add a pin or update the one with these three ids: OK, or FULL. ValueError for wrong
        arguments."""
        _check(luid, ruid, rhid)
        if policy not in _NAMES[1:]:
            raise ValueError('a pin\'s policy must be "always" or "eager", not %r' % (policy,))
        if isinstance(priority, bool) or not isinstance(priority, int) or not 0 <= priority <= 255:
            raise ValueError("a pin's priority must be 0 (highest) to 255, not %r" % (priority,))
        index = self.find(luid, ruid, rhid)
        if index < 0:
            index = self._free()
            if index < 0:
                return FULL
        buf = self.buf
        off = index * RECORD
        copy(buf, off + _LUID, luid, 0, 32)
        copy(buf, off + _RUID, ruid, 0, 32)
        copy(buf, off + _RHID, rhid, 0, 32)
        buf[off + _PRIORITY] = priority
        buf[off] = _NAMES.index(policy)
        return OK

    def remove(self, luid, ruid, rhid):
        """Remove a pin: OK, or NOT_FOUND. ValueError for wrong arguments."""
        _check(luid, ruid, rhid)
        index = self.find(luid, ruid, rhid)
        if index < 0:
            return NOT_FOUND
        self.buf[index * RECORD] = 0
        return OK

    def find(self, luid, ruid, rhid):
        """The index of the pin with these ids, -1 when there is none."""
        buf = self.buf
        for i in range(self.capacity):
            off = i * RECORD
            if (
                buf[off]
                and same(buf, off + _LUID, luid, 0, 32)
                and same(buf, off + _RUID, ruid, 0, 32)
                and same(buf, off + _RHID, rhid, 0, 32)
            ):
                return i
        return -1

    def policy(self, index):
        """ALWAYS, EAGER, or 0 for a free record."""
        return self.buf[index * RECORD]

    def priority(self, index):
        """0 (highest) to 255."""
        return self.buf[index * RECORD + _PRIORITY]

    def rank(self, index):
        """For comparing: by priority, and at the same priority *always* before *eager*."""
        off = index * RECORD
        return self.buf[off + _PRIORITY] << 2 | self.buf[off]

    def is_local(self, index, luid):
        """True when the pin is for our identity `luid`."""
        return same(self.buf, index * RECORD + _LUID, luid, 0, 32)

    def matches(self, index, key):
        """True when the pin is served by a connection with this `key` (luid, ruid, rhid: 96
        bytes)."""
        buf = self.buf
        off = index * RECORD
        return same(buf, off + _LUID, key, 0, 64) and (
            same(buf, off + _RHID, key, 64, 32) or same(buf, off + _RHID, ANY_HOST, 0, 32)
        )

    def ruid_offset(self, index):
        """Where the contact's uid stands in `buf`."""
        return index * RECORD + _RUID

    def __iter__(self):
        buf = self.buf
        for i in range(self.capacity):
            off = i * RECORD
            if buf[off]:
                yield Pin(
                    bytes(buf[off + _LUID : off + _RUID]),
                    bytes(buf[off + _RUID : off + _RHID]),
                    bytes(buf[off + _RHID : off + RECORD]),
                    _NAMES[buf[off]],
                    buf[off + _PRIORITY],
                )

    def _free(self):
        for i in range(self.capacity):
            if not self.buf[i * RECORD]:
                return i
        return -1


def _check(luid, ruid, rhid):
    for name, value in (("luid", luid), ("ruid", ruid), ("rhid", rhid)):
        if not isinstance(value, (bytes, bytearray)) or len(value) != 32:
            raise ValueError("%s must be 32 bytes" % name)
