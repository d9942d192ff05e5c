"""The send buffer: order, refusals, and what becomes of frames when a connection dies after any
byte."""

import unittest

from uwish.sendbuf import HEADER, SendBuffer
from uwish.status import FULL, OK, TOO_LARGE

TAKEN = 0xFFFF  # more than any window has: the network took all of it


def waiting(buffer, connection):
    """Payloads that wait for `connection`, in order."""
    found = []
    buf = buffer.buf
    off = 0
    while off < buffer.used:
        end = off + HEADER + buffer.length(off)
        if buf[off + 1] == 0 and buffer.route[buf[off]] == connection + 1:
            found.append(bytes(buf[off + HEADER : end]))
        off = end
    return found


def seal_all(buffer, connection, start=0):
    """Pretend to seal all that waits: a record is 20 bytes longer than its payload. Where the
    window ends."""
    off = buffer.claim(connection)
    end = start
    while off >= 0:
        n = buffer.length(off)
        end += n + 20
        buffer.buf[off + 4] = end >> 8
        buffer.buf[off + 5] = end & 0xFF
        off = buffer.claim(connection, off + HEADER + n)
    return end


class Putting(unittest.TestCase):
    def test_refusals_change_nothing(self):
        buffer = SendBuffer(100, 2)
        self.assertEqual(buffer.put(0, b"x" * 95, 95), TOO_LARGE)
        self.assertEqual(buffer.put(0, b"x" * 94, 94), OK)
        before = bytes(buffer.buf)
        self.assertEqual(buffer.put(0, b"", 0), FULL)
        self.assertEqual(buffer.put(0, b"y" * 95, 95), TOO_LARGE)
        # It would fit into an empty one.
        self.assertEqual(buffer.put(0, b"y" * 94, 94), FULL)
        self.assertEqual(bytes(buffer.buf), before)

    def test_empty_frames_and_many(self):
        buffer = SendBuffer(60, 1)
        buffer.route[0] = 1
        for _ in range(10):
            self.assertEqual(buffer.put(0, b"", 0), OK)
        self.assertEqual(buffer.put(0, b"", 0), FULL)
        self.assertEqual(waiting(buffer, 0), [b""] * 10)

    def test_order_and_routes(self):
        buffer = SendBuffer(200, 3)
        buffer.route[0] = 1
        buffer.route[1] = 2
        for i in range(6):
            buffer.put(i % 3, b"%d" % i, 1)
        self.assertEqual(waiting(buffer, 0), [b"0", b"3"])
        self.assertEqual(waiting(buffer, 1), [b"1", b"4"])
        self.assertEqual(waiting(buffer, 2), [])


class Leaving(unittest.TestCase):
    def test_what_was_taken_frees_the_room_and_keeps_the_others(self):
        buffer = SendBuffer(200, 2)
        buffer.route[0] = 1
        buffer.route[1] = 2
        for i in range(6):
            buffer.put(i % 2, b"%d" % i, 1)
        seal_all(buffer, 0)
        self.assertEqual(waiting(buffer, 0), [])
        self.assertEqual(buffer.rewind(0, TAKEN), 3)
        self.assertEqual(buffer.used, 3 * (HEADER + 1))
        self.assertEqual(waiting(buffer, 1), [b"1", b"3", b"5"])

    def test_a_dead_connection_at_every_byte(self):
        payloads = [b"a" * 3, b"b" * 10, b"", b"c" * 7]
        for sent in range(5, 5 + sum(len(p) + 20 for p in payloads)):
            buffer = SendBuffer(200, 1)
            buffer.route[0] = 1
            for p in payloads:
                buffer.put(0, p, len(p))
            end = seal_all(buffer, 0, 5)  # five bytes of control messages lie before
            self.assertTrue(sent < end)
            expected = list(payloads)
            border = 5
            while expected and border + len(expected[0]) + 20 <= sent:
                border += len(expected.pop(0)) + 20
            gone = buffer.rewind(0, sent)
            self.assertEqual(gone, len(payloads) - len(expected))
            self.assertEqual(waiting(buffer, 0), expected)

    def test_forget_drops_one_peers_frames_only(self):
        buffer = SendBuffer(200, 2)
        buffer.route[0] = 1
        buffer.route[1] = 1
        for i in range(5):
            buffer.put(i % 2, b"%d" % i, 1)
        self.assertTrue(buffer.holds(0))
        self.assertEqual(buffer.forget(0), 3)
        self.assertFalse(buffer.holds(0))
        self.assertEqual(waiting(buffer, 0), [b"1", b"3"])

    def test_whose_frames_are_there_and_whose_are_sealed(self):
        # Behind frames of any length, also where bytes of one look like another's header.
        for n in (0, 1, 255, 256, 257, 300, 515):
            buffer = SendBuffer(1200, 4)
            buffer.put(0, bytes([2, 1, 0, 0, 2, 2]) * 90, n)
            buffer.put(1, bytes(n), n)
            buffer.put(3, b"", 0)
            self.assertEqual([buffer.holds(i) for i in range(4)], [True, True, False, True])
            self.assertEqual([buffer.in_window(i) for i in range(4)], [False] * 4)
            buffer.route[3] = 2
            buffer.claim(1)
            self.assertEqual([buffer.in_window(i) for i in range(4)], [False] * 3 + [True])

    def test_forget_leaves_what_is_sealed(self):
        buffer = SendBuffer(200, 1)
        for connection in (0, 1, 2):
            buffer.route[0] = connection + 1
            buffer.put(0, b"%d" % connection, 1)
            seal_all(buffer, connection)
        buffer.put(0, b"w", 1)
        self.assertEqual(buffer.forget(0), 1)
        self.assertEqual(buffer.used, 3 * (HEADER + 1))
        self.assertEqual([buffer.rewind(c, TAKEN) for c in (0, 1, 2)], [1, 1, 1])
        self.assertEqual((buffer.used, buffer.holds(0)), (0, False))

    def test_a_dead_connection_takes_its_own_frames_only(self):
        buffer = SendBuffer(300, 2)
        buffer.route[0] = 1
        buffer.route[1] = 2
        for i in range(6):
            buffer.put(i % 2, b"%d" % i, 1)
        seal_all(buffer, 0)
        seal_all(buffer, 1)
        self.assertEqual(buffer.rewind(0, 21), 1)
        self.assertEqual(buffer.used, 5 * (HEADER + 1))
        self.assertEqual((waiting(buffer, 0), waiting(buffer, 1)), ([b"2", b"4"], []))
        self.assertEqual(buffer.rewind(1, TAKEN), 3)
        self.assertEqual(buffer.used, 2 * (HEADER + 1))

    def test_a_stalled_peer_leaves_the_others_their_room(self):
        buffer = SendBuffer(300, 2)
        buffer.route[0] = 1
        buffer.route[1] = 2
        buffer.put(0, b"stalled", 7)
        seal_all(buffer, 0)
        for i in range(1000):
            self.assertEqual(buffer.put(1, b"%03d" % i, 3), OK)
            self.assertEqual(waiting(buffer, 1), [b"%03d" % i])
            seal_all(buffer, 1)
            self.assertEqual(buffer.rewind(1, TAKEN), 1)
        buffer.rewind(0, 0)
        self.assertEqual(waiting(buffer, 0), [b"stalled"])


if __name__ == "__main__":
    unittest.main()
