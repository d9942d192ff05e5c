"""BSON (bsonspec.org 1.1) read in place: no dicts, no copies, no recursion.

`Cursor` walks the elements of one document where it lies in a buffer. Going into a nested document
takes another cursor, so the depth that a hostile document can reach is the number of cursors its
reader owns. Every length is checked against the enclosing document before it is used.

Nothing here allocates. Element names are `bytes`. Only the types that Wish uses, or that a peer may
put beside them, are known; any other type makes the document malformed, because its size is
unknown.
"""

from .compat import const, find_zero, same, u32_at

END = const(0)  # no more elements
MALFORMED = const(-1)

DOUBLE = const(0x01)
STRING = const(0x02)
DOCUMENT = const(0x03)
ARRAY = const(0x04)
BINARY = const(0x05)
BOOLEAN = const(0x08)
DATETIME = const(0x09)
NULL = const(0x0A)
INT32 = const(0x10)
INT64 = const(0x12)

_MIN_DOCUMENT = const(5)  # length and terminator


class Cursor:
    """A position in one document. After `next()`: `kind`, `value` (offset), `size` (bytes), and the
    name."""

    def __init__(self):
        self.buf = None
        self.kind = END
        self.value = 0
        self.size = 0
        self._name = 0
        self._name_len = 0
        self._pos = 0
        self._end = 0

    def open(self, buf, off, limit):
        """Stand before the first element of the document at `off`, which must end at or before
        `limit`."""
        if off + _MIN_DOCUMENT > limit:
            return False
        n = u32_at(buf, off)
        if n < _MIN_DOCUMENT or n > limit - off or buf[off + n - 1] != 0:
            return False
        self.buf = buf
        self._pos = off + 4
        self._end = off + n - 1
        return True

    def enter(self, outer):
        """Stand before the first element of the document or array that `outer` has just read."""
        return self.open(outer.buf, outer.value, outer.value + outer.size)

    def next(self):
        """Read one element; its kind, END or MALFORMED. `value` and `size` leave out length fields
        and the NUL of a string, but a nested document keeps its length field, so that `enter` can
        open it."""
        buf = self.buf
        pos = self._pos
        end = self._end
        if pos == end:
            return END
        kind = buf[pos]
        pos += 1
        # Few locals: MicroPython takes the frame of a function with more than eleven slots from the
        # heap.
        size = find_zero(buf, pos, end)
        if size < 0:
            return MALFORMED
        self._name = pos
        self._name_len = size - pos
        pos = size + 1
        left = end - pos
        if kind == BINARY or kind == STRING or kind == DOCUMENT or kind == ARRAY:
            size = u32_at(buf, pos) if left >= 4 else -1
            if kind == BINARY:
                pos += 5
                if size < 0 or size > left - 5:
                    return MALFORMED
                self._pos = pos + size
            elif kind == STRING:
                pos += 4
                if size < 1 or size > left - 4 or buf[pos + size - 1] != 0:
                    return MALFORMED
                self._pos = pos + size
                size -= 1
            else:
                if size < _MIN_DOCUMENT or size > left or buf[pos + size - 1] != 0:
                    return MALFORMED
                self._pos = pos + size
        else:
            if kind == INT32:
                size = 4
            elif kind == BOOLEAN:
                size = 1
            elif kind == NULL:
                size = 0
            elif kind == INT64 or kind == DOUBLE or kind == DATETIME:
                size = 8
            else:
                return MALFORMED
            if size > left or (kind == BOOLEAN and buf[pos] > 1):
                return MALFORMED
            self._pos = pos + size
        self.kind = kind
        self.value = pos
        self.size = size
        return kind

    def named(self, name):
        """True when the element read last has this name (bytes)."""
        n = self._name_len
        return n == len(name) and same(self.buf, self._name, name, 0, n)

    def holds(self, data):
        """True when the value read last equals `data` (bytes)."""
        n = self.size
        return n == len(data) and same(self.buf, self.value, data, 0, n)

    def is_id(self):
        """True for a binary of 32 bytes: a uid, hid or sid."""
        return self.kind == BINARY and self.size == 32

    def is_true(self):
        """True for the boolean true."""
        return self.kind == BOOLEAN and self.buf[self.value] == 1

    def bytes(self):
        """A copy of the value."""
        return bytes(self.buf[self.value : self.value + self.size])
