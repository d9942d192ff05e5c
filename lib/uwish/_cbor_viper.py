"""What `cbor.py` and `cbor_number.py` do most, in native code that allocates nothing and that sees
the bytes of a str without making a bytes object of it. Right on 32-bit and 64-bit words.
"""

import micropython


@micropython.viper
def put_ascii(buf, pos: int, limit: int, label: int, text, n: int) -> int:
    """Write a map key `label` (-24..23) and a text string of the first `n` bytes of `text` at `pos`
    (RFC 8949 section 3.1): the position behind, -1 when that is beyond `limit`, -2 when they are
    not all ASCII, `pos` when that is negative. `n` is the number of characters of a str: ASCII,
    they are all its bytes."""
    if pos < 0:
        return pos
    to = ptr8(buf)
    source = ptr8(text)
    start = pos + 2
    if n > 23:
        start += 1
        if n > 255:
            start += 1
    if n > 65535 or start + n > limit:
        return -1
    to[pos] = label if label >= 0 else 31 - label
    pos += 1
    if n > 255:
        to[pos] = 0x79
        to[pos + 1] = n >> 8
        to[pos + 2] = n
    elif n > 23:
        to[pos] = 0x78
        to[pos + 1] = n
    else:
        to[pos] = 0x60 | n
    i = 0
    while i < n:
        c = source[i]
        if c > 127:
            return -2
        to[start + i] = c
        i += 1
    return start + n


@micropython.viper
def put_small(
    buf, pos: int, limit: int, label: int, value: int, exponent: int, name, n: int, unit, u: int
) -> int:
    """Write the first `n` bytes of `name` under the map key 0, the first `u` of `unit` under 1
    (none when that is -1), and `value` * 10**`exponent`, -(2**30-1)..2**30-1 and -24..23, under
    `label`: the position behind, or -1. -3 for what is rarer: a positive exponent, a number that a
    float holds, text that is long or not ASCII."""
    if pos < 0:
        return pos
    if exponent > 0 or exponent < -24 or n > 255 or u > 255:
        return -3
    to = ptr8(buf)
    key = 0
    while key < 2:
        if n >= 0:
            if pos + 3 + n > limit:
                # A byte too early for a short text; but a number is still to come.
                return -1
            source = ptr8(name)
            to[pos] = key
            pos += 1
            if n > 23:
                to[pos] = 0x78
                pos += 1
                to[pos] = n
            else:
                to[pos] = 0x60 | n
            pos += 1
            i = 0
            while i < n:
                c = source[i]
                if c > 127:
                    return -3
                to[pos] = c
                pos += 1
                i += 1
        name = unit
        n = u
        key += 1
    major = 0
    if value < 0:
        major = 0x20
        value = 0 - value
    if value == 0:
        exponent = 0
    size = 2
    if exponent < 0:
        while exponent < 0 and value % 10 == 0:
            value //= 10
            exponent += 1
        if exponent == 0 and value > 65535 and value % 10 == 0:
            return -3
    if exponent < 0:
        size = 5
        odd = value
        fives = exponent
        while fives < 0 and odd % 5 == 0:
            odd //= 5
            fives += 1
        if fives == 0:
            return -3
    if major:
        value -= 1
    if value > 23:
        size += 1
        if value > 255:
            size += 1
            if value > 65535:
                size += 2
    if pos + size > limit:
        return -1
    to[pos] = label if label >= 0 else 31 - label
    pos += 1
    if exponent < 0:
        to[pos] = 0xC4
        to[pos + 1] = 0x82
        to[pos + 2] = 31 - exponent
        pos += 3
    if value > 65535:
        to[pos] = major | 26
        to[pos + 1] = value >> 24
        to[pos + 2] = value >> 16
        pos += 3
    elif value > 255:
        to[pos] = major | 25
        pos += 1
    elif value > 23:
        to[pos] = major | 24
        to[pos + 1] = value
        return pos + 2
    else:
        to[pos] = major | value
        return pos + 1
    to[pos] = value >> 8
    to[pos + 1] = value
    return pos + 2
