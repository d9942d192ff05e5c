"""The native code of the SenML writer gives the same bytes as the plain code, at every limit."""

import random
import unittest

from uwish.cbor import put_text
from uwish.cbor_number import RARE, put_any, put_small

SMALL = 2**30 - 1


def values():
    """Small ints around every limit, and random ones with few and many zeros, fives and twos."""
    for limit in (0, 10, 23, 24, 255, 256, 2**10, 2**11, 65504, 2**16, 10**6, 2**24, SMALL):
        yield from range(limit - 2, limit + 3)
    for power in range(13):
        yield 5**power
        yield 10 ** (power % 10)
    random.seed(8428)
    for _ in range(1500):
        n = random.getrandbits(random.randrange(1, 30))
        yield n
        yield n * 5 ** random.randrange(1, 10) % SMALL
        yield n * 10 ** random.randrange(1, 9) % SMALL
        yield (n << random.randrange(20)) % SMALL


def number(buf, pos, limit, label, value, exponent):
    """The native code without texts."""
    return put_small(buf, pos, limit, label, value, exponent, None, -1, None, -1)


class NativeTest(unittest.TestCase):
    def test_same_bytes_as_the_plain_code(self):
        native = bytearray(16)
        plain = bytearray(16)
        common = rare = 0
        for value in values():
            if not 0 <= value <= SMALL:
                continue
            for exponent in range(-24, 1):
                for signed in (value, -value):
                    end = number(native, 0, 16, -3, signed, exponent)
                    if end == RARE:
                        rare += 1
                    elif put_any(plain, 0, 16, -3, signed, exponent) != end or native != plain:
                        self.fail("%d * 10**%d: %s, not %s" % (signed, exponent, native, plain))
                    else:
                        common += 1
        self.assertTrue(common > 10 * rare > 0)

    def test_what_it_leaves_to_the_plain_code(self):
        buf = bytearray(16)
        for value, exponent in ((1, 1), (5, -1), (-25, -2), (20475, -1), (5**12, -12)):
            self.assertEqual(number(buf, 0, 16, 2, value, exponent), RARE)
        self.assertEqual(buf, bytearray(16))

    def test_same_limit_as_the_plain_code(self):
        for value, exponent in (
            (5, 0),
            (500, 0),
            (SMALL, 0),
            (231, -1),
            (2315, -2),
            (2315000, -2),
            (1, -24),
        ):
            for signed in (value, -value):
                end = put_any(bytearray(16), 0, 16, 2, signed, exponent)
                for limit in range(16):
                    buf = bytearray(b"\xee" * 16)
                    expected = end if limit >= end else -1
                    self.assertEqual(number(buf, 0, limit, 2, signed, exponent), expected)
                    self.assertEqual(bytes(buf[limit:]), b"\xee" * (16 - limit))
                self.assertEqual(number(bytearray(16), -1, 16, 2, signed, exponent), -1)

    def test_texts_before_the_number(self):
        texts = [None, "", "a", b"a", "x" * 23, "x" * 24, b"x" * 255]
        for name in texts:
            for unit in texts:
                n = -1 if name is None else len(name)
                u = -1 if unit is None else len(unit)
                plain = bytearray(600)
                pos = 0
                if name is not None:
                    pos = put_text(plain, pos, 600, 0, name)
                if unit is not None:
                    pos = put_text(plain, pos, 600, 1, unit)
                end = put_any(plain, pos, 600, 2, 231, -1)
                limits = list(range(end - 9, end + 2))
                for limit in limits + [n, u, n + 2, n + 3, n + u + 4]:
                    limit = max(limit, 0)
                    buf = bytearray(b"\xee" * 600)
                    got = put_small(buf, 0, limit, 2, 231, -1, name, n, unit, u)
                    self.assertEqual(got, end if limit >= end else -1)
                    self.assertEqual(bytes(buf[limit:]), b"\xee" * (600 - limit))
                    if limit >= end:
                        self.assertEqual(buf[:end], plain[:end])

    def test_texts_that_it_leaves_to_the_plain_code(self):
        buf = bytearray(600)
        for name, unit in (
            ("x" * 256, None),
            (None, "x" * 256),
            ("\xe4", None),
            ("a", b"\xc3\xa4"),
        ):
            n = -1 if name is None else len(name)
            u = -1 if unit is None else len(unit)
            self.assertEqual(put_small(buf, 0, 600, 2, 5, 0, name, n, unit, u), RARE)


if __name__ == "__main__":
    unittest.main()
