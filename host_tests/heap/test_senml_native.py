"""The native code of the SenML writer gives the same bytes as the plain code, at every limit, or
nothing at all."""

import random
import unittest
from array import array

from uwish import cbor_records as records
from uwish._cbor_viper import put_texts, put_time, put_value
from uwish.cbor import put_text
from uwish.cbor_number import put_number

SMALL = 2**30 - 1
EE = b"\xee"
TEXTS = (None, "", "a", b"a", "x" * 23, "x" * 24, b"x" * 255)


def limits():
    """Small ints around every limit."""
    for limit in (0, 10, 23, 24, 255, 256, 2**10, 2**11, 65504, 2**16, 10**6, 2**24, SMALL):
        yield from range(limit - 2, limit + 3)


def values():
    """Small ints at every limit, and random ones with few and many zeros, fives and twos."""
    yield from limits()
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


def plain(value, exponent, name=None, unit=None):
    """An array of one record, by the plain code."""
    buf = bytearray(600)
    buf[0] = 0x81
    buf[1] = 0xA1 + (name is not None) + (unit is not None)
    pos = 2
    if name is not None:
        pos = put_text(buf, pos, 600, 0, name)
    if unit is not None:
        pos = put_text(buf, pos, 600, 1, unit)
    return bytes(buf[: put_number(buf, pos, 600, 2, value, exponent)])


class Native:
    """An array of `limit` bytes, for native code; behind them nothing may change."""

    def __init__(self, limit):
        self.buf = bytearray(EE * 600)
        self.at = array("i", [0] * records.SIZE)
        self.limit = limit
        self.clear()

    def clear(self):
        records.clear(memoryview(self.buf)[: self.limit], self.at)

    def record(self, value, exponent, name=None, unit=None):
        """The array with this record, or None when the native code leaves it to the plain code."""
        before = list(self.at[:6])
        done = put_texts(self.buf, self.at, 0, name, unit)
        done = done and put_value(self.buf, self.at, value, exponent)
        if not done:
            assert before == list(self.at[:6]) and self.buf[0] == 0x80
            return None
        return bytes(self.buf[: self.at[records.LENGTH]])

    def intact(self):
        return self.buf[self.limit :] == EE * (600 - self.limit)


class NumberTest(unittest.TestCase):
    def test_same_bytes_as_the_plain_code(self):
        self.compare(values())

    def test_same_bytes_at_every_limit(self):
        self.compare(limits())

    def compare(self, numbers):
        native = Native(20)
        common = rare = 0
        for value in numbers:
            if not 0 <= value <= SMALL:
                continue
            for exponent in range(-24, 1):
                for signed in (value, -value):
                    native.clear()
                    got = native.record(signed, exponent)
                    if got is None:
                        rare += 1
                    elif got != plain(signed, exponent):
                        self.fail("%d * 10**%d: %s" % (signed, exponent, got))
                    else:
                        common += 1
        self.assertTrue(common > 10 * rare > 0)

    def test_what_it_leaves_to_the_plain_code(self):
        for value, exponent in ((1, 1), (1, -25), (5, -1), (-25, -2), (20475, -1), (5**12, -12)):
            self.assertIsNone(Native(20).record(value, exponent))

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
                expected = plain(signed, exponent)
                for limit in range(1, 16):
                    native = Native(limit)
                    got = native.record(signed, exponent)
                    self.assertEqual(got, expected if limit >= len(expected) else None)
                    self.assertTrue(native.intact())


class TextTest(unittest.TestCase):
    def test_texts_before_the_number(self):
        for name in TEXTS:
            for unit in TEXTS:
                expected = plain(231, -1, name, unit)
                end = len(expected)
                for limit in range(max(end - 30, 1), end + 2):
                    native = Native(limit)
                    got = native.record(231, -1, name, unit)
                    self.assertEqual(got, expected if limit >= end else None)
                    self.assertTrue(native.intact())

    def test_texts_that_it_leaves_to_the_plain_code(self):
        for name, unit in (
            ("x" * 256, None),
            (None, "x" * 256),
            ("\xe4", None),
            ("a", b"\xc3\xa4"),
        ):
            self.assertIsNone(Native(600).record(5, 0, name, unit))


class BaseTest(unittest.TestCase):
    def base(self, native, name, unit, time):
        done = put_texts(native.buf, native.at, 0x21, name, unit)
        return bool(done and put_time(native.buf, native.at, time >> 16, time & 0xFFFF))

    def expected(self, name, unit, time):
        buf = bytearray(600)
        buf[0] = 0x81
        buf[1] = 0xA1 + (name is not None) + (unit is not None)
        pos = 2
        if name is not None:
            pos = put_text(buf, pos, 600, -2, name)
        if unit is not None:
            pos = put_text(buf, pos, 600, -4, unit)
        return bytes(buf[: put_number(buf, pos, 600, -3, time)])

    def test_same_bytes_as_the_plain_code_at_every_limit(self):
        for name in TEXTS:
            for unit in TEXTS:
                for time in (65536, 1700000000, 2**32 - 1):
                    expected = self.expected(name, unit, time)
                    end = len(expected)
                    for limit in range(max(end - 8, 1), end + 2):
                        native = Native(limit)
                        self.assertEqual(self.base(native, name, unit, time), limit >= end)
                        length = end if limit >= end else 1
                        self.assertEqual(native.at[records.LENGTH], length)
                        self.assertEqual(native.buf[0], 0x81 if limit >= end else 0x80)
                        if limit >= end:
                            self.assertEqual(native.buf[:end], expected)
                        self.assertTrue(native.intact())

    def test_what_goes_on_in_it(self):
        native = Native(60)
        self.assertTrue(self.base(native, "b", None, 65536))
        self.assertTrue(put_texts(native.buf, native.at, 0, "n", None))
        self.assertTrue(put_value(native.buf, native.at, 5, 0))
        end = native.at[records.LENGTH]
        self.assertEqual(native.buf[:end], b"\x81\xa4\x21ab\x22\x1a\0\x01\0\0\0an\x02\x05")
        self.assertEqual(native.at[records.LABELS], 0x6004)
        self.assertTrue(self.base(native, None, None, 65536))
        self.assertEqual(native.at[records.LABELS], 0x2000)
        self.assertEqual(native.buf[end : end + 7], b"\xa1\x22\x1a\0\x01\0\0")

    def test_what_it_leaves_to_the_plain_code(self):
        for name, unit, time in (
            ("x" * 256, None, 65536),
            (None, "\xe4", 65536),
            ("a", None, 65535),
        ):
            self.assertFalse(self.base(Native(600), name, unit, time))

    def test_no_base_twice(self):
        for name, unit, again in (("b", None, False), (None, "u", False), (None, None, False)):
            native = Native(600)
            self.assertTrue(self.base(native, name, unit, 65536))
            end = native.at[records.LENGTH]
            self.assertEqual(self.base(native, name, unit, 65536), again)
            self.assertEqual(native.at[records.LENGTH], end)


if __name__ == "__main__":
    unittest.main()
