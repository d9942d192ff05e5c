"""CBOR (RFC 8949) written in place: entries of a map whose keys (labels) are -24..23.

Every function writes at `pos` of `buf` and returns the position behind, or -1 when that would be
beyond `limit`. Given -1 it returns -1, so one look at the end of a chain of calls is enough.

Nothing is allocated for integers of -2**30..2**30-1, for text given as bytes, and for ASCII text
given as str where the build has native code. Numbers that are no integers: `cbor_number.py`.
"""

from .compat import const, copy, put_u16

try:
    from ._cbor_viper import put_ascii
except (ImportError, SyntaxError, ValueError):

    def put_ascii(buf, pos, limit, label, text, n):
        """Without native code a str has to be encoded before its bytes can be copied."""
        return _NOT_ASCII if pos >= 0 else pos


UNSIGNED = const(0x00)  # major types, in place (RFC 8949 section 3.1)
NEGATIVE = const(0x20)
_BYTES = const(0x40)
_TEXT = const(0x60)
_FALSE = const(0xF4)
_TRUE = const(0xF5)

_NOT_ASCII = const(-2)


def head_size(n):
    """The length in bytes of a head with argument `n` (0..2**64-1)."""
    if n < 24:
        return 1
    if n < 0x100:
        return 2
    if n < 0x10000:
        return 3
    return 5 if n >> 16 < 0x10000 else 9


def put_label(buf, pos, limit, label):
    """Write a map key of -24..23."""
    if pos < 0 or pos >= limit:
        return -1
    buf[pos] = label if label >= 0 else 0x1F - label
    return pos + 1


def put_head(buf, pos, limit, major, n):
    """Write the head of an item: its major type (the upper three bits of `major`) and its argument
    `n`, 0..2**64-1 (beyond: ValueError)."""
    if n < 24:
        if pos < 0 or pos >= limit:
            return -1
        buf[pos] = major | n
        return pos + 1
    size = head_size(n)
    if n >> 48 >= 0x10000:
        raise ValueError("a CBOR number has at most 64 bits")
    if pos < 0 or pos + size > limit:
        return -1
    if size == 2:
        buf[pos] = major | 24
        buf[pos + 1] = n
    elif size == 3:
        buf[pos] = major | 25
        put_u16(buf, pos + 1, n)
    elif size == 5:
        return put_halves(buf, pos, limit, major, n >> 16, n & 0xFFFF)
    else:
        buf[pos] = major | 27
        put_u16(buf, pos + 1, n >> 48)
        put_u16(buf, pos + 3, (n >> 32) & 0xFFFF)
        put_u16(buf, pos + 5, (n >> 16) & 0xFFFF)
        put_u16(buf, pos + 7, n & 0xFFFF)
    return pos + size


def put_halves(buf, pos, limit, major, high, low):
    """Write a head whose argument is `high` * 65536 + `low`, which may be no small int."""
    if high == 0:
        return put_head(buf, pos, limit, major, low)
    if pos < 0 or pos + 5 > limit:
        return -1
    buf[pos] = major | 26
    buf[pos + 1] = high >> 8
    buf[pos + 2] = high & 0xFF
    buf[pos + 3] = low >> 8
    buf[pos + 4] = low & 0xFF
    return pos + 5


def put_integer(buf, pos, limit, value):
    """Write an integer of -2**64..2**64-1."""
    if value < 0:
        return put_head(buf, pos, limit, NEGATIVE, ~value)
    return put_head(buf, pos, limit, UNSIGNED, value)


def put_bool(buf, pos, limit, label, value):
    """Write an entry that is true or false."""
    if pos < 0 or pos + 2 > limit:
        return -1
    pos = put_label(buf, pos, limit, label)
    buf[pos] = _TRUE if value else _FALSE
    return pos + 1


def put_text(buf, pos, limit, label, text):
    """Write an entry that is text: str, or bytes that are UTF-8 already."""
    end = put_ascii(buf, pos, limit, label, text, len(text))
    if end == _NOT_ASCII:
        if isinstance(text, str):
            text = text.encode()
        end = _put_string(buf, pos, limit, label, _TEXT, text)
    return end


def put_data(buf, pos, limit, label, data):
    """Write an entry that is bytes (any bytes-like)."""
    return _put_string(buf, pos, limit, label, _BYTES, data)


def _put_string(buf, pos, limit, label, major, data):
    n = len(data)
    pos = put_head(buf, put_label(buf, pos, limit, label), limit, major, n)
    if pos < 0 or pos + n > limit:
        return -1
    copy(buf, pos, data, 0, n)
    return pos + n
