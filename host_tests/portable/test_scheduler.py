"""Which pin is connected now: the rules in the scheduler's header, case by case and as
invariants of random walks, with simulated time."""

import unittest

from support import Random

from uwish.pins import ANY_HOST, PinTable
from uwish.reasons import BAD_SIGNATURE, CONNECT, LOST, REFUSED, UNKNOWN_CONTACT, WRONG_HOST
from uwish.scheduler import FIRST_MS, IDLE_MS, LONGEST_MS, REFUSED_MS, SETTLED_MS, Scheduler

US = b"u" * 32


class Link:
    """What the scheduler reads of a connection."""

    def __init__(self, ruid=b"", rhid=b"h", running=True, last_frame=0):
        self.running = running
        self.key = US + ruid * 32 + rhid * 32
        self.last_frame = last_frame


def table(*pins):
    """Pins of (name, policy, priority)."""
    made = PinTable(max(len(pins), 1))
    for name, policy, priority in pins:
        made.put(US, name * 32, ANY_HOST, policy, priority)
    return made


class Choice(unittest.TestCase):
    def test_the_highest_priority_first_then_table_order(self):
        pins = table((b"a", "always", 5), (b"b", "eager", 1), (b"c", "always", 1))
        s = Scheduler(pins)
        self.assertEqual(s.choose(US, [], 0), 1)
        self.assertEqual(s.choose(US, [Link(b"b")], 0), 2)
        self.assertEqual(s.choose(US, [Link(b"b"), Link(b"c")], 0), 0)
        self.assertEqual(s.choose(US, [Link(n) for n in (b"a", b"b", b"c")], 0), -1)
        self.assertEqual(s.choose(b"x" * 32, [], 0), -1)

    def test_a_pin_that_waits_is_passed_over(self):
        s = Scheduler(table((b"a", "always", 0), (b"b", "always", 1)))
        wait = s.ended(0, CONNECT, 0, 100, 128)
        self.assertEqual(s.choose(US, [], 100), 1)
        self.assertEqual(s.next_ms(US, [Link(b"b")], 100), wait)
        self.assertEqual(s.choose(US, [], 100 + wait - 1), 1)
        self.assertEqual(s.choose(US, [], 100 + wait), 0)

    def test_another_host_of_the_identity_serves_no_pin_for_one_host(self):
        pins = PinTable(2)
        pins.put(US, b"a" * 32, b"h" * 32, "always", 0)
        s = Scheduler(pins)
        self.assertEqual(s.choose(US, [Link(b"a", b"i")], 0), 0)
        self.assertFalse(s.wanted(Link(b"a", b"i")))
        self.assertTrue(s.wanted(Link(b"a", b"h")))


class Victims(unittest.TestCase):
    def test_only_strictly_lower_priority_gives_way(self):
        policies = ("always", "eager")
        for mine in policies:
            for theirs in policies:
                for p in range(3):
                    for q in range(3):
                        s = Scheduler(table((b"a", mine, p), (b"b", theirs, q)))
                        link = Link(b"b")
                        victim = s.victim(0, [link], 0)
                        self.assertEqual(victim is link, q > p)

    def test_the_lowest_of_several(self):
        s = Scheduler(table((b"a", "always", 3), (b"b", "always", 7), (b"c", "always", 5)))
        links = [Link(b"c"), Link(b"b")]
        self.assertTrue(s.victim(0, links, 0) is links[1])

    def test_what_nobody_pins_goes_first(self):
        s = Scheduler(table((b"a", "always", 255), (b"b", "eager", 255)))
        links = [Link(b"b"), Link(b"x")]
        self.assertTrue(s.victim(0, links, 0) is links[1])

    def test_an_idle_eager_gives_way_to_always_of_the_same_priority(self):
        s = Scheduler(table((b"a", "always", 4), (b"b", "eager", 4)))
        link = Link(b"b")
        self.assertTrue(s.victim(0, [link], IDLE_MS - 1) is None)
        self.assertTrue(s.victim(0, [link], IDLE_MS) is link)
        self.assertTrue(s.victim(1, [Link(b"a")], IDLE_MS) is None)

    def test_a_handshake_is_left_alone(self):
        s = Scheduler(table((b"a", "always", 0), (b"b", "always", 9)))
        self.assertTrue(s.victim(0, [Link(b"b", running=False)], 0) is None)

    def test_an_equal_eager_does_not_stand_before_the_always_that_may_displace(self):
        # One place, taken by an idle eager; of the two that want it only the second may have it.
        pins = table((b"a", "eager", 4), (b"b", "always", 4), (b"c", "eager", 4))
        s = Scheduler(pins)
        links = [Link(b"c")]
        chosen = s.choose(US, links, IDLE_MS)
        self.assertTrue(s.victim(chosen, links, IDLE_MS) is links[0])


