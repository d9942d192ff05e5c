"""The tables of constants, computed anew from their definitions."""

from uwish.crypto import _comb, edwards, group15, sha512


def pi(bits):
    """floor(pi * 2**bits), by Machin's formula with 64 bits to spare."""
    one = 1 << bits + 64

    def arctan_of_inverse(x):
        term = total = one // x
        n, sign = 3, -1
        while term:
            term //= x * x
            total += sign * (term // n)
            n, sign = n + 2, -sign
        return total

    return 4 * (4 * arctan_of_inverse(5) - arctan_of_inverse(239)) >> 64


def root(n, k):
    """floor of the k-th root of n."""
    low, high = 0, 1 << n.bit_length() // k + 1
    while low < high:
        middle = (low + high + 1) // 2
        if middle**k <= n:
            low = middle
        else:
            high = middle - 1
    return low


def primes(count):
    found = []
    n = 2
    while len(found) < count:
        if all(n % p for p in found):
            found.append(n)
        n += 1
    return found


def test_prime_of_group_15():
    assert group15.prime() == 2**3072 - 2**3008 - 1 + 2**64 * (pi(2942) + 1690314)
    # What the fast profile builds on.
    assert (group15.prime() + 1) % 2**64 == 0


def test_sha512():
    cube_roots = [root(p << 192, 3) % 2**64 for p in primes(80)]
    square_roots = [root(p << 128, 2) % 2**64 for p in primes(8)]
    assert b"".join(n.to_bytes(8, "big") for n in cube_roots) == sha512._K
    assert b"".join(n.to_bytes(8, "big") for n in square_roots) == sha512._H


def test_multiples_of_the_base_point():
    p = edwards.P
    d = -121665 * pow(121666, -1, p) % p
    assert (d, pow(2, (p - 1) // 4, p)) == (edwards._D, edwards._ROOT)

    def add(a, b):
        (x1, y1), (x2, y2) = a, b
        k = d * x1 * x2 * y1 * y2
        x = (x1 * y2 + x2 * y1) * pow(1 + k, -1, p)
        y = (y1 * y2 + x1 * x2) * pow(1 - k, -1, p)
        return x % p, y % p

    # RFC 8032, 5.1: y of the base point is 4/5, x is even.
    y = 4 * pow(5, -1, p) % p
    square = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
    x = pow(square, (p + 3) // 8, p)
    if x * x % p != square:
        x = x * edwards._ROOT % p
    teeth = [(min(x, p - x) if min(x, p - x) % 2 == 0 else max(x, p - x), y)]
    for _ in range(3):
        point = teeth[-1]
        for _ in range(64):
            point = add(point, point)
        teeth.append(point)
    table = b""
    for n in range(1, 16):
        x, y = 0, 1
        for bit, tooth in enumerate(teeth):
            if n >> bit & 1:
                x, y = add((x, y), tooth)
        for number in (y + x, y - x, 2 * d * x * y):
            table += (number % p).to_bytes(32, "little")
    assert table == _comb.COMB
