"""Plain twins of `_viper.py`, for CPython and for MicroPython builds without native code."""


def copy(dst, dst_off, src, src_off, n):
    """Copy `n` bytes; within one buffer only downwards (`dst_off` < `src_off`)."""
    dst[dst_off : dst_off + n] = src[src_off : src_off + n]


def same(a, a_off, b, b_off, n):
    """True when `n` bytes of `a` at `a_off` equal those of `b` at `b_off`."""
    return a[a_off : a_off + n] == b[b_off : b_off + n]


def find_zero(buf, off, end):
    """The offset of the first zero byte in buf[off:end], -1 when there is none."""
    return buf.find(b"\0", off, end)
