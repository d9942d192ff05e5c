"""Every number in the shortest exact form: the bytes, on both interpreters."""

import struct
import unittest
from binascii import hexlify, unhexlify

from uwish.cbor_number import put_number


def encode(value, exponent=0):
    buf = bytearray(32)
    end = put_number(buf, 0, 32, 7, value, exponent)
    return str(hexlify(buf[1:end]), "ascii")


class IntegerTest(unittest.TestCase):
    def test_heads_grow_at_their_limits(self):
        # RFC 8949 appendix A, and the neighbours of each limit.
        for value, expected in (
            (0, "00"),
            (1, "01"),
            (10, "0a"),
            (23, "17"),
            (24, "1818"),
            (100, "1864"),
            (255, "18ff"),
            (256, "190100"),
            (1000, "1903e8"),
            (65535, "19ffff"),
            (65536, "1a00010000"),
            (1000000, "1a000f4240"),
            (2**30 - 1, "1a3fffffff"),
            (2**30, "1a40000000"),
            (2**32 - 1, "1affffffff"),
            (2**32, "1b0000000100000000"),
            (1000000000000, "1b000000e8d4a51000"),
            (2**64 - 1, "1bffffffffffffffff"),
            (-1, "20"),
            (-10, "29"),
            (-24, "37"),
            (-25, "3818"),
            (-256, "38ff"),
            (-257, "390100"),
            (-1000, "3903e7"),
            (-65536, "39ffff"),
            (-65537, "3a00010000"),
            (-(2**30), "3a3fffffff"),
            (-(2**32), "3affffffff"),
            (-(2**32) - 1, "3b0000000100000000"),
            (-(2**64), "3bffffffffffffffff"),
        ):
            self.assertEqual(encode(value), expected)

    def test_more_than_64_bits_is_a_mistake(self):
        for value, exponent in (
            (2**64, 0),
            (-(2**64) - 1, 0),
            (2**64 + 1, -1),
            (-(2**64) - 1, -1),
            (2**64 + 1, 1),
        ):
            with self.assertRaises(ValueError):
                encode(value, exponent)

    def test_an_exponent_takes_one_byte(self):
        for exponent in (-25, 24):
            with self.assertRaises(ValueError):
                encode(1, exponent)

    def test_an_integer_without_exponent_stays_an_integer(self):
        # 4([9, 1]) would be a byte shorter.
        self.assertEqual(encode(1000000000), "1a3b9aca00")


