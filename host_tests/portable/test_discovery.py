"""Listening to local discovery on a real socket: what is taken, counted, and survived."""

import unittest

from shouting import Shouter
from sighted import PUBLIC, Known
from support import contact_table

from uwish.announcement import announce
from uwish.contact_changes import put
from uwish.discovery import Discovery

READS = 8  # in one look
ASKED = 16  # datagrams, after which those of strangers are read without their source
A = announce("a", b"a" * 32, b"h" * 32, PUBLIC, "wish://:1")
B = announce("b", b"b" * 32, b"h" * 32, PUBLIC, "wish://:2")
STRANGER = announce("s", b"s" * 32, b"h" * 32, PUBLIC, "wish://:3")
TURNS = 2000


class Node:
    """What a Discovery needs of a node that knows `a` and `b`."""

    def __init__(self):
        table = contact_table(4)
        for name in (b"a", b"b"):
            put(table, Known(name))
        self.contacts = table.buf
        self.waits = []
        self.plans = 0

    def replan(self):
        """Count it."""
        self.plans += 1


class Listening(unittest.TestCase):
    def setUp(self):
        self.node = Node()
        self.discovery = Discovery(self.node, 4)
        self.shouter = Shouter()

    def tearDown(self):
        self.discovery.close()
        self.shouter.close()

    def hear(self, *datagrams):
        """Send them, and listen until all have been looked at or the queue stays empty."""
        for datagram in datagrams:
            self.shouter.send(datagram)
        self.discovery.listen(0)

    def hosts(self):
        """{first byte of the uid: address}."""
        return {ruid[:1]: address for ruid, _, address in self.discovery}

    def calm_down(self):
        """So many strangers that the source is not asked for any more."""
        for _ in range(ASKED // READS):
            self.hear(*[STRANGER] * READS)
        self.assertEqual(self.discovery.strangers, ASKED)
        self.discovery.strangers = 0

    def test_a_contact(self):
        self.hear(A)
        self.assertEqual(list(self.discovery), [(b"a" * 32, b"h" * 32, "wish://127.0.0.1:1")])
        self.assertEqual(self.node.plans, 1)
        self.hear(A, A)
        self.assertEqual(self.node.plans, 1)
        self.assertEqual((self.discovery.malformed, self.discovery.strangers), (0, 0))

    def test_a_stranger(self):
        self.hear(STRANGER)
        self.assertEqual(self.hosts(), {})
        self.assertEqual((self.discovery.strangers, self.node.plans), (1, 0))

    def test_what_is_no_announcement(self):
        noise = (b"W.", b"x", A[:-1], b"W." + bytes(100), A[:20] + b"\xff" * 100, bytes(512))
        self.hear(*noise)
        self.assertEqual(self.discovery.malformed, len(noise))
        self.hear(A)
        self.assertEqual(self.hosts(), {b"a": "wish://127.0.0.1:1"})

    def test_what_is_larger_than_any_announcement(self):
        self.hear(A[:2] + bytes(4000), bytes(9000))
        self.assertEqual(self.discovery.malformed, 2)
        self.hear(A)
        self.assertEqual(self.hosts(), {b"a": "wish://127.0.0.1:1"})

    def test_an_empty_datagram(self):
        before = self.discovery._sock
        self.hear(b"")
        self.assertEqual(self.discovery.malformed, 1)
        self.hear()
        # On a board the old one would never be read from again.
        self.assertIsNot(self.discovery._sock, before)
        self.hear(A)
        self.assertEqual(self.hosts(), {b"a": "wish://127.0.0.1:1"})

    def test_an_empty_datagram_after_many_others(self):
        self.calm_down()
        self.hear(b"")
        self.hear()
        self.hear(A)
        self.hear(A)
        self.assertEqual(self.hosts(), {b"a": "wish://127.0.0.1:1"})

    def test_a_flood_is_looked_at_in_portions(self):
        self.hear(*[STRANGER] * (READS + 3))
        self.assertEqual(self.discovery.strangers, READS)
        self.hear()
        self.assertEqual(self.discovery.strangers, READS + 3)

    def test_after_many_strangers_a_contact_is_learned_with_its_second_announcement(self):
        self.calm_down()
        self.hear(A)
        self.assertEqual(self.hosts(), {})
        self.hear(A)
        self.assertEqual(self.hosts(), {b"a": "wish://127.0.0.1:1"})
        self.assertEqual(self.node.plans, 1)

    def test_several_that_come_at_once_then(self):
        # MicroPython reads them in one go.
        self.calm_down()
        self.hear(STRANGER, A)
        self.assertEqual(self.discovery.strangers, 1)
        self.hear(A, B)
        self.assertEqual(self.hosts(), {b"a": "wish://127.0.0.1:1", b"b": "wish://127.0.0.1:2"})
        self.assertEqual(self.discovery.malformed, 0)

    def test_closed_it_hears_nothing_and_open_again_it_does(self):
        self.discovery.close()
        self.discovery.close()
        self.shouter.send(A)
        self.hear(A)
        self.hear(A)
        self.assertEqual(self.hosts(), {b"a": "wish://127.0.0.1:1"})

    def test_two_listeners_in_one_machine(self):
        # Whoever else listens there, such as a desktop core, has to share the port as well.
        Discovery(Node(), 1).close()

    def test_sizes_that_cannot_be(self):
        for size in (0, 255):
            with self.assertRaises(ValueError):
                Discovery(self.node, size)


if __name__ == "__main__":
    unittest.main()
