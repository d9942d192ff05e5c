"""Cutting the stream into records, in any splits; the cipher is a stand-in that keeps count."""

import unittest

from uwish import record
from uwish.record import RecordReader, Window


class FakeCipher:
    """XORs with the record's number and lets the tag be that number."""

    def __init__(self):
        self.count = 0

    def seal(self, buf, off, n):
        for i in range(off, off + n):
            buf[i] ^= self.count & 0xFF
        for i in range(16):
            buf[off + n + i] = self.count & 0xFF
        self.count += 1

    def open(self, buf, off, n):
        for i in range(16):
            if buf[off + n + i] != self.count & 0xFF:
                return False
        for i in range(off, off + n):
            buf[i] ^= self.count & 0xFF
        self.count += 1
        return True

    def skip(self):
        self.count += 1


def stream(*plaintexts):
    window = Window(4000, FakeCipher())
    for plaintext in plaintexts:
        window.record(plaintext)
    return bytes(window.buf[: window.end])


def read_all(reader, data, step):
    """Feed `data` in pieces of `step` bytes; the outcomes and plaintexts."""
    found = []
    off = 0
    while off < len(data):
        end = min(off + step, len(data))
        while off < end:
            off += reader.take(data, off, end - off)
            if reader.outcome == record.COMPLETE:
                found.append(bytes(reader.buf[: reader.size]))
            elif reader.outcome != record.NOTHING:
                found.append(reader.outcome)
                if reader.outcome < 0:
                    return found
    return found


TEXTS = (b"first", b"", b"x" * 300, bytes(range(200)))


class Reader(unittest.TestCase):
    def test_any_split_gives_the_same_records(self):
        data = stream(*TEXTS)
        for step in (1, 2, 3, 7, 17, 18, 19, 100, len(data)):
            self.assertEqual(read_all(RecordReader(400, FakeCipher()), data, step), list(TEXTS))

    def test_raw_bytes_first(self):
        reader = RecordReader(400, FakeCipher())
        reader.want_raw(5)
        self.assertEqual(read_all(reader, b"hello" + stream(b"next"), 3), [b"hello", b"next"])

    def test_missing_of_raw_bytes(self):
        reader = RecordReader(200, FakeCipher())
        reader.want_raw(7)
        for done in range(7):
            self.assertEqual((reader.missing(), reader.outcome), (7 - done, record.NOTHING))
            reader.take(b"x", 0, 1)
        self.assertEqual((reader.missing(), reader.outcome, reader.size), (2, record.COMPLETE, 7))

    def test_missing_is_never_more_than_the_item(self):
        data = stream(*TEXTS)
        reader = RecordReader(400, FakeCipher())
        off = 0
        found = []
        while off < len(data):
            n = reader.missing()
            self.assertTrue(n > 0)
            self.assertEqual(reader.take(data, off, n), n)
            off += n
            if reader.outcome == record.COMPLETE:
                found.append(bytes(reader.buf[: reader.size]))
        self.assertEqual(found, list(TEXTS))

    def test_too_large_is_skipped_in_step(self):
        data = stream(b"before", b"y" * 1000, b"after")
        for step in (1, 5, 64, 2000):
            reader = RecordReader(200, FakeCipher())
            self.assertEqual(read_all(reader, data, step), [b"before", record.SKIPPED, b"after"])

    def test_exactly_the_buffer_fits(self):
        data = stream(b"z" * 184)
        self.assertEqual(read_all(RecordReader(200, FakeCipher()), data, 9), [b"z" * 184])
        self.assertEqual(read_all(RecordReader(199, FakeCipher()), data, 9), [record.SKIPPED])

    def test_length_below_a_tag(self):
        for n in (0, 1, 15):
            data = bytes([0, n]) + bytes(40)
            found = read_all(RecordReader(200, FakeCipher()), data, 1)
            self.assertEqual(found, [record.BROKEN_LENGTH])

    def test_clear_in_the_middle_of_anything(self):
        data = stream(*TEXTS)
        for raw in (0, 5, 90):
            for size in (200, 1000):
                for seen in range(1, 60):
                    reader = RecordReader(size, FakeCipher())
                    if raw:
                        reader.want_raw(raw)
                    read_all(reader, data[:seen], 1)
                    reader.clear()
                    self.assertEqual((reader.size, reader.missing()), (0, 2))
                    reader.cipher.count = 0
                    self.assertEqual(read_all(reader, stream(b"new"), 7), [b"new"])

    def test_in_one_piece_it_takes_one_record_and_no_more(self):
        data = stream(b"one", b"two")
        reader = RecordReader(200, FakeCipher())
        for text in (b"one", b"two"):
            self.assertEqual(reader.take(data, 0, len(data)), 21)
            self.assertEqual((reader.outcome, bytes(reader.buf[:3])), (record.COMPLETE, text))
            data = data[21:]
        self.assertEqual(reader.take(data, 0, 0), 0)
        self.assertEqual(reader.outcome, record.NOTHING)

    def test_wrong_tag(self):
        data = bytearray(stream(b"one", b"two"))
        data[-1] ^= 1
        found = read_all(RecordReader(200, FakeCipher()), bytes(data), 4)
        self.assertEqual(found, [b"one", record.BROKEN_TAG])


class Outgoing(unittest.TestCase):
    def test_room_is_exact(self):
        window = Window(100, FakeCipher())
        self.assertEqual(window.room(), 82)
        window.record(bytes(82))
        self.assertEqual(window.end, 100)
        self.assertEqual(window.room(), -18)

    def test_clear_forgets_what_is_half_sent(self):
        window = Window(100, FakeCipher())
        window.raw(b"abc")
        window.start = 2
        window.clear()
        self.assertEqual((window.start, window.end, window.room()), (0, 0, 82))


if __name__ == "__main__":
    unittest.main()
