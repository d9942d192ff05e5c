"""The contact table: identities we know, in fixed records of one bytearray (which is also what is
kept on flash).

    1 byte    1 = used, 0 = free
    32 bytes  uid
    32 bytes  Ed25519 public key
    48 bytes  alias: length, then UTF-8
    128 bytes transports: for each its length, then "host:port"; 0 ends them

The bytes are the node's. What reads them (here and in `addresses.py`) or changes them
(`contact_changes.py`) is in a board's memory only while it is needed.
"""

from .compat import const, same

RECORD = const(241)
UID = const(1)
PUBLIC = const(33)
ALIAS = const(65)
TRANSPORTS = const(113)


class Contacts:
    """The contacts in `buf`, as many as it has room for."""

    def __init__(self, buf):
        self.buf = buf
        self.capacity = len(buf) // RECORD

    def find(self, uid, uid_off):
        """The index of the contact with this uid, -1 when there is none. Allocates nothing."""
        buf = self.buf
        for i in range(self.capacity):
            off = i * RECORD
            if buf[off] and same(buf, off + UID, uid, uid_off, 32):
                return i
        return -1

    def used(self, index):
        """True when there is a contact at `index`."""
        return self.buf[index * RECORD] == 1

    def uid(self, index):
        """The uid, as bytes."""
        off = index * RECORD + UID
        return bytes(self.buf[off : off + 32])

    def public(self, index):
        """The public key, as bytes."""
        off = index * RECORD + PUBLIC
        return bytes(self.buf[off : off + 32])

    def name(self, uid, uid_off):
        """The alias of the contact with this uid; None when there is none."""
        index = self.find(uid, uid_off)
        return self.alias(index) if index >= 0 else None

    def alias(self, index):
        """The alias, as str; bytes that are no UTF-8 any more show as "?"."""
        off = index * RECORD + ALIAS
        try:
            return str(self.buf[off + 1 : off + 1 + self.buf[off]], "utf-8")
        except UnicodeError:
            return "?"

    def free(self):
        """The index of a free record, -1 when the table is full."""
        for i in range(self.capacity):
            if not self.buf[i * RECORD]:
                return i
        return -1
