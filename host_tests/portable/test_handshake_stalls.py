"""A remote that falls silent or hangs up at any byte of the handshake, in both roles."""

import sys
import unittest

from bad_input import HELLO_BYTES, ROLES, AsClient, AsServer, Endings
from support import GATEWAY, GATEWAY_KEY, FixedExchange, answer, call, feed, output

from uwish.connection import CLOSED, HANDSHAKE, HANDSHAKE_MS, RUNNING
from uwish.phases import KEY
from uwish.reasons import HANDSHAKE_TIMEOUT, LOST, NO_MEMORY, REFUSED

# Every byte, or a sample where arithmetic is slow.
STEP = 5 if sys.implementation.name == "micropython" else 1


class NoRoom(FixedExchange):
    """One for whose arithmetic the heap has no room."""

    def agree(self, theirs, client):
        """No secret."""
        raise MemoryError
        yield


class Memory(Endings, unittest.TestCase):
    def test_without_it_there_is_a_reason_and_another_try(self):
        for role, start, key in ((AsClient, call, AsServer.key), (AsServer, answer, AsClient.key)):
            side = role()
            c = side.host.c
            c.lost()
            c.reset()
            start(side.host, exchange=NoRoom(key))
            output(c)
            self.ends(side, self.opening(side), NO_MEMORY, KEY)


class Stalls(Endings, unittest.TestCase):
    def whole(self, role):
        side = role()
        return self.opening(side) + side.remote.say(side.signature, side.document)

    def offsets(self, whole):
        return range(0, len(whole), STEP)

    def test_all_of_it_is_a_handshake(self):
        for role in ROLES:
            side = role()
            feed(side.host.c, self.whole(role))
            self.assertEqual(side.host.c.state, RUNNING)

    def test_silence_after_any_byte(self):
        for role in ROLES:
            whole = self.whole(role)
            for n in self.offsets(whole):
                side = role()
                c = side.host.c
                feed(c, whole[:n], now=n)
                # The limit counts from the start, however busy the remote was.
                self.assertEqual(c.tick(HANDSHAKE_MS - 1), 1)
                self.assertEqual(c.state, HANDSHAKE)
                self.assertEqual(c.tick(HANDSHAKE_MS), 0)
                self.assertEqual((c.state, c.reason), (CLOSED, HANDSHAKE_TIMEOUT))
                self.assertEqual((c.want(), output(c)), (0, b""))
            self.works_again(side)

    def test_one_byte_at_a_time_until_the_limit(self):
        for role in ROLES:
            whole = self.whole(role)
            side = role()
            c = side.host.c
            for n in range(len(whole) - 1):
                feed(c, whole[n : n + 1], now=n)
                self.assertEqual(c.tick(n), HANDSHAKE_MS - n)
            self.assertEqual(c.state, HANDSHAKE)
            c.tick(HANDSHAKE_MS)
            self.assertEqual(c.reason, HANDSHAKE_TIMEOUT)
            self.works_again(side)

    def test_hanging_up_after_any_byte(self):
        for role in ROLES:
            whole = self.whole(role)
            for n in self.offsets(whole):
                side = role()
                c = side.host.c
                feed(c, whole[:n])
                c.lost()
                # A host that does not know us hangs up before it has said anything of a key.
                refused = role is AsClient and n < 2
                self.assertEqual((c.state, c.reason), (CLOSED, REFUSED if refused else LOST), n)
                self.assertEqual((c.want(), output(c)), (0, b""))
            self.works_again(side)

    def test_a_shorter_limit_for_those_who_call(self):
        side = AsServer()
        c = side.host.c
        c.lost()
        c.reset()
        c.answer(GATEWAY, FixedExchange(GATEWAY_KEY), 0, 10000)
        feed(c, HELLO_BYTES)
        self.assertEqual(c.tick(9999), 1)
        c.tick(10000)
        self.assertEqual(c.reason, HANDSHAKE_TIMEOUT)
        self.works_again(side)


if __name__ == "__main__":
    unittest.main()
