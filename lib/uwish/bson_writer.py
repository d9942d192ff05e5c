"""BSON (bsonspec.org 1.1) written in place: elements are appended to a buffer that the caller owns.

Nothing here allocates after `Writer()`. Element names are `bytes`. That an element did not fit is
remembered (`overflow`), and told by `finish()`.
"""

from .bson import ARRAY, BINARY, BOOLEAN, DOCUMENT, INT32, STRING
from .compat import const, copy

_MIN_DOCUMENT = const(5)  # length and terminator
_MAX_DEPTH = const(5)


class Writer:
    """Writes one document into `buf` from `begin(off)` on; `finish()` gives its size in bytes."""

    def __init__(self):
        self.buf = None
        self.pos = 0
        self.overflow = False
        self._limit = 0
        self._depth = 0
        self._starts = [0] * _MAX_DEPTH

    def begin(self, buf, off, limit):
        """Start a document at `off` that may reach up to `limit`."""
        self.buf = buf
        self.pos = off
        self.overflow = False
        self._limit = limit
        self._depth = 0
        self._push()

    def finish(self):
        """Close the document; its size in bytes, or -1 when it did not fit."""
        start = self._starts[0]
        self.close()
        return -1 if self.overflow else self.pos - start

    def document(self, name):
        """Open a nested document; `close()` ends it."""
        self._head(DOCUMENT, name, _MIN_DOCUMENT)
        self._push()

    def array(self, name):
        """Open an array; its elements are named b"0", b"1", …; `close()` ends it."""
        self._head(ARRAY, name, _MIN_DOCUMENT)
        self._push()

    def close(self):
        """End the innermost open document or array."""
        self._depth -= 1
        start = self._starts[self._depth]
        if self._fits(1):
            self.buf[self.pos] = 0
            self.pos += 1
            self._put_u32(start, self.pos - start)

    def string(self, name, text):
        """Append UTF-8 `text` (bytes)."""
        n = len(text)
        if self._head(STRING, name, n + 5):
            self._put_u32(self.pos, n + 1)
            copy(self.buf, self.pos + 4, text, 0, n)
            self.pos += n + 5
            self.buf[self.pos - 1] = 0

    def binary(self, name, data, off, n):
        """Append `n` bytes of `data` at `off`, generic subtype 0."""
        if self._head(BINARY, name, n + 5):
            self._put_u32(self.pos, n)
            self.buf[self.pos + 4] = 0
            copy(self.buf, self.pos + 5, data, off, n)
            self.pos += n + 5

    def boolean(self, name, value):
        """Append true or false."""
        if self._head(BOOLEAN, name, 1):
            self.buf[self.pos] = 1 if value else 0
            self.pos += 1

    def int32(self, name, value):
        """Append a number of 0..2**30-1."""
        if self._head(INT32, name, 4):
            self._put_u32(self.pos, value)
            self.pos += 4

    def int32_from(self, name, data, off):
        """Append the int32 whose four little-endian bytes are in `data`: any value, and no int is
        made of it."""
        if self._head(INT32, name, 4):
            copy(self.buf, self.pos, data, off, 4)
            self.pos += 4

    def _push(self):
        # An overflow has been noted already when the head did not fit; the depth is kept in step
        # all the same.
        if self._depth == _MAX_DEPTH:
            raise ValueError("BSON nested deeper than %d" % _MAX_DEPTH)
        self._starts[self._depth] = self.pos
        self._depth += 1
        if self._fits(4):
            self.pos += 4

    def _head(self, kind, name, size):
        n = len(name)
        if not self._fits(n + 2 + size):
            return False
        buf = self.buf
        pos = self.pos
        buf[pos] = kind
        copy(buf, pos + 1, name, 0, n)
        pos += n + 1
        buf[pos] = 0
        self.pos = pos + 1
        return True

    def _fits(self, n):
        if self.overflow or self.pos + n > self._limit:
            self.overflow = True
            return False
        return True

    def _put_u32(self, off, value):
        buf = self.buf
        buf[off] = value & 0xFF
        buf[off + 1] = (value >> 8) & 0xFF
        buf[off + 2] = (value >> 16) & 0xFF
        buf[off + 3] = (value >> 24) & 0xFF
