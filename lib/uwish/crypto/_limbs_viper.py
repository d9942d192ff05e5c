"""Multiplication modulo the prime of group 15 in native code (`dh_fast.py`).

A number is 220 limbs of 14 bits in 16-bit words, lowest first, between two margins of 8 zero words:
472 bytes. Fourteen bits, because sixteen products and a rest below 2**19 then fit in 32 bits, so
that a column of a product needs one addition a limb and one carry in sixteen. Columns are taken
eight at a time and rows four at a time.

Native code keeps the first two parameters of a function in registers and all else on the stack:
they are the pointer and the multiplier of the innermost statement. Sums pass through 2**31 on the
way, hence `uint` before each shift.
"""

import micropython


@micropython.viper
def multiply(b: ptr16, r: int, x: ptr16, m: ptr16, q: ptr16):
    """x = x * b / 2**3080 mod p, below 1.1 p for factors below 4.2 p.

    `b` may be `x`; a square costs a quarter less. Montgomery's reduction, column by column with the
    product: `q` is p + 1, `m` (any 472 bytes) is for the multiple of p that is added. As p = -1 mod
    2**64, a digit of m is simply the digit that it must cancel. `r` is no argument but a register:
    pass 0.
    """
    x = ptr16(int(x) + 16)
    y = ptr16(int(b) + 16)
    m = ptr16(int(m) + 16)
    q = ptr16(int(q) + 16)
    carry = 0
    k = 0
    while k < 440:
        # Columns k .. k + 7: first of x * y, then of m * q. Row i adds x[i] * y[k + c - i] to
        # column c.
        c0 = 0
        c1 = 0
        c2 = 0
        c3 = 0
        c4 = 0
        c5 = 0
        c6 = 0
        c7 = 0
        high = 0
        low = k - 220 if k > 220 else 0
        a = ptr16(int(x) + (low << 1))
        b = ptr16(int(y) + (k - low - 3 << 1))
        square = int(x) == int(y)
        if square:
            rows = (k >> 1) - low
        elif k < 220:
            rows = k + 8
        else:
            rows = 220 - low
        reducing = False
        while True:
            while rows > 0:
                group = rows if rows < 16 else 16
                rows -= group
                end = int(b) - (group << 1)
                while int(b) != end:
                    r = a[0]
                    c0 = r * b[3] + c0
                    c1 = r * b[4] + c1
                    c2 = r * b[5] + c2
                    c3 = r * b[6] + c3
                    c4 = r * b[7] + c4
                    c5 = r * b[8] + c5
                    c6 = r * b[9] + c6
                    c7 = r * b[10] + c7
                    r = a[1]
                    c0 = r * b[2] + c0
                    c1 = r * b[3] + c1
                    c2 = r * b[4] + c2
                    c3 = r * b[5] + c3
                    c4 = r * b[6] + c4
                    c5 = r * b[7] + c5
                    c6 = r * b[8] + c6
                    c7 = r * b[9] + c7
                    r = a[2]
                    c0 = r * b[1] + c0
                    c1 = r * b[2] + c1
                    c2 = r * b[3] + c2
                    c3 = r * b[4] + c3
                    c4 = r * b[5] + c4
                    c5 = r * b[6] + c5
                    c6 = r * b[7] + c6
                    c7 = r * b[8] + c7
                    r = a[3]
                    c0 = r * b[0] + c0
                    c1 = r * b[1] + c1
                    c2 = r * b[2] + c2
                    c3 = r * b[3] + c3
                    c4 = r * b[4] + c4
                    c5 = r * b[5] + c5
                    c6 = r * b[6] + c6
                    c7 = r * b[7] + c7
                    a = ptr16(int(a) + 8)
                    b = ptr16(int(b) - 8)
                high += int(uint(c7) >> 14)
                c7 = (c7 & 0x3FFF) + int(uint(c6) >> 14)
                c6 = (c6 & 0x3FFF) + int(uint(c5) >> 14)
                c5 = (c5 & 0x3FFF) + int(uint(c4) >> 14)
                c4 = (c4 & 0x3FFF) + int(uint(c3) >> 14)
                c3 = (c3 & 0x3FFF) + int(uint(c2) >> 14)
                c2 = (c2 & 0x3FFF) + int(uint(c1) >> 14)
                c1 = (c1 & 0x3FFF) + int(uint(c0) >> 14)
                c0 &= 0x3FFF
            if reducing:
                break
            if square:
                # Half of the products are done; what is left of them lies around the diagonal.
                c1 += a[0] * a[1]
                c2 += a[0] * a[2]
                c3 += a[0] * a[3] + a[1] * a[2]
                c4 += a[0] * a[4] + a[1] * a[3]
                c5 += a[0] * a[5] + a[1] * a[4] + a[2] * a[3]
                c6 += a[0] * a[6] + a[1] * a[5] + a[2] * a[4]
                c7 += a[0] * a[7] + a[1] * a[6] + a[2] * a[5] + a[3] * a[4]
                high += int(uint(c7) >> 14)
                c7 = (c7 & 0x3FFF) + int(uint(c6) >> 14)
                c6 = (c6 & 0x3FFF) + int(uint(c5) >> 14)
                c5 = (c5 & 0x3FFF) + int(uint(c4) >> 14)
                c4 = (c4 & 0x3FFF) + int(uint(c3) >> 14)
                c3 = (c3 & 0x3FFF) + int(uint(c2) >> 14)
                c2 = (c2 & 0x3FFF) + int(uint(c1) >> 14)
                c1 = (c1 & 0x3FFF) + int(uint(c0) >> 14)
                c0 &= 0x3FFF
                high <<= 1
                c0 = (c0 << 1) + a[0] * a[0]
                c1 <<= 1
                c2 = (c2 << 1) + a[1] * a[1]
                c3 <<= 1
                c4 = (c4 << 1) + a[2] * a[2]
                c5 <<= 1
                c6 = (c6 << 1) + a[3] * a[3]
                c7 <<= 1
            c0 += carry
            high += int(uint(c7) >> 14)
            c7 = (c7 & 0x3FFF) + int(uint(c6) >> 14)
            c6 = (c6 & 0x3FFF) + int(uint(c5) >> 14)
            c5 = (c5 & 0x3FFF) + int(uint(c4) >> 14)
            c4 = (c4 & 0x3FFF) + int(uint(c3) >> 14)
            c3 = (c3 & 0x3FFF) + int(uint(c2) >> 14)
            c2 = (c2 & 0x3FFF) + int(uint(c1) >> 14)
            c1 = (c1 & 0x3FFF) + int(uint(c0) >> 14)
            c0 &= 0x3FFF
            a = ptr16(int(m) + (low << 1))
            b = ptr16(int(q) + (k - low - 3 << 1))
            rows = k if k < 220 else 220 - low
            reducing = True
        # Columns 0 .. 219 give m, the others the result, over limbs of x that are no longer needed.
        a = ptr16(int(m) + (k << 1))
        if k > 220:
            a = ptr16(int(x) + (k - 220 << 1))
        a[0] = c0 & 0x3FFF
        c1 += c0 >> 14
        a[1] = c1 & 0x3FFF
        c2 += c1 >> 14
        a[2] = c2 & 0x3FFF
        c3 += c2 >> 14
        a[3] = c3 & 0x3FFF
        c4 += c3 >> 14
        if k < 220:
            # These four digits of m reach into this tile through the lowest limbs of q that are not
            # zero.
            c4 += a[0] * q[4]
            c5 += a[0] * q[5] + a[1] * q[4]
            c6 += a[0] * q[6] + a[1] * q[5] + a[2] * q[4]
            c7 += a[0] * q[7] + a[1] * q[6] + a[2] * q[5] + a[3] * q[4]
            if k == 216:
                a = ptr16(int(x) - 8)
        a[4] = c4 & 0x3FFF
        c5 += c4 >> 14
        a[5] = c5 & 0x3FFF
        c6 += c5 >> 14
        a[6] = c6 & 0x3FFF
        c7 += c6 >> 14
        a[7] = c7 & 0x3FFF
        carry = high + (c7 >> 14)
        k += 8


