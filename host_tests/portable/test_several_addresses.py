"""A contact with several addresses: all are tried before a pin waits for long."""

import unittest

from scheduling import rules, table

from uwish.reasons import CONNECT, LOST, REFUSED
from uwish.scheduler import FIRST_MS, LONGEST_MS, REFUSED_MS, SETTLED_MS

A, B, C = "wish://a:1", "wish://b:1", "wish://c:1"


class SeveralAddresses(unittest.TestCase):
    def setUp(self):
        self.s = rules(table((b"x", "always", 0)), addresses=(A, B, C))

    def fail(self, reason=CONNECT, lasted_ms=0, chance=128):
        return self.s.ended(0, reason, lasted_ms, 0, chance)

    def dialled(self, count):
        found = []
        for _ in range(count):
            found.append(self.s.address(0, 0))
            self.fail()
        return found

    def test_they_are_dialled_in_turn(self):
        self.assertEqual(self.dialled(7), [A, B, C, A, B, C, A])

    def test_they_are_dialled_in_turn_however_long_it_takes(self):
        # An outage of a day: the only one that comes back may be any of them.
        found = self.dialled(1500)
        for address in (A, B, C):
            self.assertEqual(found[-300:].count(address), 100)

    def test_the_back_off_is_between_rounds(self):
        waits = [self.fail() for _ in range(30)]
        self.assertEqual(waits[:9], [1000, 1000, 1000, 1000, 1000, 2000, 1000, 1000, 4000])
        self.assertEqual(waits[27:], [FIRST_MS, FIRST_MS, LONGEST_MS])

    def test_it_is_spread_there_too(self):
        self.assertEqual(self.fail(chance=0), 750)
        self.assertTrue(1240 < self.fail(chance=255) <= 1250)

    def test_who_is_refused_asks_the_others(self):
        waits = [self.fail(REFUSED) for _ in range(6)]
        self.assertEqual(waits, [FIRST_MS, FIRST_MS, REFUSED_MS] * 2)

    def test_a_connection_that_held_leaves_time_for_a_whole_round(self):
        for _ in range(20):
            self.fail()
        self.assertEqual(self.fail(LOST, SETTLED_MS), FIRST_MS)
        self.assertEqual(self.s.address(0, 0), B)
        self.assertEqual([self.fail() for _ in range(5)], [1000, 1000, 1000, 1000, 2000])

    def test_whose_contact_is_gone(self):
        s = rules(table((b"x", "always", 0)), b"x" * 32, addresses=(A, B))
        self.assertEqual(s.ended(0, REFUSED, 0, 0, 128), REFUSED_MS)


if __name__ == "__main__":
    unittest.main()
