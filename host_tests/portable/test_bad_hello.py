"""Bad hellos and key values: each closes the connection for its own reason, and the next works."""

import unittest

from bad_input import HELLO_BYTES, PREFIX, ROLES, AsClient, AsServer, Endings
from support import DEVICE, GATEWAY, feed

from uwish.connection import CLOSED
from uwish.crypto.group15 import prime
from uwish.phases import HELLO, KEY
from uwish.reasons import BAD_HELLO, BAD_KEY, LOST, REFUSED, UNKNOWN_CONTACT


class Hellos(Endings, unittest.TestCase):
    def test_magic(self):
        for magic in (b"X.", b"W!", b"\0\0", b"GE"):
            self.ends(AsServer(), magic + HELLO_BYTES[2:], BAD_HELLO, HELLO)

    def test_version_and_type(self):
        for kind in (0x01, 0x21, 0x10, 0x12, 0x13, 0x16, 0x17, 0xFF):
            hello = HELLO_BYTES[:2] + bytes([kind]) + HELLO_BYTES[3:]
            self.ends(AsServer(), hello, BAD_HELLO, HELLO)

    def test_for_another_identity(self):
        self.ends(AsServer(), HELLO_BYTES[:3] + bytes(32) + DEVICE.uid, UNKNOWN_CONTACT, HELLO)

    def test_from_a_stranger(self):
        self.ends(AsServer(), HELLO_BYTES[:35] + bytes(32), UNKNOWN_CONTACT, HELLO)
        self.ends(AsServer(), HELLO_BYTES[:35] + GATEWAY.uid, UNKNOWN_CONTACT, HELLO)

    def test_the_host_hangs_up_on_our_hello(self):
        side = AsClient()
        side.host.c.lost()
        self.assertEqual((side.host.c.state, side.host.c.reason), (CLOSED, REFUSED))
        self.works_again(side)

    def test_a_caller_that_hangs_up_was_not_refused(self):
        side = AsServer()
        feed(side.host.c, HELLO_BYTES[:20])
        side.host.c.lost()
        self.assertEqual(side.host.c.reason, LOST)


class Keys(Endings, unittest.TestCase):
    def test_values_outside_the_range(self):
        p = prime()
        for value in (0, 1, p - 1, p, p + 1, (1 << 3072) - 1):
            raw = value.to_bytes(384, "big")
            for role in ROLES:
                side = role()
                self.ends(side, side.before + PREFIX + raw, BAD_KEY, KEY)

    def test_short_values_outside_the_range(self):
        for raw in (b"\0", b"\1", b"\0\0\0\1"):
            for role in ROLES:
                side = role()
                self.ends(side, side.before + bytes([0, len(raw)]) + raw, BAD_KEY, KEY)

    def test_lengths(self):
        for length in (b"\0\0", b"\x01\x81", b"\x80\x01", b"\xff\xff"):
            for role in ROLES:
                side = role()
                self.ends(side, side.before + length + side.key, BAD_KEY, KEY)


if __name__ == "__main__":
    unittest.main()
