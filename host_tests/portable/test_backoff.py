"""How long a pin waits after a failure."""

import unittest

from scheduling import scheduler

from uwish.reasons import BAD_SIGNATURE, CONNECT, LOST, REFUSED, UNKNOWN_CONTACT, WRONG_HOST
from uwish.scheduler import FIRST_MS, IDLE_MS, LONGEST_MS, REFUSED_MS, SETTLED_MS


class BackOff(unittest.TestCase):
    def test_the_numbers_that_the_documents_promise(self):
        # docs/FLEET.md and docs/API.md.
        self.assertEqual((FIRST_MS, LONGEST_MS, REFUSED_MS), (1000, 60000, 300000))
        self.assertEqual((SETTLED_MS, IDLE_MS), (10000, 60000))

    def test_it_doubles_up_to_a_minute(self):
        s = scheduler((b"a", "always", 0))
        waits = [s.ended(0, CONNECT, 0, 0, 128) for _ in range(300)]
        self.assertEqual(waits[:8], [1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000])
        self.assertEqual(set(waits[6:]), {LONGEST_MS})

    def test_jitter_of_a_quarter(self):
        for failures in range(8):
            waits = []
            for chance in range(256):
                s = scheduler((b"a", "always", 0))
                for _ in range(failures):
                    s.ended(0, LOST, 0, 0, 128)
                waits.append(s.ended(0, LOST, 0, 0, chance))
            middle = waits[128]
            self.assertEqual(waits[0], middle - middle // 4)
            self.assertTrue(middle * 5 // 4 - middle // 100 <= waits[255] <= middle * 5 // 4)
            self.assertEqual(waits, sorted(waits))

    def test_a_connection_that_held_starts_anew(self):
        s = scheduler((b"a", "always", 0))
        for _ in range(5):
            s.ended(0, LOST, SETTLED_MS - 1, 0, 128)
        self.assertEqual(s.ended(0, LOST, SETTLED_MS, 0, 128), FIRST_MS)
        self.assertEqual(s.failures(0), 1)

    def test_refusals_wait_longest(self):
        for reason in (REFUSED, UNKNOWN_CONTACT, BAD_SIGNATURE, WRONG_HOST):
            s = scheduler((b"a", "always", 0))
            self.assertEqual(s.ended(0, reason, 0, 0, 128), REFUSED_MS)
            self.assertTrue(s.ended(0, reason, 0, 0, 0) > 75 * LONGEST_MS // 60)

    def test_a_changed_pin_waits_no_more(self):
        s = scheduler((b"a", "always", 0), (b"b", "always", 0))
        s.ended(0, REFUSED, 0, 0, 128)
        s.ended(1, REFUSED, 0, 0, 128)
        s.forget(0)
        self.assertEqual((s.wait_ms(0, 0), s.wait_ms(1, 0)), (0, REFUSED_MS))
        s.forget_contact(b"x" * 32)
        self.assertEqual((s.wait_ms(1, 0), s.failures(1)), (REFUSED_MS, 1))
        s.forget_contact(b"b" * 32)
        self.assertEqual((s.wait_ms(1, 0), s.failures(1)), (0, 0))

    def test_when_the_network_is_back_only_refusals_wait_on(self):
        s = scheduler((b"a", "always", 0), (b"b", "always", 0), (b"c", "always", 0))
        for _ in range(9):
            s.ended(0, CONNECT, 0, 0, 255)
        s.ended(1, REFUSED, 0, 0, 0)
        s.retry()
        self.assertEqual((s.wait_ms(0, 0), s.failures(0)), (0, 0))
        self.assertTrue(s.wait_ms(1, 0) > LONGEST_MS and s.failures(1) == 1)
        self.assertEqual(s.ended(0, CONNECT, 0, 0, 128), FIRST_MS)

    def test_across_the_wrap_of_the_clock(self):
        s = scheduler((b"a", "always", 0))
        s.ended(0, CONNECT, 0, 0x3FFFFFFF, 128)
        self.assertEqual(s.wait_ms(0, 998), 1)
        self.assertEqual(s.wait_ms(0, 999), 0)
        self.assertEqual(s.wait_ms(0, 0x3FFFFFFF), 0)


if __name__ == "__main__":
    unittest.main()
