"""One block of SHA-512 (FIPS 180-4, 6.4.2) in native code. Twin: `_sha512_plain.py`.

A 64-bit number is two 32-bit words, high half first. Sums are made of 16-bit quarters, so that the
carry is right on 32-bit and 64-bit words alike; a word is cut to 32 bits by storing it and is
shifted right only after it was loaded again. `work` is 208 bytes: words 0..31 the message schedule,
32..47 the eight variables a..h (a ring: each round moves the start by one instead of moving the
variables), 48..51 temporaries.
"""

import micropython


@micropython.viper
def compress(w: ptr32, k: ptr8, state: ptr32, block: ptr8, off: int):
    block = ptr8(int(block) + off)
    i = 0
    while i < 32:
        w[i] = block[0] << 24 | block[1] << 16 | block[2] << 8 | block[3]
        block = ptr8(int(block) + 4)
        i += 1
    i = 0
    while i < 16:
        w[32 + i] = state[i]
        i += 1
    t = 0
    while t < 80:
        # Word indices of the schedule entry and of the variables in this round
        s = (t & 15) << 1
        if t >= 16:
            # W[t] += sigma0(W[t-15]) + W[t-7] + sigma1(W[t-2])
            i = s + 2 & 31
            hi = uint(w[i])
            lo = uint(w[i + 1])
            w[48] = (hi >> 1 | lo << 31) ^ (hi >> 8 | lo << 24) ^ hi >> 7
            w[49] = (lo >> 1 | hi << 31) ^ (lo >> 8 | hi << 24) ^ (lo >> 7 | hi << 25)
            i = s + 28 & 31
            hi = uint(w[i])
            lo = uint(w[i + 1])
            w[50] = (hi >> 19 | lo << 13) ^ (lo >> 29 | hi << 3) ^ hi >> 6
            w[51] = (lo >> 19 | hi << 13) ^ (hi >> 29 | lo << 3) ^ (lo >> 6 | hi << 26)
            i = s + 18 & 31
            x = uint(w[s + 1])
            y = uint(w[i + 1])
            hi = uint(w[49])
            lo = uint(w[51])
            lower = (x & 0xFFFF) + (y & 0xFFFF) + (hi & 0xFFFF) + (lo & 0xFFFF)
            upper = (x >> 16) + (y >> 16) + (hi >> 16) + (lo >> 16) + (lower >> 16)
            w[s + 1] = upper << 16 | lower & 0xFFFF
            w[s] = w[s] + w[i] + w[48] + w[50] + int(upper >> 16)
        # T1 = h + Sigma1(e) + Ch(e, f, g) + K + W, gathered in words 50 and 51
        e = 32 + (8 - t * 2 & 15)
        f = 32 + (10 - t * 2 & 15)
        g = 32 + (12 - t * 2 & 15)
        i = 32 + (14 - t * 2 & 15)
        hi = uint(w[e])
        lo = uint(w[e + 1])
        w[48] = (hi >> 14 | lo << 18) ^ (hi >> 18 | lo << 14) ^ (lo >> 9 | hi << 23)
        w[49] = (lo >> 14 | hi << 18) ^ (lo >> 18 | hi << 14) ^ (hi >> 9 | lo << 23)
        w[50] = w[i] + w[s] + w[48] + int(hi & uint(w[f]) ^ ~hi & uint(w[g]))
        w[51] = lo & uint(w[f + 1]) ^ ~lo & uint(w[g + 1])
        x = uint(w[i + 1])
        y = uint(w[s + 1])
        hi = uint(w[49])
        lo = uint(w[51])
        lower = (x & 0xFFFF) + (y & 0xFFFF) + (hi & 0xFFFF) + (lo & 0xFFFF)
        lower += uint(k[6] << 8 | k[7])
        upper = (x >> 16) + (y >> 16) + (hi >> 16) + (lo >> 16) + (lower >> 16)
        upper += uint(k[4] << 8 | k[5])
        w[51] = upper << 16 | lower & 0xFFFF
        w[50] = w[50] + int(upper >> 16)
        w[50] += k[0] << 24 | k[1] << 16 | k[2] << 8 | k[3]
        k = ptr8(int(k) + 8)
        # d += T1
        e = 32 + (6 - t * 2 & 15)
        x = uint(w[e + 1])
        y = uint(w[51])
        lower = (x & 0xFFFF) + (y & 0xFFFF)
        upper = (x >> 16) + (y >> 16) + (lower >> 16)
        w[e + 1] = upper << 16 | lower & 0xFFFF
        w[e] = w[e] + w[50] + int(upper >> 16)
        # h = T1 + Sigma0(a) + Maj(a, b, c)
        e = 32 + (0 - t * 2 & 15)
        f = 32 + (2 - t * 2 & 15)
        g = 32 + (4 - t * 2 & 15)
        hi = uint(w[e])
        lo = uint(w[e + 1])
        w[48] = (hi >> 28 | lo << 4) ^ (lo >> 2 | hi << 30) ^ (lo >> 7 | hi << 25)
        w[49] = (lo >> 28 | hi << 4) ^ (hi >> 2 | lo << 30) ^ (hi >> 7 | lo << 25)
        w[50] = w[50] + w[48] + int(hi & uint(w[f]) | uint(w[g]) & (hi | uint(w[f])))
        x = uint(lo & uint(w[f + 1]) | uint(w[g + 1]) & (lo | uint(w[f + 1])))
        lo = uint(w[49])
        lower = (x & 0xFFFF) + (y & 0xFFFF) + (lo & 0xFFFF)
        upper = (x >> 16) + (y >> 16) + (lo >> 16) + (lower >> 16)
        w[i + 1] = upper << 16 | lower & 0xFFFF
        w[i] = w[50] + int(upper >> 16)
        t += 1
    # After 80 rounds the ring stands where it began.
    i = 0
    while i < 16:
        x = uint(state[i + 1])
        y = uint(w[33 + i])
        lower = (x & 0xFFFF) + (y & 0xFFFF)
        upper = (x >> 16) + (y >> 16) + (lower >> 16)
        state[i + 1] = upper << 16 | lower & 0xFFFF
        state[i] = state[i] + w[32 + i] + int(upper >> 16)
        i += 2
