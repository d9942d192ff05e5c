"""Where a pin is dialled when its contact announces itself, too."""

import unittest

from scheduling import Link
from sighted import IP, OTHER_IP, World

from uwish.finder import HURRY_MS
from uwish.reasons import BAD_SIGNATURE, CONNECT, REFUSED
from uwish.scheduler import LONGEST_MS, NEVER_MS, REFUSED_MS

HEARD = "wish://192.0.2.1:37009"
GIVEN = "wish://given:1"
ALSO_GIVEN = "wish://given:2"
FIRST = 4  # the first index that is a sighting: there are as many places for pins


class Pins(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.finder = self.world.finder
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
