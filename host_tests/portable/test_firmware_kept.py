"""What survives a reset: the record in RTC memory, damage at any byte, the crash line's length."""

import sys
import unittest

sys.path.insert(0, "firmware")

import kept
from fakes_board import Board, FakeRTC
from kept import FileMemory, Kept, cut, open_memory

from uwish import MemoryStore


class KeptTest(unittest.TestCase):
    def setUp(self):
        self.board = Board()

    def tearDown(self):
        self.board.remove()

    def write(self):
        k = Kept(FakeRTC())
        k.running = True
        k.crashes = 2
        k.line = "OSError: größer"
        k.interval_ms = 86400000
        k.backlog = b"\x00\x01frames"
        k.save()

    def fields(self):
        k = Kept(FakeRTC())
        return (k.running, k.crashes, k.line, k.interval_ms, k.backlog)

    def test_nothing_at_first(self):
        self.assertEqual(self.fields(), (False, 0, "", 0, b""))

    def test_all_of_it_comes_back(self):
        self.write()
        self.assertEqual(self.fields(), (True, 2, "OSError: größer", 86400000, b"\x00\x01frames"))

    def test_damage_at_any_byte_means_nothing_was_kept(self):
        self.write()
        good = FakeRTC.kept
        for i in range(len(good)):
            FakeRTC.kept = good[:i] + bytes([good[i] ^ 0x10]) + good[i + 1 :]
            self.assertEqual(self.fields(), (False, 0, "", 0, b""))
            FakeRTC.kept = good[:i]
            self.assertEqual(self.fields(), (False, 0, "", 0, b""))

    def test_the_most_it_holds_fits_in_the_memory(self):
        k = Kept(FakeRTC())
        k.line = "x" * 500
        k.crashes = 1000
        k.backlog = bytes(kept.BACKLOG)
        k.save()
        self.assertTrue(len(FakeRTC.kept) <= kept.SIZE)
        self.assertEqual(self.fields(), (False, 255, "x" * kept.LINE, 0, bytes(kept.BACKLOG)))

    def test_a_line_is_cut_between_characters(self):
        self.assertEqual(cut("aää", 2), b"a")
        self.assertEqual(cut("aää", 3), "aä".encode())
        self.assertEqual(cut("äää", 0), b"")
        self.assertEqual(cut("ab", 2), b"ab")

    def test_a_crash(self):
        k = Kept(FakeRTC())
        k.running = True
        k.crashed("a")
        k.crashed("b")
        self.assertEqual((k.crashes, k.line, k.running), (2, "b", False))

    def test_a_board_s_memory_is_its_rtc(self):
        self.assertTrue(isinstance(open_memory(), FakeRTC))

    def test_a_store_in_its_place(self):
        store = MemoryStore()
        k = Kept(FileMemory(store))
        self.assertEqual((k.crashes, k.line), (0, ""))
        k.crashed("why")
        k.save()
        k = Kept(FileMemory(store))
        self.assertEqual((k.crashes, k.line), (1, "why"))
        self.assertEqual(FakeRTC.kept, b"")


if __name__ == "__main__":
    unittest.main()
