"""The data path of AES-GCM (NIST SP 800-38D) in plain Python, for builds without native code.

Its twin is `_gcm_viper.py`. `table` has two halves of 16 entries of 16 bytes: entry n of the second
half is (n as the high four bits of a byte) * H, of the first half (n as the low four bits) * H. `z`
is 64 bytes of scratch that starts with the hash. Only numbers below 2**16 are made, so that nothing
is allocated on any board.
"""


def load_tables(table):
    """Bring 512 bytes of big-endian entries into the form that `digest` reads: here, do nothing."""


def advance(nonce):
    """Add one to the counter in bytes 4..11 of the nonce, modulo 2**64 (WIRE.md 2.3)."""
    i = 11
    while i > 3:
        byte = (nonce[i] + 1) & 0xFF
        nonce[i] = byte
        if byte:
            return
        i -= 1


def counters(out, nonce, first, n):
    """Put the counter blocks that `n` bytes need, from number `first` on, into the 256 of `out`.

    Returns how many. Block 0 is for the mask of the tag: the data start with block 1.
    """
    count = min((n + 31 >> 4) - first, 16)
    o = 0
    for number in range(first + 1, first + 1 + count):
        i = 0
        while i < 12:
            out[o + i] = nonce[i]
            i += 1
        out[o + 12] = 0
        out[o + 13] = number >> 16
        out[o + 14] = number >> 8 & 0xFF
        out[o + 15] = number & 0xFF
        o += 16
    return count


def cover(buf, stream, off, first, n):
    """XOR key stream over the `n` bytes of `buf` at `off`, as far as the 256 bytes of `stream`,
    block `first` on, reach.
    """
    start = (first << 4) - 16
    i = 0
    if start < 0:
        i = 16
    while i < 256 and start + i < n:
        buf[off + start + i] ^= stream[i]
        i += 1


def digest(z, src, table, off, n):
    """GHASH of `n` bytes of `src` at `off`, padded, and the length block, into `z`."""
    i = 0
    while i < 16:
        z[i] = 0
        i += 1
    end = off + n
    while off < end:
        i = 0
        while i < 16 and off < end:
            z[i] ^= src[off]
            i += 1
            off += 1
        _times_h(z, table)
    z[13] ^= n >> 13
    z[14] ^= n >> 5 & 0xFF
    z[15] ^= n << 3 & 0xFF
    _times_h(z, table)


def _times_h(z, table):
    """z = z * H: byte i adds its two table entries at byte i of a 32-byte product, which is then
    reduced.
    """
    i = 16
    while i < 32:
        z[i] = 0
        i += 1
    i = 16
    while i:
        i -= 1
        byte = z[i]
        z[i] = 0
        high = 256 + (byte & 0xF0)
        low = (byte & 15) << 4
        j = 0
        while j < 16:
            z[i + j] ^= table[high + j] ^ table[low + j]
            j += 1
    i = 31
    while i > 15:
        # x^128 = 1 + x + x^2 + x^7, with bit 0 of the field as the top bit of a byte.
        byte = z[i]
        byte = byte << 8 ^ byte << 7 ^ byte << 6 ^ byte << 1
        z[i - 16] ^= byte >> 8
        z[i - 15] ^= byte & 0xFF
        i -= 1


def put_tag(z, mask, buf, off):
    """Write the tag, the hash XOR the first 16 bytes of `mask`, to `buf` at `off`."""
    i = 0
    while i < 16:
        buf[off + i] = z[i] ^ mask[i]
        i += 1


def same_tag(z, mask, buf, off):
    """True when the 16 bytes of `buf` at `off` are the tag; takes the same time wherever they
    differ.
    """
    differ = 0
    i = 0
    while i < 16:
        differ |= buf[off + i] ^ z[i] ^ mask[i]
        i += 1
    return differ == 0
