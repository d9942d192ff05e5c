"""The data path of AES-GCM (NIST SP 800-38D) in plain Python, for builds without native code.

Its twin is `_gcm_viper.py`. `state` is what a cipher keeps: the hash's table of two halves of 16
entries of 16 bytes, where entry n of the second half is (n as the high four bits of a byte) * H, of
the first half (n as the low four bits) * H; the nonce at 512; at 524, whether it was used. The
scratch is the mask of the tag, 240 bytes of key stream, and at 256 the hash in 64 bytes. Only
numbers below 2**16 are made, so that nothing is allocated on any board.
"""

ORDER = "big"  # of the bytes in a word of the table


def counters(out, state, at, n):
    """Put counter blocks into `out`: that of the tag's mask, and those of up to 240 bytes of data
    from byte `at` of `n` on. Returns how many blocks those are.

    At the first byte the nonce, when it was used, counts on in its last 8 bytes (WIRE.md 2.3).
    """
    if at == 0:
        i = 523
        while state[524] and i > 515:
            byte = (state[i] + 1) & 0xFF
            state[i] = byte
            if byte:
                break
            i -= 1
        state[524] = 0
    count = min(n - at + 15 >> 4, 15)
    o = 0
    while o <= count << 4:
        i = 0
        while i < 12:
            out[o + i] = state[512 + i]
            i += 1
        number = 1 + (at + o >> 4) if o else 1
        out[o + 12] = 0
        out[o + 13] = number >> 16
        out[o + 14] = number >> 8 & 0xFF
        out[o + 15] = number & 0xFF
        o += 16
    return count


def cover(stream, buf, state, off, n):
    """XOR key stream over `n` bytes of `buf` at `off`, but over no more than 240: the nonce is
    used."""
    state[524] = 1
    i = 0
    while i < 240 and i < n:
        buf[off + i] ^= stream[16 + i]
        i += 1


def tag(scratch, buf, state, off, n):
    """The tag of the `n` bytes of ciphertext in `buf` at `off`, behind them: written there when the
    nonce was used, else compared with what stands there; True when it is the same. That takes the
    same time wherever they differ.
    """
    i = 256
    while i < 272:
        scratch[i] = 0
        i += 1
    end = off + n
    while off < end:
        i = 256
        while i < 272 and off < end:
            scratch[i] ^= buf[off]
            i += 1
            off += 1
        _times_h(scratch, state)
    scratch[269] ^= n >> 13
    scratch[270] ^= n >> 5 & 0xFF
    scratch[271] ^= n << 3 & 0xFF
    _times_h(scratch, state)
    differ = 0
    i = 0
    while i < 16:
        byte = scratch[256 + i] ^ scratch[i]
        if state[524]:
            buf[end + i] = byte
        differ |= byte ^ buf[end + i]
        i += 1
    return differ == 0


def _times_h(z, table):
    """Multiply the hash by H: byte i adds its two table entries at byte i of a 32-byte product,
    which is then reduced.
    """
    i = 272
    while i < 288:
        z[i] = 0
        i += 1
    i = 272
    while i > 256:
        i -= 1
        byte = z[i]
        z[i] = 0
        high = 256 + (byte & 0xF0)
        low = (byte & 15) << 4
        j = 0
        while j < 16:
            z[i + j] ^= table[high + j] ^ table[low + j]
            j += 1
    i = 287
    while i > 271:
        # x^128 = 1 + x + x^2 + x^7, with bit 0 of the field as the top bit of a byte.
        byte = z[i]
        byte = byte << 8 ^ byte << 7 ^ byte << 6 ^ byte << 1
        z[i - 16] ^= byte >> 8
        z[i - 15] ^= byte & 0xFF
        i -= 1
