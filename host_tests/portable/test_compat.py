"""Byte moves in both forms, and time arithmetic around its wrap."""

import unittest

import uwish._plain as _plain
from uwish import compat


class Time(unittest.TestCase):
    def test_elapsed_across_the_wrap(self):
        self.assertEqual(compat.elapsed(5, 0x3FFFFFFF), 6)
        self.assertEqual(compat.elapsed(0x3FFFFFFF, 5), -6)
        self.assertEqual(compat.elapsed(1000, 400), 600)

    def test_tick_add_across_the_wrap(self):
        self.assertEqual(compat.tick_add(0x3FFFFFFF, 10), 9)
        self.assertEqual(compat.tick_add(100, 50), 150)
        for start in (0, 1, 0x1FFFFFFF, 0x3FFFFFF0):
            later = compat.tick_add(start, 300000)
            self.assertEqual(compat.elapsed(later, start), 300000)


class Moves(unittest.TestCase):
    def check(self, module):
        buf = bytearray(b"0123456789")
        module.copy(buf, 0, buf, 3, 5)
        self.assertEqual(buf, b"3456756789")
        module.copy(buf, 4, b"abc", 1, 2)
        self.assertEqual(buf, b"3456bc6789")
        module.copy(buf, 0, b"", 0, 0)
        self.assertEqual(buf, b"3456bc6789")
        self.assertTrue(module.same(buf, 4, b"xbc", 1, 2))
        self.assertFalse(module.same(buf, 4, b"xbd", 1, 2))
        self.assertTrue(module.same(buf, 0, b"", 0, 0))
        self.assertEqual(module.find_zero(b"ab\0c\0", 0, 5), 2)
        self.assertEqual(module.find_zero(b"ab\0c\0", 3, 5), 4)
        self.assertEqual(module.find_zero(b"ab\0c\0", 3, 4), -1)

    def test_what_this_build_uses(self):
        self.check(compat)

    def test_plain_twin(self):
        self.check(_plain)


class Numbers(unittest.TestCase):
    def test_u16(self):
        buf = bytearray(4)
        compat.put_u16(buf, 1, 0xABCD)
        self.assertEqual(buf, b"\0\xab\xcd\0")
        self.assertEqual(compat.get_u16(buf, 1), 0xABCD)

    def test_u32_refuses_what_no_length_can_be(self):
        self.assertEqual(compat.u32_at(b"\x01\x02\x03\x04", 0), 0x04030201)
        self.assertEqual(compat.u32_at(b"\xff\xff\xff\xff", 0), -1)
        self.assertEqual(compat.u32_at(b"\x00\x00\x00\x20", 0), -1)


if __name__ == "__main__":
    unittest.main()