class BackOff(unittest.TestCase):
    def test_it_doubles_up_to_a_minute(self):
        s = Scheduler(table((b"a", "always", 0)))
        waits = [s.ended(0, CONNECT, 0, 0, 128) for _ in range(300)]
        self.assertEqual(waits[:8], [1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000])
        self.assertEqual(set(waits[6:]), {LONGEST_MS})

    def test_jitter_of_a_quarter(self):
        for failures in range(8):
            waits = []
            for chance in range(256):
                s = Scheduler(table((b"a", "always", 0)))
                for _ in range(failures):
                    s.ended(0, LOST, 0, 0, 128)
                waits.append(s.ended(0, LOST, 0, 0, chance))
            middle = waits[128]
            self.assertEqual(waits[0], middle - middle // 4)
            self.assertTrue(middle * 5 // 4 - middle // 100 <= waits[255] <= middle * 5 // 4)
            self.assertEqual(waits, sorted(waits))

    def test_a_connection_that_held_starts_anew(self):
        s = Scheduler(table((b"a", "always", 0)))
        for _ in range(5):
            s.ended(0, LOST, SETTLED_MS - 1, 0, 128)
        self.assertEqual(s.ended(0, LOST, SETTLED_MS, 0, 128), FIRST_MS)
        self.assertEqual(s.failures(0), 1)

    def test_refusals_wait_longest(self):
        for reason in (REFUSED, UNKNOWN_CONTACT, BAD_SIGNATURE, WRONG_HOST):
            s = Scheduler(table((b"a", "always", 0)))
            self.assertEqual(s.ended(0, reason, 0, 0, 128), REFUSED_MS)
            self.assertTrue(s.ended(0, reason, 0, 0, 0) > 75 * LONGEST_MS // 60)

    def test_a_changed_pin_waits_no_more(self):
        s = Scheduler(table((b"a", "always", 0), (b"b", "always", 0)))
        s.ended(0, REFUSED, 0, 0, 128)
        s.ended(1, REFUSED, 0, 0, 128)
        s.forget(0)
        self.assertEqual((s.wait_ms(0, 0), s.wait_ms(1, 0)), (0, REFUSED_MS))
        s.forget_all()
        self.assertEqual((s.wait_ms(1, 0), s.failures(1)), (0, 0))

    def test_across_the_wrap_of_the_clock(self):
        s = Scheduler(table((b"a", "always", 0)))
        s.ended(0, CONNECT, 0, 0x3FFFFFFF, 128)
        self.assertEqual(s.wait_ms(0, 998), 1)
        self.assertEqual(s.wait_ms(0, 999), 0)
        self.assertEqual(s.wait_ms(0, 0x3FFFFFFF), 0)


class World:
    """Hosts that are up or down, `places` connections, and the steps that Node takes."""

    def __init__(self, pins, places):
        self.pins = pins
        self.s = Scheduler(pins)
        self.links = [Link(b"-", running=False) for _ in range(places)]
        self.pin_of = [-1] * places
        self.since = [0] * places
        self.now = 0
        self.random = Random(places)
        self.displaced = []  # (priority of the newcomer, of the displaced)

    def priority(self, link):
        found = [p.priority for p in self.pins if p.ruid == link.key[32:64]]
        return min(found) if found else 256

    def end(self, i, reason):
        self.links[i].running = False
        lasted = self.now - self.since[i] + 1
        self.s.ended(self.pin_of[i], reason, lasted, self.now, self.random.below(256))

    def step(self, up):
        pin = self.s.choose(US, self.links, self.now)
        if pin < 0:
            return -1
        free = [i for i, link in enumerate(self.links) if not link.running]
        victim = None if free else self.s.victim(pin, self.links, self.now)
        if not free and victim is None:
            return -1
        ruid = list(self.pins)[pin].ruid
        if ruid not in up:
            self.s.ended(pin, CONNECT, 0, self.now, self.random.below(256))
            return pin
        if victim is not None:
            self.displaced.append((self.pins.priority(pin), self.priority(victim)))
            free = [self.links.index(victim)]
            self.end(free[0], LOST)
        link = self.links[free[0]]
        link.running = True
        link.key = US + ruid + b"h" * 32
        link.last_frame = self.now
        self.pin_of[free[0]] = pin
        self.since[free[0]] = self.now
        return pin

    def served(self):
        return [link.key[32:64] for link in self.links if link.running]


class SmallCases(unittest.TestCase):
    def test_the_best_that_are_up_are_connected_in_the_end(self):
        names = (b"a", b"b", b"c")
        for code in range(3**3 * 2 * 8):
            priorities = [code // 3**i % 3 for i in range(3)]
            places = code // 27 % 2 + 1
            up = [n * 32 for i, n in enumerate(names) if code // 54 >> i & 1]
            pins = table(*[(n, "always", p) for n, p in zip(names, priorities)])
            world = World(pins, places)
            for _ in range(120):
                world.step(up)
                world.now += 1000
            served = world.served()
            self.assertEqual(len(served), min(places, len(up)))
            best = sorted([p.priority for p in pins if p.ruid in up])[:places]
            self.assertEqual(sorted([world.priority(x) for x in world.links if x.running]), best)
            self.assertEqual([d for d in world.displaced if d[0] >= d[1]], [])
            # It is at rest: only hosts that are down are still tried, a minute and a quarter apart.
            before = len(world.displaced)
            for _ in range(50):
                pin = world.step(up)
                self.assertTrue(pin < 0 or list(pins)[pin].ruid not in up)
                world.now += 5000
            self.assertEqual((world.served(), len(world.displaced)), (served, before))


class Walks(unittest.TestCase):
    def test_random_walks(self):
        for seed in range(15):
            random = Random(seed)
            names = [bytes([65 + i]) for i in range(5)]
            policies = ("always", "eager")
            chosen = [(n, policies[random.below(2)], random.below(3)) for n in names]
            pins = table(*chosen)
            world = World(pins, random.below(3) + 1)
            up = []
            for _ in range(600):
                if random.below(8) == 0:
                    up = [n * 32 for n in names if random.below(2)]
                    for i, link in enumerate(world.links):
                        if link.running and link.key[32:64] not in up:
                            world.end(i, LOST)
                waits = [world.s.wait_ms(i, world.now) for i in range(5)]
                before = world.served()
                pin = world.step(up)
                if pin >= 0:
                    self.assertEqual(waits[pin], 0)
                    self.assertFalse(list(pins)[pin].ruid in before)
                self.assertEqual(len(set(world.served())), len(world.served()))
                world.now += random.below(4000)
            for newcomer, displaced in world.displaced:
                self.assertTrue(newcomer <= displaced)


if __name__ == "__main__":
    unittest.main()
