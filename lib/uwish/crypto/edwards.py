"""The group of Ed25519 (RFC 8032, 5.1) on Python integers.

A point is (x, y, z, t) in extended coordinates (RFC 8032, 5.1.4). Numbers are kept below about
2**256, seldom below p: reduction is `(n & _LOW) + 19 * (n >> 255)`, once after a sum of products
and twice after the last products, which is far cheaper than `% p` on a board. Every number made
here is garbage at once; nothing runs in constant time.
"""

from ..compat import const
from ._comb import COMB

P = (1 << 255) - 19
ORDER = (1 << 252) + 27742317777372353535851937790883648493
_LOW = (1 << 255) - 1
_D = 37095705934669439343138083508754565189542113879843219016388785533085940283555
_ROOT = 19681161376707505956807079304988542015446066515923890162744021073123829784752  # of -1

_IDENTITY = (0, 1, 1, 0)
_TEETH_BITS = const(64)
_PER_STEP = const(8)  # doublings between two yields: about 1 M instructions


def double(point):
    """2 * point (RFC 8032, 5.1.4, with x and z of the other sign)."""
    x, y, z, _ = point
    f = x * x
    g = y * y
    h = f + g
    g -= f
    return _complete(2 * x * y, 2 * z * z - g, g, h)


def add(point, plus, minus, dt, zz):
    """The sum of `point` and one that is given as `addend` makes it."""
    x, y, z, t = point
    e = (y - x) * minus
    h = (y + x) * plus
    f = t * dt
    g = z * zz
    return _complete(h - e, g - f, g + f, h + e)


def addend(point):
    """y + x, y - x, 2 * d * t and 2 * z. Minus a point has the first two swapped, the third -."""
    x, y, z, t = point
    return (y + x, y - x, 2 * _D * t % P, 2 * z)


def _complete(e, f, g, h):
    """The last step of both: x = e * f, y = g * h, z = f * g, t = e * h."""
    low = _LOW
    e = (e & low) + 19 * (e >> 255)
    f = (f & low) + 19 * (f >> 255)
    g = (g & low) + 19 * (g >> 255)
    h = (h & low) + 19 * (h >> 255)
    x = e * f
    y = g * h
    z = f * g
    t = e * h
    x = (x & low) + 19 * (x >> 255)
    y = (y & low) + 19 * (y >> 255)
    z = (z & low) + 19 * (z >> 255)
    t = (t & low) + 19 * (t >> 255)
    return (
        (x & low) + 19 * (x >> 255),
        (y & low) + 19 * (y >> 255),
        (z & low) + 19 * (z >> 255),
        (t & low) + 19 * (t >> 255),
    )


def _add_entry(point, scalar, i):
    """Add the multiple of the base point that bits i, i + 64, i + 128 and i + 192 select.

    `scalar` is 32 bytes, little-endian.
    """
    byte = i >> 3
    i &= 7
    entry = scalar[byte] >> i & 1
    entry |= (scalar[byte + 8] >> i & 1) << 1
    entry |= (scalar[byte + 16] >> i & 1) << 2
    entry |= (scalar[byte + 24] >> i & 1) << 3
    if not entry:
        return point
    o = 96 * entry - 96
    return add(
        point,
        int.from_bytes(COMB[o : o + 32], "little"),
        int.from_bytes(COMB[o + 32 : o + 64], "little"),
        int.from_bytes(COMB[o + 64 : o + 96], "little"),
        2,
    )


def base_times(scalar):
    """Generator: scalar * B, for a number below 2**256."""
    scalar = scalar.to_bytes(32, "little")
    point = _IDENTITY
    i = _TEETH_BITS
    while i:
        i -= 1
        point = _add_entry(double(point), scalar, i)
        if not i % _PER_STEP:
            yield 0
    return point


def base_times_minus(s, k, point):
    """Generator: s * B - k * point, as a verification needs it."""
    # 1, 3, 5 and 7 times the point, subtracted for a positive digit and added for a negative one.
    twice = addend(double(point))
    odd = []
    for _ in range(4):
        odd.append(addend(point))
        point = add(point, *twice)
    yield 0
    digits = _signed_digits(k)
    s = s.to_bytes(32, "little")
    point = _IDENTITY
    i = len(digits)
    while i:
        i -= 1
        point = double(point)
        digit = digits[i]
        if digit:
            if digit < 128:
                plus, minus, dt, zz = odd[digit >> 1]
                point = add(point, minus, plus, -dt, zz)
            else:
                point = add(point, *odd[255 - digit >> 1])
        if i < _TEETH_BITS:
            point = _add_entry(point, s, i)
        if not i % _PER_STEP:
            yield 0
    return point


def _signed_digits(k):
    """`k` < 2**253 in 256 binary digits, lowest first: 0, or odd from -7 to 7 (modulo 256).

    After each digit that is not 0 come three that are.
    """
    digits = bytearray(256)
    i = 0
    while k:
        if k & 1:
            digit = k & 15
            if digit > 7:
                digit -= 16
            digits[i] = digit & 0xFF
            k -= digit
        k >>= 1
        i += 1
    return digits


def encode(point):
    """The 32 bytes of a point (RFC 8032, 5.1.2)."""
    x, y, z, _ = point
    # 1 / z by Euclid's algorithm: a third of the price of a power.
    a = P
    b = z % P
    u = 0
    inverse = 1
    while b > 1:
        q = a // b
        a, b = b, a - q * b
        u, inverse = inverse, u - q * inverse
    x = x * inverse % P
    y = y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(data):
    """Generator: the point that 32 bytes encode (RFC 8032, 5.1.3), None when they encode none."""
    y = int.from_bytes(data, "little")
    sign = y >> 255
    y &= _LOW
    if y >= P:
        return None
    # x**2 = u / v, and the candidate for x is u * v**3 * (u * v**7)**((p - 5) / 8).
    u = (y * y - 1) % P
    v = (_D * y * y + 1) % P
    v3 = v * v % P * v % P
    x = yield from _power_p58(u * v3 % P * v3 % P * v % P)
    x = u * v3 % P * x % P
    check = v * x % P * x % P
    if check != u:
        if check != P - u:
            return None
        x = x * _ROOT % P
    if x & 1 != sign:
        if not x:
            return None
        x = P - x
    return (x, y, 1, x * y % P)


def _power_p58(z):
    """Generator: z ** ((p - 5) / 8) = z ** (2**252 - 3)."""
    low = _LOW
    # ones[n] = z ** (2**n - 1), an exponent of n ones. n + m ones: n ones shifted by m, and m ones.
    ones = {1: z}
    n = 1
    for m in (1, 2, 1, 5, 10, 20, 10, 50, 100, 50):
        z = ones[n]
        for _ in range(m):
            z *= z
            z = (z & low) + 19 * (z >> 255)
            z = (z & low) + 19 * (z >> 255)
        n += m
        ones[n] = z * ones[m] % P
        yield 0
    z = ones[250]
    return pow(z, 4, P) * ones[1] % P
