"""Whom to call of those who announce themselves: the rules in finder.py's header, case by case."""

import unittest

from scheduling import US, Link
from sighted import IP, OTHER_IP, World

from uwish.finder import DOUBT_MS, HURRY_MS
from uwish.pins import ANY_HOST
from uwish.reasons import BAD_SIGNATURE, CONNECT, LOST, REFUSED, WRONG_HOST
from uwish.scheduler import IDLE_MS, LONGEST_MS, NEVER_MS, REFUSED_MS
from uwish.sightings import AWAY_MS, FRESH_MS, UNSURE

HEARD = "wish://192.0.2.1:37009"
GIVEN = "wish://given:1"
ALSO_GIVEN = "wish://given:2"
FIRST = 4  # the first index that is a sighting: there are as many places for pins


class FinderCase(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.finder = self.world.finder


class Opportunities(FinderCase):
    def setUp(self):
        super().setUp()
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


class Failing(FinderCase):
    def setUp(self):
        super().setUp()
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


class Idle(FinderCase):
    def setUp(self):
        super().setUp()
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


class Pins(FinderCase):
    def setUp(self):
        super().setUp()
        self.world.know(b"a", GIVEN, ALSO_GIVEN)
        self.pin = self.world.pin(b"a")

    def round(self, n, hearing=True):
        """Where the next `n` attempts go, all in vain, while its contact is heard."""
        found = []
        for _ in range(n):
            self.assertEqual(self.world.choose(), self.pin)
            found.append(self.world.dial(self.pin))
            self.world.later(self.world.fail(self.pin, CONNECT))
            if hearing:
                self.world.hear(b"a")
        return found

    def refuse(self):
        """It is refused at both of its addresses."""
        self.world.fail(self.pin, REFUSED)
        self.assertEqual(self.world.fail(self.pin, REFUSED), REFUSED_MS)

    def test_pins_go_first(self):
        self.world.know(b"b")
        self.world.hear(b"b")
        self.assertEqual(self.world.choose(), self.pin)
        self.assertEqual(self.world.choose(Link(b"a")), FIRST)

    def test_what_a_pin_asks_for_is_called_for_the_pin_alone(self):
        self.world.hear(b"a")
        self.refuse()
        self.assertEqual(self.world.choose(), -1)

    def test_the_announced_address_comes_after_the_given_ones(self):
        self.assertEqual(self.round(4, hearing=False), [GIVEN, ALSO_GIVEN, GIVEN, ALSO_GIVEN])
        self.setUp()
        self.world.hear(b"a")
        self.assertEqual(self.round(4), [GIVEN, ALSO_GIVEN, HEARD, GIVEN])

    def test_of_several_hosts_the_one_heard_last(self):
        self.world.hear(b"a", b"h", port=1)
        self.world.later(10)
        self.world.hear(b"a", b"i", port=2)
        self.world.fail(self.pin, CONNECT)
        self.world.fail(self.pin, CONNECT)
        self.assertEqual(self.world.dial(self.pin), "wish://192.0.2.1:2")
        self.world.later(10)
        self.world.hear(b"a", b"h", port=1)
        self.assertEqual(self.world.dial(self.pin), "wish://192.0.2.1:1")

    def test_a_pin_for_one_host_takes_no_other(self):
        world = self.world
        world.know(b"b")
        pin = world.pin(b"b", rhid=b"h" * 32)
        world.hear(b"b", b"i")
        # Not the pin's; so it is an opportunity.
        self.assertEqual(world.choose(Link(b"a")), FIRST)
        world.hear(b"b", b"h", port=5)
        self.assertEqual(world.choose(Link(b"a")), pin)
        self.assertEqual(world.dial(pin), "wish://192.0.2.1:5")

    def test_a_pin_without_an_address_waits_until_its_contact_is_heard(self):
        world = self.world
        world.know(b"b")
        pin = world.pin(b"b")
        connected = Link(b"a")
        self.assertEqual(world.choose(connected), -1)
        self.assertEqual(world.next_ms(connected), NEVER_MS)
        world.hear(b"b")
        self.assertEqual(world.next_ms(connected), 0)
        self.assertEqual(world.choose(connected), pin)
        self.assertEqual(world.dial(pin), HEARD)

    def test_a_waiting_pin_is_dialled_at_once_where_its_contact_is_heard(self):
        for _ in range(14):
            wait = self.world.fail(self.pin, CONNECT)
        self.assertEqual(wait, LONGEST_MS)
        self.assertEqual(self.world.choose(), -1)
        self.world.hear(b"a")
        self.assertEqual(self.world.choose(), self.pin)
        self.assertEqual(self.world.dial(self.pin), HEARD)

    def test_but_not_again_and_again(self):
        ips = (IP, OTHER_IP)
        dialled = 0
        self.world.fail(self.pin, CONNECT)
        for i in range(12):
            self.world.hear(b"a", ip=ips[i & 1])
            if self.world.choose() == self.pin:
                dialled += 1
                self.world.dial(self.pin)
                for _ in range(14):
                    self.world.fail(self.pin, CONNECT)
            self.world.later(HURRY_MS // 12)
        self.assertEqual(dialled, 1)

    def test_and_not_before_a_refusal_is_over(self):
        self.refuse()
        self.world.hear(b"a")
        self.assertEqual(self.world.choose(), -1)

    def test_somebody_else_at_an_announced_address_costs_the_pin_no_patience(self):
        self.world.hear(b"a")
        self.round(2)
        self.assertEqual(self.world.dial(self.pin), HEARD)
        self.assertTrue(self.world.fail(self.pin, BAD_SIGNATURE) < LONGEST_MS)
        self.assertTrue(self.world.dial(self.pin) in (GIVEN, ALSO_GIVEN))
        self.assertEqual(self.world.fail(self.pin, BAD_SIGNATURE), REFUSED_MS)

    def test_in_doubt_only_given_addresses_are_dialled(self):
        self.world.hear(b"a")
        self.round(2)
        self.world.dial(self.pin)
        self.world.later(self.world.fail(self.pin, BAD_SIGNATURE))
        self.world.hear(b"a")
        self.assertTrue(HEARD not in self.round(2))

    def test_but_a_pin_that_has_none_is_dialled_where_its_contact_is_heard(self):
        self.world.know(b"b")
        pin = self.world.pin(b"b")
        self.world.hear(b"b")
        for _ in range(3):
            self.assertEqual(self.world.dial(pin), HEARD)
            self.world.fail(pin, BAD_SIGNATURE)


if __name__ == "__main__":
    unittest.main()
