"""Which pin is connected now: the rules in the scheduler's header, case by case, with simulated
time."""

import unittest

from scheduling import US, Link, rules, scheduler, table
from support import pin_table

from uwish.pin_changes import put, remove
from uwish.pins import ANY_HOST
from uwish.reasons import CONNECT
from uwish.scheduler import IDLE_MS, NEVER_MS


class Choice(unittest.TestCase):
    def test_the_highest_priority_first_then_table_order(self):
        s = scheduler((b"a", "always", 5), (b"b", "always", 1), (b"c", "always", 1))
        self.assertEqual(s.choose(US, [], 0), 1)
        self.assertEqual(s.choose(US, [Link(b"b")], 0), 2)
        self.assertEqual(s.choose(US, [Link(b"b"), Link(b"c")], 0), 0)
        self.assertEqual(s.choose(US, [Link(n) for n in (b"a", b"b", b"c")], 0), -1)
        self.assertEqual(s.choose(b"x" * 32, [], 0), -1)

    def test_a_pin_that_waits_is_passed_over(self):
        s = scheduler((b"a", "always", 0), (b"b", "always", 1))
        wait = s.ended(0, CONNECT, 0, 100, 128)
        self.assertEqual(s.choose(US, [], 100), 1)
        self.assertEqual(s.next_ms(US, [Link(b"b")], 100), wait)
        self.assertEqual(s.choose(US, [], 100 + wait - 1), 1)
        self.assertEqual(s.choose(US, [], 100 + wait), 0)

    def test_another_host_of_the_identity_serves_no_pin_for_one_host(self):
        pins = pin_table(2)
        put(pins, US, b"a" * 32, b"h" * 32, "always", 0)
        s = rules(pins)
        self.assertEqual(s.choose(US, [Link(b"a", b"i")], 0), 0)
        self.assertFalse(s.wanted(Link(b"a", b"i")))
        self.assertTrue(s.wanted(Link(b"a", b"h")))

    def test_at_equal_priority_always_comes_before_eager(self):
        s = scheduler((b"a", "eager", 1), (b"b", "always", 1), (b"c", "always", 2))
        self.assertEqual(s.choose(US, [], 0), 1)
        self.assertEqual(s.choose(US, [Link(b"b")], 0), 0)
        self.assertEqual(s.choose(US, [Link(b"b"), Link(b"a")], 0), 2)

    def test_a_pin_without_contact_is_passed_over(self):
        pins = table((b"a", "always", 0), (b"b", "eager", 9))
        s = rules(pins, b"a" * 32)
        self.assertEqual(s.choose(US, [], 0), 1)
        self.assertEqual(s.choose(US, [Link(b"b")], 0), -1)
        s = rules(pins, b"a" * 32, b"b" * 32)
        self.assertEqual(s.choose(US, [], 0), -1)
        # There is nothing to come back for soon.
        self.assertEqual(s.next_ms(US, [], 0), NEVER_MS)

    def test_what_a_pin_says_to_whoever_dials_it(self):
        pins = table((b"a", "always", 0), (b"b", "eager", 9))
        s = rules(pins, b"b" * 32)
        self.assertEqual((s.contact(0), s.contact(1)), (0, -1))
        self.assertEqual((s.host(0), s.idle([Link(b"a")], 10 * IDLE_MS)), (ANY_HOST, None))
        self.assertEqual((s.exists(0), s.exists(1)), (True, True))
        remove(pins, US, b"a" * 32, ANY_HOST)
        self.assertEqual((s.exists(0), s.exists(1)), (False, True))
        self.assertFalse(s.wanted(Link(b"a")))

    def test_the_lowest_priority_wants_its_connection_too(self):
        s = scheduler((b"a", "eager", 255))
        self.assertTrue(s.wanted(Link(b"a")))
        self.assertFalse(s.wanted(Link(b"b")))

    def test_a_connection_that_is_not_established_serves_nothing(self):
        s = scheduler((b"a", "always", 0))
        self.assertEqual(s.choose(US, [Link(b"a", running=False)], 0), 0)

    def test_met_again(self):
        s = scheduler((b"a", "always", 0), (b"b", "always", 0))
        self.assertEqual([s.met(0), s.met(0), s.met(1)], [False, True, False])
        s.forget(0)
        self.assertEqual([s.met(0), s.met(1)], [False, True])


class Victims(unittest.TestCase):
    def test_only_strictly_lower_priority_gives_way(self):
        policies = ("always", "eager")
        for mine in policies:
            for theirs in policies:
                for p in range(3):
                    for q in range(3):
                        s = scheduler((b"a", mine, p), (b"b", theirs, q))
                        link = Link(b"b")
                        victim = s.victim(0, [link], 0)
                        self.assertEqual(victim is link, q > p)

    def test_the_lowest_of_several(self):
        s = scheduler((b"a", "always", 3), (b"b", "always", 7), (b"c", "always", 5))
        links = [Link(b"c"), Link(b"b")]
        self.assertTrue(s.victim(0, links, 0) is links[1])

    def test_what_nobody_pins_goes_first(self):
        s = scheduler((b"a", "always", 255), (b"b", "eager", 255))
        links = [Link(b"b"), Link(b"x")]
        self.assertTrue(s.victim(0, links, 0) is links[1])

    def test_an_idle_eager_gives_way_to_always_of_the_same_priority(self):
        s = scheduler((b"a", "always", 4), (b"b", "eager", 4))
        link = Link(b"b")
        self.assertTrue(s.victim(0, [link], IDLE_MS - 1) is None)
        self.assertTrue(s.victim(0, [link], IDLE_MS) is link)
        self.assertTrue(s.victim(1, [Link(b"a")], IDLE_MS) is None)

    def test_an_idle_one_that_an_always_keeps_as_well_stays(self):
        # By any host an eager pin, by its own an always of lower priority.
        pins = table((b"a", "always", 4), (b"b", "eager", 4), (b"-", "eager", 9))
        s = rules(pins)
        link = Link(b"b")
        self.assertTrue(s.victim(0, [link], IDLE_MS) is link)
        remove(pins, US, b"-" * 32, ANY_HOST)
        put(pins, US, b"b" * 32, b"h" * 32, "always", 9)
        self.assertTrue(s.victim(0, [link], IDLE_MS) is None)
        # One for another host does not count.
        remove(pins, US, b"b" * 32, b"h" * 32)
        put(pins, US, b"b" * 32, b"i" * 32, "always", 9)
        self.assertTrue(s.victim(0, [link], IDLE_MS) is link)

    def test_a_handshake_is_left_alone(self):
        s = scheduler((b"a", "always", 0), (b"b", "always", 9))
        self.assertTrue(s.victim(0, [Link(b"b", running=False)], 0) is None)

    def test_an_equal_eager_does_not_stand_before_the_always_that_may_displace(self):
        # One place, taken by an idle eager; of the two that want it only the second may have it.
        pins = table((b"a", "eager", 4), (b"b", "always", 4), (b"c", "eager", 4))
        s = rules(pins)
        links = [Link(b"c")]
        chosen = s.choose(US, links, IDLE_MS)
        self.assertTrue(s.victim(chosen, links, IDLE_MS) is links[0])


if __name__ == "__main__":
    unittest.main()
