"""Where contacts' hosts were heard: fixed records of one bytearray.

    1 byte    flags; 0 = free
    32 bytes  ruid, the contact's identity
    32 bytes  rhid, its host
    4 bytes   IPv4 address the announcement came from
    2 bytes   port it named, big-endian

Hearing allocates nothing. Where a datagram came from can only be learned by a read that does, so
it is asked for when it matters: for a host that is new here, that names another port, or that was
not reached where it was thought to be.
"""

from .compat import const, copy, elapsed, get_u16, put_u16, same
from .contacts import RECORD as CONTACT
from .contacts import UID

RECORD = const(71)
IDS = const(1)  # ruid and rhid, 64 bytes
_IP = const(65)
_PORT = const(69)

USED = const(1)
WANTED = const(2)  # to be called when no pin asks for it
NEW = const(4)  # the scheduler has not looked at it yet, or at its new address
UNSURE = const(8)  # it was not reached there

FRESH_MS = const(30000)  # without an announcement a desktop core takes a host for gone
AWAY_MS = const(300000)  # without one it is forgotten; when it is back it is news

# What hearing an announcement means to the listener.
NOTHING = const(0)
STRANGER = const(1)  # no contact
ASK = const(2)  # say it again with the address that it came from
NEWS = const(3)  # the scheduler should look


class Sightings:
    """Up to `capacity` hosts of the identities in `contacts` (the bytes of a contact table)."""

    def __init__(self, capacity, contacts):
        self.capacity = capacity
        self.buf = bytearray(capacity * RECORD)
        self.seen = [0] * capacity  # when each was heard last
        self.dialled = -1  # the record whose address the attempt for pin `dialled_for` uses
        self.dialled_for = -1
        self._contacts = contacts

    def heard(self, buf, said, ip, now):
        """The Announcement `said` is in `buf` and came from `ip` (4 bytes, or None when it is not
        known): NOTHING, STRANGER, ASK or NEWS."""
        if not self._is_contact(buf, said.uid):
            return STRANGER
        k = self.find(buf, said.uid, buf, said.hid)
        if k < 0:
            if ip is None:
                return ASK
            return self._add(buf, said, ip, now)
        off = k * RECORD
        flags = self.buf[off]
        back = flags & WANTED and elapsed(now, self.seen[k]) > FRESH_MS
        self.seen[k] = now
        port = get_u16(self.buf, off + _PORT)
        if ip is None:
            if flags & UNSURE or port != said.port:
                return ASK
        else:
            self.buf[off] = flags & ~UNSURE
            if port != said.port or not same(self.buf, off + _IP, ip, 0, 4):
                self._move(off, ip, said.port)
                return NEWS
        return NEWS if back else NOTHING

    def find(self, uid, uid_off, hid, hid_off):
        """The index of this host of this identity, -1 when it was not heard."""
        buf = self.buf
        k = 0
        while k < self.capacity:
            off = k * RECORD
            if (
                buf[off]
                and same(buf, off + IDS, uid, uid_off, 32)
                and same(buf, off + IDS + 32, hid, hid_off, 32)
            ):
                return k
            k += 1
        return -1

    def flag(self, index, on, off=0):
        """Set the flags `on`, and clear the flags `off`."""
        self.buf[index * RECORD] = (self.buf[index * RECORD] | on) & ~off

    def flags(self, index):
        """All flags; 0 for a free record."""
        return self.buf[index * RECORD]

    def ids(self, index):
        """ruid and rhid, 64 bytes."""
        off = index * RECORD + IDS
        return bytes(self.buf[off : off + 64])

    def address(self, index):
        """Where it is, as "wish://IP:PORT"."""
        off = index * RECORD
        ip = tuple(self.buf[off + _IP : off + _PORT])
        return "wish://%d.%d.%d.%d:%d" % (ip + (get_u16(self.buf, off + _PORT),))

    def forget_old(self, now):
        """Free the records of hosts that were not heard for AWAY_MS."""
        # Also because `now` comes round: what is older would look new.
        k = 0
        while k < self.capacity:
            if self.buf[k * RECORD] and elapsed(now, self.seen[k]) > AWAY_MS:
                self.buf[k * RECORD] = 0
            k += 1

    def _add(self, buf, said, ip, now):
        k = self._place(now)
        off = k * RECORD
        copy(self.buf, off + IDS, buf, said.uid, 32)
        copy(self.buf, off + IDS + 32, buf, said.hid, 32)
        self.buf[off] = USED | WANTED
        self.seen[k] = now
        self._move(off, ip, said.port)
        return NEWS

    def _move(self, off, ip, port):
        copy(self.buf, off + _IP, ip, 0, 4)
        put_u16(self.buf, off + _PORT, port)
        self.buf[off] |= NEW

    def _place(self, now):
        # A free record, or else the one that was heard longest ago.
        oldest = 0
        for k in range(self.capacity):
            if not self.buf[k * RECORD]:
                return k
            if elapsed(now, self.seen[k]) > elapsed(now, self.seen[oldest]):
                oldest = k
        return oldest

    def _is_contact(self, uid, uid_off):
        contacts = self._contacts
        off = 0
        while off < len(contacts):
            if contacts[off] and same(contacts, off + UID, uid, uid_off, 32):
                return True
            off += CONTACT
        return False
