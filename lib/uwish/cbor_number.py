"""Numbers in CBOR (RFC 8949), in the shortest form that holds exactly the same value.

The forms are an integer (major type 0 or 1), a half, single or double float (major type 7), and a
decimal fraction (tag 4, RFC 8949 section 3.4.4); of equal lengths the first in this order. An
integer given without an exponent stays an integer. RFC 8428 section 6 allows SenML just these.

Nothing is allocated for values of -(2**30-1)..2**30-1, whatever the exponent. Floats and larger
numbers allocate.
"""

from math import frexp

from .cbor import NEGATIVE, UNSIGNED, head_size, put_halves, put_head, put_integer, put_label
from .compat import const, put_u16

_DECIMAL_FRACTION = const(0xC4)
_PAIR = const(0x82)
_HALF = const(0xF9)
_SINGLE = const(0xFA)
_DOUBLE = const(0xFB)

_NEVER = const(99)  # the length of a form that cannot hold the value


def put_number(buf, pos, limit, label, value, exponent=0):
    """Write an entry that is `value` * 10**`exponent`: an integer of at most 64 bits, an exponent
    of -24..23; or a finite float and no exponent. ValueError for anything else.
    `buf`, `pos`, `limit` and what is returned are those of `cbor.py`."""
    if not -24 <= exponent <= 23:
        raise ValueError("the exponent is beyond -24..23")
    if isinstance(value, float):
        if exponent != 0 or value - value != 0:
            raise ValueError("a float is finite and has no exponent")
        return _put_float(buf, put_label(buf, pos, limit, label), limit, value)
    pos = put_label(buf, pos, limit, label)
    if exponent == 0:
        return put_integer(buf, pos, limit, value)
    if value < 0:
        return _put_decimal(buf, pos, limit, NEGATIVE, -value, exponent)
    return _put_decimal(buf, pos, limit, UNSIGNED, value, exponent)


def _put_decimal(buf, pos, limit, major, value, exponent):
    if value == 0:
        return put_head(buf, pos, limit, UNSIGNED, 0)
    sign = major >> 5  # the argument of a negative integer is -1 - value
    while value % 10 == 0:
        value //= 10
        exponent += 1
    if exponent > 23:
        # The exponent's second byte is worth its while only when it saves one elsewhere.
        longer = value * 10 ** (exponent - 23)
        if head_size(longer - sign) <= head_size(value - sign):
            value = longer
            exponent = 23
    size = (3 if exponent < 24 else 4) + head_size(value - sign)
    whole = _NEVER
    if exponent >= 0:
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
            low -= sign
            if low < 0:
                low = 0xFFFF
                high -= 1
            whole = 5 if high else head_size(low)
        elif value >> 16 >= 0x10000 and exponent < 20 and value * 10**exponent >> 60 < 16:
            # Nine bytes are worth a look only for a mantissa that takes nine itself.
            whole = 9
    # value * 5**exponent * 2**exponent is binary when the fives divide out, or fit in. A double
    # only wins over a mantissa of nine bytes, which is no small int any more.
    odd = value
    power = exponent
    fives = exponent
    while fives < 0 and odd % 5 == 0:
        odd //= 5
        fives += 1
    if fives >= 0:
        bits = 53 if size > 9 else 24
        while not odd & 1:
            odd >>= 1
            power += 1
        while fives > 0 and odd >> bits == 0:
            odd *= 5
            fives -= 1
    binary = _NEVER if fives else float_size(odd, power)
    if whole <= binary and whole <= size:
        if whole < 9:
            return put_halves(buf, pos, limit, major, high, low)
        return put_head(buf, pos, limit, major, value * 10**exponent - sign)
    if binary <= size:
        return _put_binary(buf, pos, limit, sign, odd, power, binary)
    if pos < 0 or pos + 2 > limit:
        return -1
    buf[pos] = _DECIMAL_FRACTION
    buf[pos + 1] = _PAIR
    pos = put_integer(buf, pos + 2, limit, exponent)
    return put_head(buf, pos, limit, major, value - sign)


def _put_float(buf, pos, limit, value):
    sign = 1 if value < 0 else 0
    fraction, power = frexp(-value if sign else value)
    odd = int(fraction * 9007199254740992.0)  # 2**53: all bits of a double or a single
    if odd == 0:
        return put_head(buf, pos, limit, UNSIGNED, 0)
    power -= 53
    while not odd & 1:
        odd >>= 1
        power += 1
    size = float_size(odd, power)
    if 0 <= power < 64:
        whole = (odd << power) - sign
        if whole >> 64 == 0 and head_size(whole) <= size:
            return put_head(buf, pos, limit, NEGATIVE if sign else UNSIGNED, whole)
    return _put_binary(buf, pos, limit, sign, odd, power, size)


def float_size(odd, power):
    """The length in bytes of the shortest float that is `odd` * 2**`power` (odd > 0), or 99."""
    width = bit_length(odd)
    top = power + width - 1
    # Per format: significand bits, largest exponent, smallest normal exponent, weight of the last
    # subnormal bit (IEEE 754-2008, table 3.5).
    if width <= 11 and top <= 15 and (top >= -14 or power >= -24):
        return 3
    if width <= 24 and top <= 127 and (top >= -126 or power >= -149):
        return 5
    if width <= 53 and top <= 1023 and (top >= -1022 or power >= -1074):
        return 9
    return _NEVER


def bit_length(n):
    """The number of bits of `n` (0 or more)."""
    width = 0
    while n >> width:
        width += 1
    return width


def _put_binary(buf, pos, limit, sign, odd, power, size):
    if pos < 0 or pos + size > limit:
        return -1
    if size == 3:
        head = _HALF
        fraction_bits = 10
        bias = 15
    elif size == 5:
        head = _SINGLE
        fraction_bits = 23
        bias = 127
    else:
        head = _DOUBLE
        fraction_bits = 52
        bias = 1023
    width = bit_length(odd)
    biased = power + width - 1 + bias
    if biased > 0:
        fraction = (odd - (1 << (width - 1))) << (fraction_bits - width + 1)
    else:  # subnormal: no hidden bit, the exponent field is 0
        fraction = odd << (power + bias - 1 + fraction_bits)
        biased = 0
    buf[pos] = head
    rest = (size - 3) << 3  # fraction bits behind the first 16-bit word
    put_u16(buf, pos + 1, sign << 15 | biased << (fraction_bits - rest) | fraction >> rest)
    end = pos + size
    pos += 3
    while pos < end:
        rest -= 16
        put_u16(buf, pos, (fraction >> rest) & 0xFFFF)
        pos += 2
    return end
