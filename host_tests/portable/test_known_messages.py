"""Messages that a session knows as a whole: what it does with them, and with anything that differs
from one in a single byte, is what it does when it takes every message apart."""

import unittest

from messages import PING, PONG, send, sid

from uwish.reasons import NONE
from uwish.service import Service
from uwish.session import Session
from uwish.stats import Stats

OURS = sid("device")
THEIRS = bytes(range(1, 33))
PROTOCOLS = ("sensor", "s")


class Owner:
    """What a session tells it."""

    def __init__(self):
        self.frames = []

    def on_frame(self, connection, protocol_index, buf, rsid_off, off, n):
        self.frames.append(
            (protocol_index, bytes(buf[rsid_off : rsid_off + 32]), bytes(buf[off : off + n]))
        )


class End:
    """A session that takes every message apart, unless it has been started."""

    def __init__(self, started):
        self.owner = Owner()
        self.stats = Stats()
        self.session = Session(None, Service("device", PROTOCOLS), self.owner, self.stats)
        if started:
            self.session.start()

    def say(self, message):
        """What comes of it."""
        ignored = self.stats.ignored, self.stats.undelivered
        self.session.replies.pending = False
        reason = self.session.receive(bytearray(message), len(message))
        found = self.owner.frames
        self.owner.frames = []
        counted = self.stats.ignored - ignored[0], self.stats.undelivered - ignored[1]
        return reason, found, counted, self.session.replies.pending


class KnownMessages(unittest.TestCase):
    def setUp(self):
        self.quick = End(True)
        self.slow = End(False)

    def alike(self, message):
        expected = self.slow.say(message)
        self.assertEqual(self.quick.say(message), expected)
        return expected

    def test_frames(self):
        for index, protocol in enumerate(PROTOCOLS):
            for payload in (b"", b"x", bytes(64), bytes(range(256)) * 4):
                reason, frames, counted, _ = self.alike(send(THEIRS, OURS, protocol, payload))
                self.assertEqual(frames, [(index, THEIRS, payload)])
                self.assertEqual((reason, counted), (NONE, (0, 0)))

    def test_they_are_known(self):
        self.quick.session._take_apart = None
        self.assertEqual(len(self.quick.say(send(THEIRS, OURS, "s", b"y"))[1]), 1)
        self.assertTrue(self.quick.say(PING)[3])

    def test_one_byte_differs(self):
        delivered = 0
        message = send(THEIRS, OURS, "sensor", b"payload")
        for off in range(len(message)):
            for bit in (1, 0x80):
                other = bytearray(message)
                other[off] ^= bit
                delivered += len(self.alike(other)[1])
        # At least those that differ in the payload or in the sender's service id.
        self.assertTrue(delivered >= 2 * (len(b"payload") + len(THEIRS)))

    def test_too_short_and_too_long(self):
        message = send(THEIRS, OURS, "sensor", b"payload")
        for n in range(len(message)):
            self.alike(message[:n])
        self.alike(message + b"\0")

    def test_pings(self):
        self.assertTrue(self.alike(PING)[3])
        self.assertFalse(self.alike(PONG)[3])
        for off in range(len(PING)):
            for bit in (1, 0x80):
                other = bytearray(PING)
                other[off] ^= bit
                self.alike(other)

    def test_nothing_is_known_before_the_start(self):
        self.slow.session._take_apart = lambda buf, n: "apart"
        self.assertEqual(self.slow.say(send(THEIRS, OURS, "s", b""))[0], "apart")


if __name__ == "__main__":
    unittest.main()
