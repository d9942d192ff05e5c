"""Whom to call of those who announce themselves: the rules in finder.py's header."""

import unittest

from scheduling import US, Link
from sighted import IP, OTHER_IP, World

from uwish.finder import DOUBT_MS
from uwish.pins import ANY_HOST
from uwish.reasons import BAD_SIGNATURE, CONNECT, LOST, REFUSED, WRONG_HOST
from uwish.scheduler import IDLE_MS, NEVER_MS, REFUSED_MS
from uwish.sightings import AWAY_MS, FRESH_MS, UNSURE

HEARD = "wish://192.0.2.1:37009"
GIVEN = "wish://given:1"
ALSO_GIVEN = "wish://given:2"
FIRST = 4  # the first index that is a sighting: there are as many places for pins


class Opportunities(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.finder = self.world.finder
        self.world.know(b"a")

    def test_a_contact_that_is_heard_is_called(self):
        self.assertEqual(self.world.choose(), -1)
        self.assertEqual(self.world.next_ms(), NEVER_MS)
        self.world.hear(b"a")
        self.assertEqual(self.world.next_ms(), 0)
        index = self.world.choose()
        self.assertEqual(index, FIRST)
        self.assertEqual(self.world.dial(index), HEARD)
        self.assertEqual(self.finder.contact(index), 0)

    def test_a_stranger_is_not_and_a_contact_that_was_forgotten_neither(self):
        self.world.hear(b"s")
        self.assertEqual(self.world.choose(), -1)
        self.world.hear(b"a")
        self.world.contacts.buf[0] = 0
        self.assertEqual(self.world.choose(), -1)

    def test_only_while_it_announces_itself(self):
        self.world.hear(b"a")
        self.world.later(FRESH_MS)
        self.assertEqual(self.world.choose(), FIRST)
        self.world.later(1)
        self.assertEqual(self.world.choose(), -1)
        self.assertEqual(self.world.next_ms(), NEVER_MS)
        self.world.hear(b"a")
        self.assertEqual(self.world.choose(), FIRST)

    def test_only_while_there_is_a_place(self):
        self.world.hear(b"a")
        full = [Link(b"x")]
        self.assertEqual(self.finder.choose(US, full, self.world.now), -1)
        # There is nothing to come back for before something changes.
        self.assertTrue(self.finder.next_ms(US, full, self.world.now) >= IDLE_MS)
        self.assertIsNone(self.finder.victim(FIRST, full, self.world.now))

    def test_once(self):
        self.world.hear(b"a")
        link = self.world.connect(self.world.choose(), b"a")
        self.assertEqual(self.world.choose(link), -1)
        # Dropped because it was idle: it is still announced, and left alone.
        self.world.hear(b"a")
        self.assertEqual(self.world.choose(), -1)
        self.assertEqual(self.world.next_ms(), NEVER_MS)

    def test_again_when_it_was_away(self):
        self.world.hear(b"a")
        self.world.connect(self.world.choose(), b"a")
        self.world.later(AWAY_MS + 1)
        self.world.hear(b"a")
        self.assertEqual(self.world.choose(), FIRST)

    def test_again_after_a_back_off_when_the_connection_broke(self):
        self.world.hear(b"a")
        index = self.world.choose()
        self.world.dial(index)
        self.world.connect(index, b"a")
        wait = self.world.fail(index, LOST, lasted_ms=5)
        self.assertEqual(self.world.choose(), -1)
        self.assertEqual(self.world.next_ms(), wait)
        self.world.later(wait)
        self.assertEqual(self.world.choose(), FIRST)

    def test_not_while_its_host_is_connected_anyhow(self):
        self.world.hear(b"a", b"h")
        self.assertEqual(self.world.choose(Link(b"a", b"h")), -1)
        self.assertEqual(self.world.choose(Link(b"a", b"i")), FIRST)

    def test_another_host_that_answers_is_not_what_was_heard(self):
        self.world.hear(b"a", b"h")
        index = self.world.choose()
        self.assertEqual(self.finder.host(index), b"h" * 32)
        self.assertEqual(self.finder.host(self.world.pin(b"a")), ANY_HOST)

    def test_two_hosts_one_after_the_other(self):
        self.world.know(b"b")
        self.world.hear(b"a")
        self.world.hear(b"b")
        first = self.world.connect(self.world.choose(), b"a")
        second = self.world.choose(first)
        self.assertEqual(second, FIRST + 1)
        self.assertEqual(self.finder.contact(second), 1)

    def test_it_exists_until_it_is_forgotten(self):
        self.world.hear(b"a")
        self.assertTrue(self.finder.exists(FIRST))
        self.assertFalse(self.finder.exists(FIRST + 1))
        self.world.later(AWAY_MS + 1)
        self.assertFalse(self.finder.exists(FIRST))


class Failing(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.finder = self.world.finder
        self.world.know(b"a")
        self.world.hear(b"a")

    def attempt(self, reason):
        index = self.world.choose()
        self.world.dial(index)
        return self.world.fail(index, reason)

    def test_a_host_that_is_not_reached_is_tried_again_and_asked_for_its_address(self):
        wait = self.attempt(CONNECT)
        self.assertTrue(self.world.sightings.flags(0) & UNSURE)
        self.world.later(wait)
        self.assertEqual(self.world.choose(), FIRST)
        self.assertTrue(self.attempt(CONNECT) > wait)

    def test_at_another_address_it_is_tried_at_once(self):
        self.attempt(CONNECT)
        self.assertEqual(self.world.choose(), -1)
        self.world.hear(b"a", ip=OTHER_IP)
        self.assertEqual(self.world.dial(self.world.choose()), "wish://192.0.2.99:37009")

    def test_somebody_else_there_makes_all_announcements_doubtful(self):
        self.world.know(b"b")
        for reason in (BAD_SIGNATURE, WRONG_HOST, REFUSED):
            self.world.hear(b"a", ip=OTHER_IP)
            self.world.hear(b"a", ip=IP)
            self.assertEqual(self.attempt(reason), REFUSED_MS)
            self.world.hear(b"b")
            self.assertEqual(self.world.choose(), -1)
            self.assertEqual(self.world.next_ms(), DOUBT_MS)
            self.world.later(DOUBT_MS)
            self.world.hear(b"b")
            self.assertEqual(self.world.choose(), FIRST + 1)

    def test_a_failure_of_what_was_not_announced_says_nothing(self):
        pin = self.world.pin(b"b")
        self.world.know(b"b", GIVEN)
        self.assertEqual(self.world.dial(pin), GIVEN)
        self.world.fail(pin, BAD_SIGNATURE)
        self.assertEqual(self.world.choose(), FIRST)


if __name__ == "__main__":
    unittest.main()
