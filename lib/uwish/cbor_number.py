"""Numbers in CBOR (RFC 8949), in the shortest form that holds exactly the same value.

The forms are an integer (major type 0 or 1), a half, single or double float (major type 7), and a
decimal fraction (tag 4, RFC 8949 section 3.4.4); of equal lengths the first in this order. An
integer given without an exponent stays an integer. RFC 8428 section 6 allows SenML just these.

Nothing is allocated for values of -(2**30-1)..2**30-1, whatever the exponent. Floats and larger
numbers allocate.
"""

from math import frexp

from .cbor import NEGATIVE, UNSIGNED, Writer, head_size
from .compat import const

_DECIMAL_FRACTION = const(0xC4)
_PAIR = const(0x82)
_FLOAT = const(0xF8)  # + 1, 2, 3: half, single, double

_NEVER = const(99)  # the length of a form that cannot hold the value
_DOUBLE_LENGTH = const(9)


def float_size(odd, power):
    """The length in bytes of the shortest float that is `odd` * 2**`power` (odd > 0), or _NEVER."""
    width = 0
    while odd >> width:
        width += 1
    top = power + width - 1
    # Per format: significand bits, largest exponent, smallest normal exponent, weight of the last
    # subnormal bit (IEEE 754-2008, table 3.5).
    if width <= 11 and top <= 15 and (top >= -14 or power >= -24):
        return 3
    if width <= 24 and top <= 127 and (top >= -126 or power >= -149):
        return 5
    if width <= 53 and top <= 1023 and (top >= -1022 or power >= -1074):
        return _DOUBLE_LENGTH
    return _NEVER


class NumberWriter(Writer):
    """A `Writer` that also takes fixed-point numbers and floats."""

    def __init__(self, buf):
        super().__init__(buf)
        self._high = 0  # 32 bits in two halves, because 2**30 is no small int on a 32-bit board
        self._low = 0
        self._odd = 0  # a number as odd * 2**power
        self._power = 0

    def put_number(self, value, exponent=0):
        """Append `value` * 10**`exponent`, an exact number of at most 64 bits and an exponent; or a
        finite float and no exponent. ValueError for anything else."""
        if isinstance(value, float):
            if exponent != 0 or value - value != 0:
                raise ValueError("a float is finite and has no exponent")
            self._put_float(value)
        elif exponent == 0:
            self.put_integer(value)
        else:
            self._put_decimal(value, exponent)

    def _put_decimal(self, value, exponent):
        negative = value < 0
        if negative:
            value = -value
        if value == 0:
            exponent = 0
        else:
            while value % 10 == 0:
                value //= 10
                exponent += 1
        mantissa = ~-value if negative else value
        size = 2 + head_size(exponent if exponent >= 0 else ~exponent) + head_size(mantissa)
        whole = self._size_whole(value, exponent, negative) if exponent >= 0 else _NEVER
        # A double only wins over a fraction so long that its numbers are no small ints any more.
        binary = self._size_binary(value, exponent, 53 if size > _DOUBLE_LENGTH else 24)
        if whole <= binary and whole <= size:
            if whole < _DOUBLE_LENGTH:
                self.put_halves(NEGATIVE if negative else UNSIGNED, self._high, self._low)
            else:
                value *= 10**exponent
                self.put_integer(-value if negative else value)
        elif binary <= size:
            self._put_binary(negative, binary)
        elif self.fits(2):
            pos = self.pos
            self.buf[pos] = _DECIMAL_FRACTION
            self.buf[pos + 1] = _PAIR
            self.pos = pos + 2
            self.put_integer(exponent)
            self.put_head(NEGATIVE if negative else UNSIGNED, mantissa)

    def _size_whole(self, value, exponent, negative):
        # Times ten, in 16-bit halves, again and again: small ints, whatever the product.
        high = value >> 16
        low = value & 0xFFFF
        left = exponent
        while left > 0 and high < 0x10000:
            low *= 10
            high = high * 10 + (low >> 16)
            low &= 0xFFFF
            left -= 1
        if high < 0x10000:
            if negative:  # the argument of a negative integer is -1 - value
                low -= 1
                if low < 0:
                    low = 0xFFFF
                    high -= 1
            self._high = high
            self._low = low
            return 5 if high else head_size(low)
        # Nine bytes are worth a look only for a mantissa that takes nine itself.
        if value >> 16 >= 0x10000 and exponent < 20 and value * 10**exponent >> 60 < 16:
            return _DOUBLE_LENGTH
        return _NEVER

    def _size_binary(self, value, exponent, bits):
        # value * 5**exponent * 2**exponent: the fives must divide out, or fit in.
        if value == 0:
            return _NEVER
        odd = value
        power = exponent
        while exponent < 0:
            if odd % 5:
                return _NEVER
            odd //= 5
            exponent += 1
        while not odd & 1:
            odd >>= 1
            power += 1
        while exponent > 0:
            if odd >> bits:
                return _NEVER
            odd *= 5
            exponent -= 1
        self._odd = odd
        self._power = power
        return float_size(odd, power)

    def _put_float(self, value):
        negative = value < 0
        fraction, power = frexp(-value if negative else value)
        odd = int(fraction * 9007199254740992.0)  # 2**53: all bits of a double or a single
        if odd == 0:
            self.put_integer(0)
            return
        power -= 53
        while not odd & 1:
            odd >>= 1
            power += 1
        self._odd = odd
        self._power = power
        size = float_size(odd, power)
        if 0 <= power < 64:
            whole = odd << power
            if whole >> 64 == 0 and head_size(whole - negative) <= size:
                self.put_integer(-whole if negative else whole)
                return
        self._put_binary(negative, size)

    def _put_binary(self, negative, size):
        odd = self._odd
        power = self._power
        width = 0
        while odd >> width:
            width += 1
        if size == 3:
            kind = 1
            fraction_bits = 10
            bias = 15
        elif size == 5:
            kind = 2
            fraction_bits = 23
            bias = 127
        else:
            kind = 3
            fraction_bits = 52
            bias = 1023
        biased = power + width - 1 + bias
        if biased > 0:
            fraction = (odd - (1 << (width - 1))) << (fraction_bits - width + 1)
        else:  # subnormal: no hidden bit, the exponent field is 0
            fraction = odd << (power + bias - 1 + fraction_bits)
            biased = 0
        if not self.fits(size):
            return
        pos = self.pos
        self.buf[pos] = _FLOAT | kind
        self.pos = pos + 1
        rest = (size - 3) << 3  # fraction bits behind the first 16-bit word
        sign = 0x8000 if negative else 0
        self.put_u16(sign | biased << (fraction_bits - rest) | fraction >> rest)
        while rest:
            rest -= 16
            self.put_u16((fraction >> rest) & 0xFFFF)