class DecimalTest(unittest.TestCase):
    def test_a_decimal_fraction_when_nothing_binary_is_exact(self):
        for value, exponent, expected in (
            (231, -1, "c4822018e7"),
            (1201, -1, "c482201904b1"),
            (-1, -1, "c4822020"),
            (-24, -1, "c4822037"),
            (-241, -1, "c4822038f0"),
            (27315, -2, "c48221196ab3"),  # RFC 8949 section 3.4.4
            (2430621, -5, "c482241a0025169d"),
            (1, -24, "c4823701"),
            (1073741823, -3, "c482221a3fffffff"),
            (-1073741823, -3, "c482223a3ffffffe"),
            (1276020076001, -3, "c482221b0000012918b92de1"),
        ):
            self.assertEqual(encode(value, exponent), expected)

    def test_zeros_do_not_count(self):
        for value, exponent, expected in (
            (0, -5, "00"),
            (0, 5, "00"),
            (230, -1, "17"),
            (-23000, -3, "36"),
            (2310000, -5, "c4822018e7"),
            (1000000000, -9, "01"),
        ):
            self.assertEqual(encode(value, exponent), expected)

    def test_a_whole_number_is_an_integer_while_that_is_no_longer(self):
        for value, exponent, expected in (
            (5, 1, "1832"),
            (5, 3, "191388"),
            (65, 3, "19fde8"),
            (-65, 3, "39fde7"),
            (66, 3, "1a000101d0"),  # five bytes either way: the integer
            (123456789, 1, "1a499602d2"),
            (429496729, 1, "1afffffffa"),
            (-429496729, 1, "3afffffff9"),
            (12345678901, 1, "1b0000001cbe991a12"),
        ):
            self.assertEqual(encode(value, exponent), expected)

    def test_a_decimal_fraction_when_the_integer_is_longer(self):
        for value, exponent, expected in (
            (7, 4, "c4820407"),
            (-7, 4, "c4820426"),
            (70000, 1, "c4820507"),
            (1, 9, "c4820901"),
            (429496731, 1, "c482011a1999999b"),
            (1, 23, "c4821701"),
            (-2400, 23, "c482181937"),
            (-23, 23, "c4821736"),
            (2000, 23, "c482181a02"),
            (200, 23, "c482181902"),
            (20, 23, "c4821714"),
        ):
            self.assertEqual(encode(value, exponent), expected)

    def test_a_float_when_it_is_exact_and_shorter(self):
        for value, exponent, expected in (
            (5, -1, "f93800"),
            (-5, -1, "f9b800"),
            (235, -1, "f94de0"),
            (15, -1, "f93e00"),
            (25, -2, "f93400"),
            (125, -3, "f93000"),
            (10235, -1, "f963ff"),  # 1023.5: all 11 bits of a half
            (20475, -1, "fa44fff000"),  # 2047.5: twelve
            (59604644775390625, -24, "f90001"),  # 2**-24, the smallest half
            (1000005, -1, "fa47c35040"),
            (167772155, -1, "c482201a09fffffb"),  # 25 bits: no single
            (83886075, -1, "fa4affffff"),  # 24 bits: the last single of its kind
            (1, 10, "c4820a01"),
            (12760200765, -1, "fb41d303a15b200000"),
        ):
            self.assertEqual(encode(value, exponent), expected)


class FloatTest(unittest.TestCase):
    def test_shortest_float(self):
        for value, expected in (
            (0.0, "00"),
            (-0.0, "00"),
            (1.0, "01"),
            (-4.0, "23"),
            (1.5, "f93e00"),
            (65504.0, "19ffe0"),
            (65505.0, "19ffe1"),
            (100000.0, "1a000186a0"),
            (3.4028234663852886e38, "fa7f7fffff"),
            (5.960464477539063e-8, "f90001"),
            (0.00006103515625, "f90400"),
            (0.00006097555160522461, "f903ff"),
            (0.000030547380447387695, "fa38002000"),
            (4294967296.0, "fa4f800000"),
            (-4294967296.0, "3affffffff"),
            (1.401298464324817e-45, "fa00000001"),
        ):
            self.assertEqual(encode(value), expected)

    def test_double(self):
        # A board whose floats are singles cannot hold these; both interpreters of the suite can.
        for value in (1.1, -4.1, 120.1, 1.0e300, 5e-324, 2.2250738585072014e-308, 1276020076.001):
            self.assertEqual(encode(value), "fb" + str(hexlify(struct.pack(">d", value)), "ascii"))

    def test_what_is_no_number_is_a_mistake(self):
        for value in (float("nan"), float("inf"), float("-inf")):
            with self.assertRaises(ValueError):
                encode(value)
        with self.assertRaises(ValueError):
            encode(1.5, -1)


class RoomTest(unittest.TestCase):
    def test_each_form_needs_exactly_its_length(self):
        for value, exponent in (
            (5, 0),
            (500, 0),
            (2**40, 0),
            (231, -1),
            (1, 9),
            (123456789, 1),
            (5, -1),
            (20475, -1),
            (12760200765, -1),
        ):
            whole = unhexlify(encode(value, exponent))
            for limit in range(len(whole) + 3):
                buf = bytearray(b"\xee" * (len(whole) + 4))
                end = put_number(buf, 0, limit, -1, value, exponent)
                self.assertEqual(bytes(buf[limit:]), b"\xee" * (len(buf) - limit))
                if limit <= len(whole):
                    self.assertEqual(end, -1)
                else:
                    self.assertEqual(bytes(buf[:end]), b"\x20" + whole)
            self.assertEqual(put_number(buf, -1, len(buf), -1, value, exponent), -1)


if __name__ == "__main__":
    unittest.main()
