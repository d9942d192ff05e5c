"""What running on 32-bit words shows of native code that 64-bit words, or luck, would hide."""

import unittest
from array import array

from native_samples import is_first, product, shifted_right, store, word_at


class Words(unittest.TestCase):
    def test_products_are_cut_to_32_bits(self):
        self.assertEqual(product(1 << 20, 1 << 20), 0)
        self.assertEqual(product(0xFFFF, 0xFFFF), 0xFFFE0001 - (1 << 32))

    def test_the_highest_bit_is_a_sign(self):
        self.assertEqual(shifted_right(array("I", [0x80000000]), 28), -8)

    def test_objects_keep_what_they_are(self):
        self.assertTrue(is_first(None, None))
        self.assertFalse(is_first(None, False))


class Guard(unittest.TestCase):
    def notices(self, what, function, *arguments):
        with self.assertRaises(AssertionError) as raised:
            function(*arguments)
        self.assertIn(what, str(raised.exception))

    def test_buffers_are_written(self):
        buf = bytearray(4)
        store(memoryview(buf)[2:], 1, 0x1234)
        self.assertEqual(buf, b"\0\0\0\x34")

    def test_writing_behind_and_before_a_buffer(self):
        buf = bytearray(5)
        self.notices("writes 1 bytes outside", store, buf, 5, 0)
        self.notices("writes 1 bytes outside", store, buf, -1, 0)

    def test_reading_past_the_end(self):
        self.assertEqual(word_at(b"abcdefgh", 4), int.from_bytes(b"efgh", "little"))
        self.notices("reads 4 bytes outside", word_at, b"abcdefg", 4)

    def test_a_word_across_an_alignment(self):
        self.notices("reads 4 bytes across", word_at, bytearray(16), 2)

    def test_writing_to_bytes(self):
        self.notices("read-only", store, b"abc", 0, 1)
        self.notices("read-only", store, "abc", 0, 1)

    def test_a_wrong_address(self):
        self.notices("Invalid memory", word_at, 0x1234, 0)


if __name__ == "__main__":
    unittest.main()
