"""What `cbor.py` and `cbor_number.py` do most, in native code that allocates nothing and that sees
the bytes of a str without making a bytes object of it. Right on 32-bit and 64-bit words.
"""

from builtins import len  # found at once: builtins are looked for after all else

import micropython

_NONE = None  # viper compares with objects, but not with this keyword


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
def clear(buf, at: ptr32) -> int:
    """Start an empty array of `cbor_records.py` in `buf`: its length in bytes."""
    at[0] = 1
    at[1] = int(len(buf))
    at[2] = 0
    at[3] = 0
    at[5] = 0
    array = ptr8(buf)
    array[0] = 0x80
    return 1


@micropython.viper
def put_texts(buf: ptr8, at: ptr32, first: int, name, unit) -> bool:
    """Begin a record, or go on in the last one, with a name and a unit (or None), whose map keys
    stand in CBOR as `first`, 0 or 0x21, and one or two more: True, or False with nothing changed
    for what is rarer (text that is not ASCII or longer than 255 bytes, a base that is there
    already, no room). `put_value` or `put_time` has to follow, and makes it part of the array.
    `at` is that of `cbor_records.py`."""
    pos = at[0]
    at[6] = pos
    if at[5]:
        at[6] = at[3]
    else:
        if at[2] > 22:
            return False
        pos += 1
    fields = 1
    labels = 0
    bit = 0x4000 if first else 0
    text = name
    last = False
    while True:
        if text is not _NONE:
            n = int(len(text))
            # Maybe some bytes too early, but a number is still to come.
            if n > 255 or pos + n + 3 > at[1]:
                return False
            fields += 1
            labels |= bit
            to = ptr8(int(buf) + pos)
            to[0] = first
            if n > 23:
                to[1] = 0x78
                to = ptr8(int(to) + 1)
                pos += 1
                to[1] = n
            else:
                to[1] = 0x60 | n
            to = ptr8(int(to) + 2)
            pos += n + 2
            source = ptr8(text)
            while n > 0:
                c = source[0]
                if c > 127:
                    return False
                to[0] = c
                to = ptr8(int(to) + 1)
                source = ptr8(int(source) + 1)
                n -= 1
        if last:
            break
        last = True
        text = unit
        first += 2 if first else 1
        bit >>= 2
    if at[5] and at[4] & labels:
        return False
    at[7] = fields
    at[8] = labels
    at[9] = pos
    return True


@micropython.viper
def put_time(buf: ptr8, at: ptr32, high: int, low: int) -> int:
    """After `put_texts`: a base time, `high` * 65536 + `low`. The length of the array, or 0 with
    nothing changed for what is rarer (early times, no room)."""
    low += at[11]
    high += at[10] + (low >> 16)
    pos = at[9]
    if high < 1 or high > 0xFFFF or pos + 6 > at[1] or (at[5] and at[4] & 0x2000):
        return 0
    to = ptr8(int(buf) + pos)
    to[0] = 0x22
    to[1] = 0x1A
    to[2] = high >> 8
    to[3] = high
    to[4] = low >> 8
    to[5] = low
    to = ptr8(int(buf) + at[6])
    if at[5]:
        to[0] = to[0] + at[7]
    else:
        to[0] = 0xA0 | at[7]
        at[2] += 1
        buf[0] += 1
        at[4] = 0
    at[4] = at[4] | at[8] | 0x2000
    at[3] = at[6]
    at[5] = 1
    at[0] = pos + 6
    return pos + 6


@micropython.viper
def put_value(buf: ptr8, at: ptr32, value: int, exponent: int) -> bool:
    """Write `value` * 10**`exponent`, -(2**30-1)..2**30-1 and -24..0, under map key 2 behind what
    `put_texts` has begun, and make the record part of the array: True, or False with nothing
    changed for what is rarer (a number that a float holds, no room)."""
    if exponent > 0 or exponent < -24:
        return False
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
            return False
    if exponent < 0:
        size = 5
        odd = value
        fives = exponent
        while fives < 0 and odd % 5 == 0:
            odd //= 5
            fives += 1
        if fives == 0:
            return False
    if major:
        value -= 1
    if value > 23:
        size += 1
        if value > 255:
            size += 1
            if value > 65535:
                size += 2
    pos = at[9]
    size += pos
    if size > at[1]:
        return False
    to = ptr8(int(buf) + pos)
    to[0] = 2
    to = ptr8(int(to) + 1)
    if exponent < 0:
        to[0] = 0xC4
        to[1] = 0x82
        to[2] = 31 - exponent
        to = ptr8(int(to) + 3)
    if value > 65535:
        to[0] = major | 26
        to[1] = value >> 24
        to[2] = value >> 16
        to[3] = value >> 8
        to[4] = value
    elif value > 255:
        to[0] = major | 25
        to[1] = value >> 8
        to[2] = value
    elif value > 23:
        to[0] = major | 24
        to[1] = value
    else:
        to[0] = major | value
    to = ptr8(int(buf) + at[6])
    if at[5]:
        to[0] = to[0] + at[7]
    else:
        to[0] = 0xA0 | at[7]
        at[2] += 1
        buf[0] += 1
        at[4] = 0
    at[4] = at[4] | 4
    at[3] = at[6]
    at[5] = 0
    at[0] = size
    return True
