"""CBOR (RFC 8949) read where it lies, item by item. Nothing here raises, recurses, or takes longer
than the data is; whatever is malformed or of indefinite length gets a False.
"""

import struct

from uwish.compat import const

UNSIGNED = const(0)  # major types, RFC 8949 section 3.1
NEGATIVE = const(1)
BYTES = const(2)
TEXT = const(3)
ARRAY = const(4)
MAP = const(5)
TAG = const(6)
SIMPLE = const(7)  # and floats

_FALSE = const(20)
_TRUE = const(21)
_HALF = const(25)
_SINGLE = const(26)
_DOUBLE = const(27)

_DECIMAL_FRACTION = const(4)
_MAX_EXPONENT = const(30)  # of ten, either way: well within the floats of a board


class CborReader:
    """A position `pos` in `buf`, whose data end at `end`. Every method reads one item (or its head)
    and leaves the position behind it; False means that there is none, and the position is void."""

    def __init__(self):
        self.buf = b""
        self.pos = 0
        self.end = 0
        self.major = 0  # of the head read last
        self.info = 0  # its lower five bits
        self.argument = 0  # and what they stand for
        self.value = 0  # the number or boolean read last
        self.at = 0  # where the string read last begins
        self.size = 0  # and its length in bytes

    def head(self):
        """Read a head. Of a string all bytes are there, and of an array or map at least one for
        each item (so that counting down their items comes to an end)."""
        if self.pos >= self.end:
            return False
        first = self.buf[self.pos]
        self.pos += 1
        self.major = first >> 5
        self.info = info = first & 31
        if info < 24:
            self.argument = info
        elif info > 27:  # reserved, or of indefinite length
            return False
        else:
            size = 1 << (info - 24)
            if size > self.end - self.pos:
                return False
            argument = 0
            while size:
                argument = argument << 8 | self.buf[self.pos]
                self.pos += 1
                size -= 1
            self.argument = argument
        if BYTES <= self.major <= MAP:
            items = self.argument << 1 if self.major == MAP else self.argument
            return items <= self.end - self.pos
        return True

    def skip(self):
        """Pass over one item, with all that is in it."""
        left = 1
        while left:
            if not self.head():
                return False
            left -= 1
            if self.major == BYTES or self.major == TEXT:
                self.pos += self.argument
            elif self.major == ARRAY:
                left += self.argument
            elif self.major == MAP:
                left += self.argument << 1
            elif self.major == TAG:
                left += 1
            elif self.major == SIMPLE and self.info == 24 and self.argument < 32:
                return False  # RFC 8949 section 3.3: one byte would have done
        return True

    def string(self, major):
        """Read a string of this major type to `at` and `size`."""
        if not self.head() or self.major != major:
            return False
        self.at = self.pos
        self.size = self.argument
        self.pos += self.size
        return True

    def boolean(self):
        """Read true or false to `value`."""
        if not self.head() or self.major != SIMPLE or not _FALSE <= self.info <= _TRUE:
            return False
        self.value = self.info == _TRUE
        return True

    def integer(self):
        """Read an integer to `value`."""
        if not self.head() or self.major > NEGATIVE:
            return False
        self.value = self.argument if self.major == UNSIGNED else -1 - self.argument
        return True

    def number(self):
        """Read an integer, finite float or decimal fraction (tag 4) to `value`, int or float."""
        start = self.pos
        if not self.head():
            return False
        if self.major == TAG:
            return self.argument == _DECIMAL_FRACTION and self._decimal()
        if self.major == SIMPLE:
            if self.info == _HALF:
                self.value = half(self.argument)
            elif self.info == _SINGLE:
                self.value = struct.unpack_from(">f", self.buf, start + 1)[0]
            elif self.info == _DOUBLE:
                self.value = struct.unpack_from(">d", self.buf, start + 1)[0]
            else:
                return False
            return is_finite(self.value)
        self.pos = start
        return self.integer()

    def _decimal(self):
        if not self.head() or self.major != ARRAY or self.argument != 2 or not self.integer():
            return False
        exponent = self.value
        if not -_MAX_EXPONENT <= exponent <= _MAX_EXPONENT or not self.integer():
            return False
        if exponent < 0:
            self.value /= 10**-exponent
        else:
            self.value *= 10**exponent
        return True


def half(bits):
    """The value of a 16-bit float (RFC 8949 appendix D)."""
    exponent = bits >> 10 & 31
    fraction = bits & 0x3FF
    if exponent == 31:
        value = float("inf")
    elif exponent == 0:
        value = fraction / 16777216
    else:
        value = (fraction | 0x400) * 2.0 ** (exponent - 25)
    return -value if bits & 0x8000 else value


def is_finite(number):
    """False for infinity and for what is no number."""
    return number - number == 0
