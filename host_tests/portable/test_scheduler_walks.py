"""The scheduler's promises as invariants: all small cases, and random walks."""

import sys
import unittest

from scheduling import World, table
from support import Random

from uwish.pin import listed
from uwish.pins import ALWAYS
from uwish.scheduler import IDLE_MS

NAMES = (b"a", b"b", b"c")
POLICIES = ("always", "eager")
# Of all cases every seventh where arithmetic is slow: 7 shares no factor with their number, so that
# each value of each digit is among them.
STRIDE = 7 if sys.implementation.name == "micropython" else 1


class SmallCases(unittest.TestCase):
    def case(self, code):
        """(pins, places, hosts that are up) number `code`."""
        pins = []
        for name in NAMES:
            pins.append((name, POLICIES[code % 2], code // 2 % 2))
            code //= 4
        up = [n * 32 for i, n in enumerate(NAMES) if code >> 1 + i & 1]
        return table(*pins), code % 2 + 1, up

    def test_the_best_that_are_up_are_connected_in_the_end(self):
        for code in range(0, 4**3 * 2 * 8, STRIDE):
            pins, places, up = self.case(code)
            world = World(pins, places)
            # First only the last host is up: so the better ones find the places taken.
            for _ in range(8):
                world.step(up[-1:])
                world.now += 1000
            for _ in range(60):
                world.step(up)
                world.now += 3000
            ranks = [pins.rank(i) for i, p in enumerate(listed(pins.buf)) if p.ruid in up]
            best = sorted(ranks)[:places]
            self.assertEqual(world.ranks(), best, code)
            check_displaced(self, world)
            # It is at rest: only hosts that are down are still tried.
            before = world.served(), len(world.displaced)
            for _ in range(20):
                pin = world.step(up)
                self.assertTrue(pin < 0 or list(listed(pins.buf))[pin].ruid not in up)
                world.now += 5000
            self.assertEqual((world.served(), len(world.displaced)), before)

    def test_a_busy_eager_keeps_its_place_from_equals(self):
        pins = table((b"a", "always", 1), (b"b", "eager", 1))
        world = World(pins, 1)
        world.step([b"b" * 32])  # finds a's host away
        world.step([b"b" * 32])
        both = [b"a" * 32, b"b" * 32]
        for _ in range(200):
            world.step(both)
            world.links[0].last_frame = world.now
            world.now += IDLE_MS - 1
        self.assertEqual(world.served(), [b"b" * 32])
        world.now += 1
        world.step(both)
        self.assertEqual(world.served(), [b"a" * 32])


class Walks(unittest.TestCase):
    def test_random_walks(self):
        for seed in range(15):
            random = Random(seed)
            names = [bytes([65 + i]) for i in range(5)]
            pins = table(*[(n, POLICIES[random.below(2)], random.below(3)) for n in names])
            world = World(pins, random.below(3) + 1)
            up = []
            for _ in range(500):
                if random.below(8) == 0:
                    up = [n * 32 for n in names if random.below(2)]
                    world.lose(up)
                waits = [world.s.wait_ms(i, world.now) for i in range(5)]
                before = world.served()
                pin = world.step(up)
                if pin >= 0:
                    self.assertEqual(waits[pin], 0)
                    self.assertFalse(list(listed(pins.buf))[pin].ruid in before)
                self.assertEqual(len(set(world.served())), len(world.served()))
                world.now += random.below(4000)
            check_displaced(self, world)


def check_displaced(test, world):
    """Nothing gave up its place but to a higher priority, or an idle eager to an equal always."""
    pins = world.pins
    for newcomer, displaced, idle_ms in world.displaced:
        mine, theirs = pins.priority(newcomer), pins.priority(displaced)
        yields = (
            mine == theirs
            and pins.policy(newcomer) == ALWAYS
            and pins.policy(displaced) != ALWAYS
            and idle_ms >= IDLE_MS
        )
        test.assertTrue(mine < theirs or yields, (newcomer, displaced, idle_ms))


if __name__ == "__main__":
    unittest.main()
