"""Who inherits the frames that wait for a peer at another host of the same identity."""

import unittest

from pooled import Link, Pool
from support import pin_table

from uwish.heirs import hand_down
from uwish.pin_changes import put
from uwish.pins import ANY_HOST

US = b"l" * 32
THEM = b"r" * 32


class Moved:
    """What `hand_down` looks at of a Node: the peer x was at host h and has left, with two frames
    waiting for it."""

    def __init__(self):
        self.pool = Pool(3)
        self.peers = self.pool.peers
        self.frames = self.pool.frames
        self.table = pin_table(2)
        self.pins = self.table.buf
        self.other = Link(1, b"i")
        self.pool.say("x")
        self.pool.tell()
        self.pool.put(0, b"1st")
        self.pool.put(0, b"2nd")
        self.pool.say("x", False)
        self.pool.tell()

    def hand_down(self, host=ANY_HOST):
        """The other host is connected, for a pin that asks for `host`."""
        hand_down(self, self.other, host)

    def waiting(self):
        """Which peers have frames, and the host at which the first is thought to be."""
        return [i for i in range(3) if self.frames.holds(i)], self.peers[0].rhid[:1]


class Heirs(unittest.TestCase):
    def test_who_has_not_shown_up_there_yet_is_expected_there(self):
        m = Moved()
        m.hand_down()
        self.assertEqual(m.waiting(), ([0], b"i"))
        m.pool.say("x", link=m.other)
        self.assertEqual(m.pool.tell(), ["+xa"])
        self.assertIs(m.peers.find(m.other, b"x" * 32, 0, 0), m.peers[0])

    def test_who_is_known_there_gets_them_in_the_order_of_acceptance(self):
        for online in (True, False):
            m = Moved()
            m.pool.say("x", link=m.other)
            m.pool.tell()
            m.pool.put(1, b"3rd")
            if not online:
                m.pool.say("x", False, link=m.other)
                m.pool.tell()
            m.hand_down()
            self.assertEqual(m.waiting(), ([1], b"h"))
            m.pool.say("x", link=m.other)
            off = m.frames.claim(1)
            payloads = []
            while off >= 0:
                n = m.frames.length(off)
                payloads.append(bytes(m.frames.buf[off + 6 : off + 6 + n]))
                off = m.frames.claim(1, off)
            self.assertEqual(payloads, [b"1st", b"2nd", b"3rd"])

    def test_not_when_the_pin_is_for_one_host(self):
        m = Moved()
        m.hand_down(b"i" * 32)
        self.assertEqual(m.waiting(), ([0], b"h"))

    def test_not_when_a_pin_asks_for_the_old_host(self):
        m = Moved()
        put(m.table, US, THEM, b"h" * 32, "eager", 255)
        m.hand_down()
        self.assertEqual(m.waiting(), ([0], b"h"))

    def test_but_when_one_asks_for_a_third_host(self):
        m = Moved()
        put(m.table, US, THEM, b"j" * 32, "always", 0)
        m.hand_down()
        self.assertEqual(m.waiting(), ([0], b"i"))

    def test_not_as_long_as_it_is_at_the_old_host_or_the_app_thinks_so(self):
        m = Moved()
        m.pool.say("x")
        m.hand_down()
        self.assertEqual(m.waiting(), ([0], b"h"))
        m.pool.tell()
        m.pool.say("x", False)
        m.hand_down()
        self.assertEqual(m.waiting(), ([0], b"h"))
        m.pool.tell()
        m.hand_down()
        self.assertEqual(m.waiting(), ([0], b"i"))

    def test_not_to_another_identity(self):
        for i in (31, 63):
            m = Moved()
            m.other.key = m.other.key[:i] + b"?" + m.other.key[i + 1 :]
            m.hand_down()
            self.assertEqual(m.waiting(), ([0], b"h"))

    def test_whoever_has_nothing_waiting_keeps_its_name(self):
        m = Moved()
        m.frames.forget(0)
        m.hand_down()
        self.assertEqual(m.waiting(), ([], b"h"))


if __name__ == "__main__":
    unittest.main()
