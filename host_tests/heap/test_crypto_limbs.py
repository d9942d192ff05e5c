"""The native arithmetic of the fast key exchange against plain integers, extreme limbs included."""

import random
import unittest

from uwish.crypto._limbs_viper import double, join, multiply, split
from uwish.crypto.group15 import prime

P = prime()
TOP = 1 << 3080
LIMBS = 472  # bytes, with two margins of 16


def limbs(number):
    x = bytearray(LIMBS)
    split(x, number.to_bytes(385, "little"))
    return x


def number(x):
    data = bytearray(385)
    join(x, data)
    return int.from_bytes(data, "little")


def some_numbers():
    """Below 4.2 p, where results stay below 1.1 p: the extremes first."""
    for n in (0, 1, 2, P - 1, P, P + 1, 4 * P, TOP >> 6, (TOP >> 6) - 1, 1 << 3073, 0x3FFF):
        yield n
    yield P ^ (P >> 1)
    random.seed(3526)
    for _ in range(12):
        n = 0
        for _ in range(103):
            n = n << 30 | random.getrandbits(30)
        yield n % (4 * P)


class LimbsTest(unittest.TestCase):
    def setUp(self):
        self.m = bytearray(LIMBS)
        self.q = limbs(P + 1)

    def product(self, a, b):
        x = limbs(a)
        multiply(limbs(b), 0, x, self.m, self.q)
        self.assertEqual(x[:16], bytes(16))
        self.assertEqual(x[-16:], bytes(16))
        return number(x)

    def square(self, a):
        x = limbs(a)
        multiply(x, 0, x, self.m, self.q)
        return number(x)

    def test_split_and_join(self):
        for n in some_numbers():
            x = limbs(n)
            self.assertEqual(number(x), n)
            self.assertEqual(x[16] | x[17] << 8, n & 0x3FFF)
            self.assertTrue(all(x[i] < 0x40 for i in range(17, LIMBS - 16, 2)))
        self.assertEqual(number(limbs(TOP - 1)), TOP - 1)

    def test_double(self):
        for n in some_numbers():
            x = limbs(n)
            double(x)
            self.assertEqual(number(x), 2 * n)

    def test_products(self):
        before = 1
        for n in some_numbers():
            for other in (n, before):
                result = self.product(n, other)
                self.assertEqual((result << 3080) % P, n * other % P)
                self.assertTrue(result < 11 * P // 10)
            self.assertEqual(self.square(n), self.product(n, n))
            before = n

    def test_every_limb_at_its_largest(self):
        # Sums come as near to 2**32 as they can; the results are still below 2**3080.
        most = TOP - 1
        for other in ((TOP >> 2) - 1, (TOP >> 2) - 2, 4 * P):
            wanted = most * other % P
            self.assertEqual((self.product(most, other) << 3080) % P, wanted)
            self.assertEqual((self.product(other, most) << 3080) % P, wanted)
        half = (TOP >> 1) - 1
        self.assertEqual((self.square(half) << 3080) % P, half * half % P)
        self.assertEqual(self.square(half), self.product(half, half))
        # p itself is cancelled by 2**3080 - 1 times p: every limb of m is at its largest.
        self.assertEqual(self.product(1, P), P)
        self.assertEqual(self.m[16:-16], b"\xff\x3f" * 220)
        self.assertEqual(self.product(P, 1), P)


if __name__ == "__main__":
    unittest.main()
