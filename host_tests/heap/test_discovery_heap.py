"""What is announced on the network takes no heap: neither reading an announcement, nor the look at
the socket that a device takes every second."""

import unittest

from world import allocated, locked  # isort: skip (it makes the others importable)

from shouting import Shouter
from sighted import PUBLIC, Known
from support import contact_table

from uwish.announcement import Announcement, announce
from uwish.contact_changes import put
from uwish.discovery import Discovery
from uwish.sightings import NEWS, NOTHING, STRANGER, Sightings

KNOWN = announce("Alice", b"a" * 32, b"h" * 32, PUBLIC, "wish://192.0.2.1:37009")
MOVED = announce("Alice", b"a" * 32, b"h" * 32, PUBLIC, "wish://192.0.2.1:65535")
FOREIGN = announce("Mallory", b"m" * 32, b"h" * 32, PUBLIC, "wish://192.0.2.1:37009")
DAMAGED = KNOWN[:-1] + b"\xff"
IP = bytes((192, 0, 2, 1))
READS = 8
ASKED = 16


class Node:
    """What a Discovery needs of a node that knows Alice."""

    def __init__(self):
        table = contact_table(8)
        put(table, Known(b"a"))
        self.contacts = table.buf
        self.waits = []
        self.plans = 0

    def replan(self):
        """Count it."""
        self.plans += 1


class Reading(unittest.TestCase):
    def setUp(self):
        self.said = Announcement()
        self.buf = bytearray(KNOWN + FOREIGN)
        self.outcome = 0

    def read(self):
        """Both."""
        self.outcome = self.said.read(self.buf, 0, len(self.buf))
        self.outcome += self.said.read(self.buf, len(KNOWN), len(self.buf))

    def test_sound(self):
        locked(self.read)
        self.assertEqual(self.outcome, len(self.buf))
        self.assertEqual(allocated(self.read), allocated(int))

    def test_damaged_anywhere(self):
        for i in range(len(self.buf)):
            self.buf[i] ^= 0xFF
            locked(self.read)
            self.buf[i] ^= 0xFF


class Remembering(unittest.TestCase):
    def setUp(self):
        self.sightings = Sightings(4, Node().contacts)
        self.said = Announcement()
        self.datagram = KNOWN
        self.outcome = None

    def hear(self):
        """The announcement in `datagram`, from IP."""
        self.said.read(self.datagram, 0, len(self.datagram))
        self.outcome = self.sightings.heard(self.datagram, self.said, IP, 5)
        self.sightings.forget_old(6)

    def test_every_outcome(self):
        for self.datagram, outcome in (
            (FOREIGN, STRANGER),
            (KNOWN, NEWS),
            (KNOWN, NOTHING),
            (MOVED, NEWS),
        ):
            locked(self.hear)
            self.assertEqual(self.outcome, outcome)


class Listening(unittest.TestCase):
    def setUp(self):
        self.node = Node()
        self.discovery = Discovery(self.node, 4)
        self.shouter = Shouter()
        self.shouter.send(KNOWN)
        for _ in range(ASKED):
            self.shouter.send(FOREIGN)
        for _ in range(ASKED // READS + 1):
            self.discovery.listen(0)
        self.assertEqual((self.node.plans, self.discovery.strangers), (1, ASKED))

    def tearDown(self):
        self.discovery.close()
        self.shouter.close()

    def listen(self):
        """One look."""
        self.discovery.listen(1000)

    def test_nothing(self):
        locked(self.listen)
        self.assertEqual(allocated(self.listen), allocated(int))

    def test_who_is_known_and_who_is_not(self):
        for datagram in (KNOWN, FOREIGN, KNOWN, b"W.noise", bytes(3000)):
            self.shouter.send(datagram)
            locked(self.listen)
        self.assertEqual(self.discovery.strangers, ASKED + 1)
        self.assertEqual(self.discovery.malformed, 2)

    def test_a_second_of_a_busy_network(self):
        for _ in range(20):
            self.shouter.send(KNOWN)
            self.shouter.send(FOREIGN)
        locked(self.listen)
        locked(self.listen)
        self.assertTrue(self.discovery.strangers > ASKED + 10)

    def test_a_known_host_at_another_port(self):
        # This look asks for its source; the next one takes heap to learn it.
        self.shouter.send(MOVED)
        locked(self.listen)
        self.shouter.send(MOVED)
        self.listen()
        self.assertEqual(self.node.plans, 2)


if __name__ == "__main__":
    unittest.main()
