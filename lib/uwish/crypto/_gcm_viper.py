"""The data path of AES-GCM (NIST SP 800-38D) in native code.

Its twin `_gcm_plain.py` tells what each function does. Right on 32-bit and on 64-bit words: a word
is cut to 32 bits by storing it and shifted right only after it was loaded again. Nothing is
allocated and nothing is checked here; `gcm.py` has checked. The first two arguments live in
registers, so the hottest pointers come first.
"""

import micropython

ORDER = "little"  # boards, like PCs, are little-endian, and the hash reads its tables as words


@micropython.viper
def counters(out: ptr8, state: ptr8, at: int, n: int) -> int:
    state = ptr8(int(state) + 512)
    if at == 0:
        i = 11 if state[12] else 3
        while i > 3:
            byte = (state[i] + 1) & 0xFF
            state[i] = byte
            if byte != 0:
                i = 0
            i -= 1
        state[12] = 0
    nonce = ptr32(state)
    count = n - at + 15 >> 4
    if count > 15:
        count = 15
    number = 1
    last = (at >> 4) + 2 + count
    while number != last:
        words = ptr32(out)
        words[0] = nonce[0]
        words[1] = nonce[1]
        words[2] = nonce[2]
        out[12] = 0
        out[13] = number >> 16
        out[14] = number >> 8
        out[15] = number
        out = ptr8(int(out) + 16)
        if number == 1:
            number += at >> 4
        number += 1
    return count


@micropython.viper
def cover(stream: ptr8, buf: ptr8, state: ptr8, off: int, n: int):
    state[524] = 1
    stream = ptr8(int(stream) + 16)
    buf = ptr8(int(buf) + off)
    if n > 240:
        n = 240
    while n >= 8:
        buf[0] = buf[0] ^ stream[0]
        buf[1] = buf[1] ^ stream[1]
        buf[2] = buf[2] ^ stream[2]
        buf[3] = buf[3] ^ stream[3]
        buf[4] = buf[4] ^ stream[4]
        buf[5] = buf[5] ^ stream[5]
        buf[6] = buf[6] ^ stream[6]
        buf[7] = buf[7] ^ stream[7]
        buf = ptr8(int(buf) + 8)
        stream = ptr8(int(stream) + 8)
        n -= 8
    while n > 0:
        buf[0] = buf[0] ^ stream[0]
        buf = ptr8(int(buf) + 1)
        stream = ptr8(int(stream) + 1)
        n -= 1


