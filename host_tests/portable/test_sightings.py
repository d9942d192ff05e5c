"""The table of hosts that were heard: what is remembered, what is asked for, what is forgotten."""

import unittest

from sighted import IP, OTHER_IP, World

from uwish.sightings import (
    ASK,
    AWAY_MS,
    FRESH_MS,
    NEW,
    NEWS,
    NOTHING,
    STRANGER,
    UNSURE,
    USED,
    WANTED,
)


class Hearing(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.world.know(b"a")
        self.table = self.world.sightings

    def place(self, name, host=b"h"):
        return self.table.find(name * 32, 0, host * 32, 0)

    def test_a_stranger_leaves_no_trace(self):
        self.assertEqual(self.world.hear(b"s"), STRANGER)
        self.assertEqual(self.world.hear(b"s", ip=None), STRANGER)
        self.assertEqual(bytes(self.table.buf), bytes(len(self.table.buf)))

    def test_a_contact_is_news_once_its_address_is_known(self):
        self.assertEqual(self.world.hear(b"a", ip=None), ASK)
        self.assertEqual(self.place(b"a"), -1)
        self.assertEqual(self.world.hear(b"a"), NEWS)
        k = self.place(b"a")
        self.assertEqual(self.table.address(k), "wish://192.0.2.1:37009")
        self.assertEqual(self.table.flags(k), USED | WANTED | NEW)
        self.assertEqual(self.table.ids(k), b"a" * 32 + b"h" * 32)
        for ip in (None, IP):
            self.assertEqual(self.world.hear(b"a", ip=ip), NOTHING)

    def test_hosts_of_an_identity_are_told_apart(self):
        self.world.hear(b"a", b"h", port=1)
        self.world.hear(b"a", b"i", port=2)
        self.assertEqual(self.table.address(self.place(b"a", b"h")), "wish://192.0.2.1:1")
        self.assertEqual(self.table.address(self.place(b"a", b"i")), "wish://192.0.2.1:2")

    def test_another_port_is_asked_for_and_then_news(self):
        self.world.hear(b"a")
        self.assertEqual(self.world.hear(b"a", ip=None, port=65535), ASK)
        self.assertEqual(self.table.address(0), "wish://192.0.2.1:37009")
        self.table.flag(0, 0, NEW)
        self.assertEqual(self.world.hear(b"a", port=65535), NEWS)
        self.assertEqual(self.table.address(0), "wish://192.0.2.1:65535")
        self.assertEqual(self.table.flags(0) & NEW, NEW)

    def test_another_address_is_news(self):
        self.world.hear(b"a")
        # Without its source nothing shows that it has moved.
        self.assertEqual(self.world.hear(b"a", ip=None), NOTHING)
        self.assertEqual(self.world.hear(b"a", ip=OTHER_IP), NEWS)
        self.assertEqual(self.table.address(0), "wish://192.0.2.99:37009")

    def test_who_was_not_reached_is_asked_again(self):
        self.world.hear(b"a")
        self.table.flag(0, UNSURE)
        self.assertEqual(self.world.hear(b"a", ip=None), ASK)
        self.assertEqual(self.world.hear(b"a", ip=IP), NOTHING)
        self.assertEqual(self.table.flags(0) & UNSURE, 0)
        self.table.flag(0, UNSURE)
        self.assertEqual(self.world.hear(b"a", ip=OTHER_IP), NEWS)
        self.assertEqual(self.table.flags(0) & UNSURE, 0)

    def test_back_after_a_silence_is_news_only_when_it_is_to_be_called(self):
        self.world.hear(b"a")
        self.world.later(FRESH_MS)
        self.assertEqual(self.world.hear(b"a", ip=None), NOTHING)
        self.world.later(FRESH_MS + 1)
        self.assertEqual(self.world.hear(b"a", ip=None), NEWS)
        self.table.flag(0, 0, WANTED)
        self.world.later(FRESH_MS + 1)
        self.assertEqual(self.world.hear(b"a", ip=None), NOTHING)


class Places(unittest.TestCase):
    def test_the_one_heard_longest_ago_gives_way(self):
        world = World(hosts=3)
        for name in (b"a", b"b", b"c", b"d"):
            world.know(name)
        for name in (b"a", b"b", b"c"):
            world.hear(name)
            world.later(1000)
        world.hear(b"a", ip=None)
        world.hear(b"d")
        self.assertEqual(self.names(world), [b"a", b"c", b"d"])

    def test_silence_is_forgotten(self):
        world = World()
        world.know(b"a")
        world.know(b"b")
        world.hear(b"a")
        world.later(AWAY_MS)
        world.hear(b"b")
        self.assertEqual(self.names(world), [b"a", b"b"])
        world.later(1)
        self.assertEqual(self.names(world), [b"b"])
        # Back from there, it is as new as the first time.
        self.assertEqual(world.hear(b"a", ip=None), ASK)

    def names(self, world):
        table = world.sightings
        found = [table.ids(k)[:1] for k in range(table.capacity) if table.flags(k)]
        return sorted(found)


if __name__ == "__main__":
    unittest.main()
