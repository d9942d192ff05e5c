"""Frames that wait: order, a fixed size, their age, and what a damaged copy gives."""

import sys
import unittest

sys.path.insert(0, "firmware")

from backlog import AGE, Backlog
from senml_reader import Reader

from uwish.senml import Pack


def frame(value, time=None, records=1):
    pack = Pack(bytearray(2000))
    pack.base("dev:", time)
    for _ in range(records):
        pack.number("t", value)
    return bytes(pack.buf[: pack.length])


def base_time(data):
    """The number behind the label -3 in the first record; None when there is none."""
    at = data.find(b"\x22")
    if at < 0 or data[at + 1] != 0x3A:
        return None
    return -1 - int.from_bytes(data[at + 2 : at + 6], "big")


class BacklogTest(unittest.TestCase):
    def first(self, backlog, seconds=0):
        out = bytearray(2100)
        return bytes(out[: backlog.read(out, seconds)])

    def drain(self, backlog):
        found = []
        while backlog.count:
            found.append(self.first(backlog))
            backlog.pass_on()
            backlog.forget_passed()
        return found

    def test_first_in_first_out(self):
        backlog = Backlog(1000)
        frames = [frame(i, 1) for i in range(9)]
        for f in frames:
            self.assertTrue(backlog.push(f, len(f), 0, False))
        self.assertEqual(backlog.count, 9)
        self.assertEqual(self.drain(backlog), frames)
        self.assertEqual((backlog.count, backlog.data()), (0, b""))

    def test_when_it_is_full_the_oldest_go(self):
        for size in range(20, 200):
            backlog = Backlog(size)
            frames = [bytes([i]) * (1 + i * 7 % 11) for i in range(40)]
            for f in frames:
                self.assertTrue(backlog.push(f, len(f), 0, False))
                self.assertTrue(len(backlog.data()) <= size)
            kept = self.drain(backlog)
            self.assertTrue(kept)
            self.assertEqual(kept, frames[len(frames) - len(kept) :])
            self.assertEqual(backlog.lost, 40 - len(kept))

    def test_the_cursor(self):
        backlog = Backlog(100)
        frames = [bytes([i]) * 10 for i in range(6)]
        for f in frames:
            backlog.push(f, 10, 0, False)
        for f in frames[:3]:
            self.assertEqual(self.first(backlog), f)
            backlog.pass_on()
        self.assertEqual((backlog.count, backlog.passed), (6, 3))
        self.assertEqual(len(backlog.data()), 96)  # all are kept until it is known
        backlog.rewind()
        self.assertEqual((self.first(backlog), backlog.passed), (frames[0], 0))
        backlog.pass_on()
        backlog.pass_on()
        # A new frame takes the place of the oldest; the cursor stays where it is.
        backlog.push(b"new", 3, 0, False)
        self.assertEqual((backlog.count, backlog.passed, backlog.lost), (6, 1, 1))
        self.assertEqual(self.first(backlog), frames[2])
        backlog.forget_passed()
        self.assertEqual((backlog.count, backlog.passed), (5, 0))
        self.assertEqual(self.drain(backlog), frames[2:] + [b"new"])
        self.assertEqual(self.first(backlog), b"")

    def test_what_never_fits_is_refused_and_nothing_is_lost(self):
        backlog = Backlog(30)
        self.assertTrue(backlog.push(b"abc", 3, 0, False))
        self.assertFalse(backlog.push(bytes(25), 25, 0, False))
        self.assertTrue(backlog.push(bytes(15), 15, 0, False))
        self.assertEqual((backlog.count, backlog.lost), (2, 0))

    def test_it_goes_on_after_a_sleep(self):
        backlog = Backlog(100)
        frames = [frame(i, 1) for i in range(3)]
        for f in frames:
            backlog.push(f, len(f), 5, False)
        again = Backlog(100, backlog.data())
        self.assertEqual(again.count, 3)
        self.assertEqual(self.drain(again), frames)

    def test_a_damaged_copy_gives_whole_frames_or_none(self):
        backlog = Backlog(100)
        for i in range(3):
            backlog.push(frame(i), 9, 5, True)
        data = backlog.data()
        for end in range(len(data)):
            self.assertEqual(Backlog(100, data[:end]).count, end // 15)
        self.assertEqual(Backlog(20, data).count, 0)  # of a larger one
        self.assertEqual(Backlog(100, b"\x7f\xff" + data[2:]).count, 0)

    def test_a_frame_without_a_time_says_how_old_it_is(self):
        for records in (1, 2, 23, 24, 255, 256, 300):
            f = frame(7, None, records)
            backlog = Backlog(len(f) + 6)
            self.assertTrue(backlog.push(f, len(f), 1000, True))
            for now, age in ((1000, None), (999, None), (1001, -1), (1300, -300), (87400, -86400)):
                data = self.first(backlog, now)
                self.assertEqual(base_time(data), age)
                self.assertEqual(len(data), len(f) + (AGE if age else 0))
                self.assertTrue(Reader().open(data))
                reader = Reader()
                reader.open(data)
                read = 0
                while reader.next():
                    self.assertTrue(reader.named(b"dev:t"))
                    self.assertEqual(reader.number, 7)
                    read += 1
                self.assertEqual(read, records)

    def test_a_frame_with_its_own_time_is_left_alone(self):
        f = frame(7, 1780315200)
        backlog = Backlog(100)
        backlog.push(f, len(f), 1000, False)
        self.assertEqual(self.first(backlog, 5000), f)

    def test_what_is_no_pack_is_left_alone(self):
        for f in (b"\x80", b"\x81\x01", b"\x98\x30", b"\x81\xbf\xff"):
            backlog = Backlog(100)
            backlog.push(f, len(f), 1000, True)
            self.assertEqual(self.first(backlog, 5000), f)

    def test_setting_the_clock_makes_no_frame_older(self):
        backlog = Backlog(100)
        for i in range(2):
            backlog.push(frame(i), 9, 1000 + i, True)
        backlog.clock_jumped(800000000)
        self.assertEqual(base_time(self.first(backlog, 800001010)), -10)
        backlog.pass_on()
        self.assertEqual(base_time(self.first(backlog, 800001010)), -9)
        backlog.clock_jumped(-800000000)
        self.assertEqual(base_time(self.first(backlog, 1010)), -9)


if __name__ == "__main__":
    unittest.main()