@micropython.viper
def double(x: ptr16):
    """x = 2 * x."""
    x = ptr16(int(x) + 16)
    carry = 0
    i = 0
    while i < 220:
        carry += x[i] << 1
        x[i] = carry & 0x3FFF
        carry >>= 14
        i += 1


@micropython.viper
def split(x: ptr16, data: ptr8):
    """Limbs from a number of 385 bytes, little-endian: four limbs are seven bytes. The margins
    become zero.
    """
    i = 0
    while i < 236:
        x[i] = 0
        i += 1
    x = ptr16(int(x) + 16)
    i = 0
    while i < 55:
        x[0] = data[0] | (data[1] & 0x3F) << 8
        x[1] = data[1] >> 6 | data[2] << 2 | (data[3] & 0x0F) << 10
        x[2] = data[3] >> 4 | data[4] << 4 | (data[5] & 0x03) << 12
        x[3] = data[5] >> 2 | data[6] << 6
        x = ptr16(int(x) + 8)
        data = ptr8(int(data) + 7)
        i += 1


@micropython.viper
def join(x: ptr16, data: ptr8):
    """The reverse of `split`: write the 385 bytes of a number."""
    x = ptr16(int(x) + 16)
    i = 0
    while i < 55:
        data[0] = x[0]
        data[1] = x[0] >> 8 | x[1] << 6
        data[2] = x[1] >> 2
        data[3] = x[1] >> 10 | x[2] << 4
        data[4] = x[2] >> 4
        data[5] = x[2] >> 12 | x[3] << 2
        data[6] = x[3] >> 6
        x = ptr16(int(x) + 8)
        data = ptr8(int(data) + 7)
        i += 1
