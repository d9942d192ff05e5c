"""CBOR (RFC 8949) written in place: heads, integers, text, bytes, booleans.

Nothing is allocated for integers of -2**30..2**30-1, for text given as bytes, and for ASCII text
given as str where the build has native code. Numbers that are no integers: `cbor_number.py`.
"""

from .compat import const, copy

try:
    from ._ascii import is_ascii
except (ImportError, SyntaxError, ValueError):

    def is_ascii(text, n):
        """Without native code a str has to be encoded before its bytes can be copied."""
        return False


UNSIGNED = const(0x00)  # major types, in place (RFC 8949 3.1)
NEGATIVE = const(0x20)
_BYTES = const(0x40)
_TEXT = const(0x60)
_FALSE = const(0xF4)
_TRUE = const(0xF5)


def head_size(n):
    """The length in bytes of a head with argument `n` (0..2**64-1)."""
    if n < 24:
        return 1
    if n < 0x100:
        return 2
    if n < 0x10000:
        return 3
    return 5 if n >> 16 < 0x10000 else 9


class Writer:
    """Appends items to `buf` at `pos`; `overflow` becomes and stays True when one does not fit."""

    def __init__(self, buf):
        self.buf = buf
        self.pos = 0
        self.overflow = False
        self._limit = len(buf)

    def fits(self, n):
        """True when `n` more bytes fit and everything before did."""
        if self.overflow or n > self._limit - self.pos:
            self.overflow = True
            return False
        return True

    def put_head(self, major, n):
        """Append the head of an item: its major type (the upper three bits of `major`) and its
        argument `n`, 0..2**64-1 (beyond: ValueError)."""
        if n < 24:
            size = 0
            major |= n
        elif n < 0x100:
            size = 1
            major |= 24
        elif n < 0x10000:
            size = 2
            major |= 25
        elif n >> 16 < 0x10000:
            size = 4
            major |= 26
        elif n >> 48 < 0x10000:
            size = 8
            major |= 27
        else:
            raise ValueError("a CBOR number has at most 64 bits")
        if not self.fits(size + 1):
            return
        buf = self.buf
        pos = self.pos
        buf[pos] = major
        self.pos = pos + 1 + size
        while size:
            pos += 1
            size -= 1
            buf[pos] = (n >> (size << 3)) & 0xFF

    def put_halves(self, major, high, low):
        """Append a head whose argument is `high` * 65536 + `low`."""
        if high == 0:
            self.put_head(major, low)
        elif self.fits(5):
            pos = self.pos
            self.buf[pos] = major | 26
            self.pos = pos + 1
            self.put_u16(high)
            self.put_u16(low)

    def put_bool(self, value):
        """Append true or false."""
        if self.fits(1):
            self.buf[self.pos] = _TRUE if value else _FALSE
            self.pos += 1

    def put_text(self, text):
        """Append a text string: str, or bytes that are UTF-8 already."""
        if isinstance(text, str) and not is_ascii(text, len(text)):
            text = text.encode()
        self._put_string(_TEXT, text)

    def put_data(self, data):
        """Append a byte string (any bytes-like)."""
        self._put_string(_BYTES, data)

    def _put_string(self, major, data):
        n = len(data)
        self.put_head(major, n)
        if self.fits(n):
            copy(self.buf, self.pos, data, 0, n)
            self.pos += n

    def put_integer(self, value):
        """Append an integer of -2**64..2**64-1."""
        if value < 0:
            self.put_head(NEGATIVE, ~value)
        else:
            self.put_head(UNSIGNED, value)

    def put_u16(self, value):
        """Append 16 bits, big-endian, without a look at the room."""
        pos = self.pos
        self.buf[pos] = value >> 8
        self.buf[pos + 1] = value & 0xFF
        self.pos = pos + 2
