"""Byte moves in native code: no allocation, no bounds checks (the callers have checked). Twin:
`_plain.py`."""

import micropython


@micropython.viper
def copy(dst, dst_off: int, src, src_off: int, n: int):
    to = ptr8(dst)
    source = ptr8(src)
    i = 0
    while i < n:
        to[dst_off + i] = source[src_off + i]
        i += 1


@micropython.viper
def same(a, a_off: int, b, b_off: int, n: int) -> bool:
    x = ptr8(a)
    y = ptr8(b)
    i = 0
    while i < n:
        if x[a_off + i] != y[b_off + i]:
            return False
        i += 1
    return True


@micropython.viper
def find_zero(buf, off: int, end: int) -> int:
    p = ptr8(buf)
    i = off
    while i < end:
        if p[i] == 0:
            return i
        i += 1
    return -1
