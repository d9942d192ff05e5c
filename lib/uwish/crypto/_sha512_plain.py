"""One block of SHA-512 (FIPS 180-4, 6.4.2) in plain Python integers, for builds without native
code. Twin: `_sha512_viper.py`.
"""

from sys import byteorder

_MASK = (1 << 64) - 1


def _load(buf, off, order):
    """A 64-bit number stored as two 32-bit halves of this byte order, the high half first."""
    high = int.from_bytes(buf[off : off + 4], order)
    return high << 32 | int.from_bytes(buf[off + 4 : off + 8], order)


def _turn(x, n):
    """`x` rotated right by `n` bits; the bits above 64 are for the caller to cut off."""
    return x >> n | x << 64 - n


def compress(work, k, state, block, off):
    """Mix the 128 bytes of `block` at `off` into `state`: eight 64-bit numbers, each two machine
    words, high half first.

    `k` is the table of 80 round constants (640 bytes, big-endian), `work` scratch for the twin.
    """
    w = [_load(block, off + 8 * i, "big") for i in range(16)]
    a, b, c, d, e, f, g, h = start = [_load(state, 8 * i, byteorder) for i in range(8)]
    for t in range(80):
        i = t & 15
        if t > 15:
            x = w[t + 1 & 15]
            y = w[t + 14 & 15]
            x = (_turn(x, 1) ^ _turn(x, 8)) & _MASK ^ x >> 7
            y = (_turn(y, 19) ^ _turn(y, 61)) & _MASK ^ y >> 6
            w[i] = w[i] + x + w[t + 9 & 15] + y & _MASK
        x = (_turn(e, 14) ^ _turn(e, 18) ^ _turn(e, 41)) & _MASK
        x += h + (e & f ^ (e ^ _MASK) & g) + _load(k, 8 * t, "big") + w[i]
        y = (_turn(a, 28) ^ _turn(a, 34) ^ _turn(a, 39)) & _MASK
        y += a & b ^ a & c ^ b & c
        h = g
        g = f
        f = e
        e = d + x & _MASK
        d = c
        c = b
        b = a
        a = x + y & _MASK
    for i, x in enumerate((a, b, c, d, e, f, g, h)):
        x = x + start[i] & _MASK
        state[8 * i : 8 * i + 4] = (x >> 32).to_bytes(4, byteorder)
        state[8 * i + 4 : 8 * i + 8] = (x & 0xFFFFFFFF).to_bytes(4, byteorder)
