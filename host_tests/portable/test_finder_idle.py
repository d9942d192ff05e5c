"""A connection to a contact that was heard: dropped when idle, unless a pin keeps it."""

import unittest

from sighted import World

from uwish.reasons import LOST
from uwish.scheduler import IDLE_MS, NEVER_MS

FIRST = 4  # the first index that is a sighting: there are as many places for pins


class Idle(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.finder = self.world.finder
        self.world.know(b"a")
        self.world.hear(b"a")
        self.link = self.world.connect(self.world.choose(), b"a")

    def idle(self):
        return self.finder.idle([self.link], self.world.now)

    def test_dropped_when_idle(self):
        self.world.later(IDLE_MS - 1)
        self.assertIsNone(self.idle())
        self.assertEqual(self.world.next_ms(self.link), 1)
        self.world.later(1)
        self.assertEqual(self.world.next_ms(self.link), 0)
        self.assertIs(self.idle(), self.link)

    def test_kept_while_frames_go_over_it(self):
        self.world.later(IDLE_MS - 1)
        self.link.last_frame = self.world.now
        self.world.later(IDLE_MS - 1)
        self.assertIsNone(self.idle())

    def test_kept_by_a_pin_of_either_policy(self):
        for policy in ("always", "eager"):
            self.world.pin(b"a", policy)
            self.world.later(10 * IDLE_MS)
            self.assertIsNone(self.idle())
            self.assertEqual(self.world.next_ms(self.link), NEVER_MS)

    def test_a_pin_for_another_host_does_not_keep_it(self):
        self.world.pin(b"a", rhid=b"i" * 32)
        self.world.later(IDLE_MS)
        self.assertIs(self.idle(), self.link)

    def test_without_its_pin_it_is_kept_until_it_is_idle_and_then_left_alone(self):
        self.world.pin(b"a")
        self.world.fail(FIRST, LOST)  # whatever it was before
        self.world.pins.buf[0] = 0
        self.assertTrue(self.finder.wanted(self.link))
        self.world.later(IDLE_MS)
        self.assertIs(self.idle(), self.link)
        self.world.hear(b"a")
        self.assertEqual(self.world.choose(), -1)

    def test_it_displaces_nobody_and_any_pin_displaces_it(self):
        pin = self.world.pin(b"b", "eager", 255)
        self.assertIs(self.finder.victim(pin, [self.link], self.world.now), self.link)
        self.assertIsNone(self.finder.victim(FIRST, [self.link], self.world.now))

    def test_one_that_is_not_established_is_not_idle(self):
        self.link.running = False
        self.world.later(IDLE_MS)
        self.assertIsNone(self.idle())


if __name__ == "__main__":
    unittest.main()