@micropython.viper
def tag(z: ptr32, src: ptr8, x: ptr8, off: int, n: int) -> bool:
    mask = ptr8(z)
    z = ptr32(int(z) + 256)
    state = x
    lows = int(x)
    highs = lows + 256
    src = ptr8(int(src) + off)
    out = ptr8(int(src) + n)
    bits = n << 3
    # The hash, as four big-endian words, is in z[8..11].
    z[8] = 0
    z[9] = 0
    z[10] = 0
    z[11] = 0
    while n >= 0:
        if n >= 16:
            n -= 16
        else:
            # The last block, padded with zeros, is made in z[12..15]; then 64 zero bits and 64 bits
            # of length.
            z[12] = 0
            z[13] = 0
            z[14] = 0
            z[15] = 0
            x = ptr8(int(z) + 48)
            if n == 0:
                n = -1
                x[12] = bits >> 24
                x[13] = bits >> 16
                x[14] = bits >> 8
                x[15] = bits
            while n > 0:
                x[0] = src[0]
                x = ptr8(int(x) + 1)
                src = ptr8(int(src) + 1)
                n -= 1
            src = ptr8(int(z) + 48)
        # z[0..7] = 256-bit product of hash ^ block. Horner's rule in x^8 over the bytes of a word,
        # all four words at once: the entry for a byte of word i is added at word i. The last byte
        # of a word comes first; of the hash it is the first in memory, as boards, like PCs, are
        # little-endian.
        src = ptr8(int(src) + 3)
        x = ptr8(int(z) + 32)
        start = int(x)
        end = start + 4
        while int(x) != end:
            b = x[0] ^ src[0]
            h0 = ptr32((b & 0xF0) + highs)
            l0 = ptr32(((b & 15) << 4) + lows)
            b = x[4] ^ src[4]
            h1 = ptr32((b & 0xF0) + highs)
            l1 = ptr32(((b & 15) << 4) + lows)
            b = x[8] ^ src[8]
            h2 = ptr32((b & 0xF0) + highs)
            l2 = ptr32(((b & 15) << 4) + lows)
            b = x[12] ^ src[12]
            h3 = ptr32((b & 0xF0) + highs)
            l3 = ptr32(((b & 15) << 4) + lows)
            if int(x) == start:
                # Nothing is there yet that would have to be shifted.
                z[7] = 0
                z[6] = h3[3] ^ l3[3]
                z[5] = h3[2] ^ l3[2] ^ h2[3] ^ l2[3]
                z[4] = h3[1] ^ l3[1] ^ h2[2] ^ l2[2] ^ h1[3] ^ l1[3]
                z[3] = h3[0] ^ l3[0] ^ h2[1] ^ l2[1] ^ h1[2] ^ l1[2] ^ h0[3] ^ l0[3]
                z[2] = h2[0] ^ l2[0] ^ h1[1] ^ l1[1] ^ h0[2] ^ l0[2]
                z[1] = h1[0] ^ l1[0] ^ h0[1] ^ l0[1]
                z[0] = h0[0] ^ l0[0]
            else:
                z[7] = uint(z[7]) >> 8 | z[6] << 24
                z[6] = (uint(z[6]) >> 8 | z[5] << 24) ^ h3[3] ^ l3[3]
                z[5] = (uint(z[5]) >> 8 | z[4] << 24) ^ h3[2] ^ l3[2] ^ h2[3] ^ l2[3]
                z[4] = (
                    (uint(z[4]) >> 8 | z[3] << 24) ^ h3[1] ^ l3[1] ^ h2[2] ^ l2[2] ^ h1[3] ^ l1[3]
                )
                z[3] = (
                    (uint(z[3]) >> 8 | z[2] << 24)
                    ^ h3[0]
                    ^ l3[0]
                    ^ h2[1]
                    ^ l2[1]
                    ^ h1[2]
                    ^ l1[2]
                    ^ h0[3]
                    ^ l0[3]
                )
                z[2] = (
                    (uint(z[2]) >> 8 | z[1] << 24) ^ h2[0] ^ l2[0] ^ h1[1] ^ l1[1] ^ h0[2] ^ l0[2]
                )
                z[1] = (uint(z[1]) >> 8 | z[0] << 24) ^ h1[0] ^ l1[0] ^ h0[1] ^ l0[1]
                z[0] = uint(z[0]) >> 8 ^ h0[0] ^ l0[0]
            x = ptr8(int(x) + 1)
            src = ptr8(int(src) - 1)
        src = ptr8(int(src) + 17)
        # x^128 = 1 + x + x^2 + x^7, where bit 0 of the field is the top bit of a word. The last
        # word goes first, as it spills into the next.
        w = uint(z[7])
        z[11] = z[3] ^ int(w ^ w >> 1 ^ w >> 2 ^ w >> 7)
        z[4] ^= int(w << 31 ^ w << 30 ^ w << 25)
        w = uint(z[6])
        z[10] = z[2] ^ int(w ^ w >> 1 ^ w >> 2 ^ w >> 7)
        z[11] ^= int(w << 31 ^ w << 30 ^ w << 25)
        w = uint(z[5])
        z[9] = z[1] ^ int(w ^ w >> 1 ^ w >> 2 ^ w >> 7)
        z[10] ^= int(w << 31 ^ w << 30 ^ w << 25)
        w = uint(z[4])
        z[8] = z[0] ^ int(w ^ w >> 1 ^ w >> 2 ^ w >> 7)
        z[9] ^= int(w << 31 ^ w << 30 ^ w << 25)
    x = ptr8(int(z) + 32)
    differ = 0
    i = 0
    while i < 16:
        byte = x[i ^ 3] ^ mask[i]
        if state[524]:
            out[i] = byte
        differ |= byte ^ out[i]
        i += 1
    return differ == 0
