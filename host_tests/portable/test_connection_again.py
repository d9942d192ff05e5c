"""A connection that is used again knows nothing of its past: its deadlines, reason and window are
those of a new one."""

import unittest

from support import (
    DEVICE,
    DEVICE_KEY,
    GATEWAY,
    GATEWAY_KEY,
    FixedExchange,
    device,
    establish,
    gateway,
    output,
)

from uwish.connection import (
    CLOSED,
    HANDSHAKE,
    HANDSHAKE_MS,
    IDLE,
    PING_MS,
    SILENT_MS,
    STALLED_MS,
)
from uwish.reasons import LOST, NONE, REFUSED

LATER = 700000


def begin(host, client, now=LATER, **options):
    """Its connection calls, or is called."""
    if client:
        exchange = FixedExchange(DEVICE_KEY)
        host.c.call(DEVICE, GATEWAY.uid, GATEWAY.public, exchange, now)
    else:
        host.c.answer(GATEWAY, FixedExchange(GATEWAY_KEY), now, **options)
    return host.c


class Again(unittest.TestCase):
    def test_a_new_one_is_idle(self):
        c = device().c
        self.assertEqual((c.state, c.reason, c.banned, c.last_frame), (IDLE, NONE, False, 0))
        self.assertEqual(
            (c.tick(LATER), c.want(), c.step(), c.write()), (SILENT_MS, 0, False, False)
        )
        c.lost()
        self.assertEqual((c.state, c.reason), (IDLE, NONE))

    def test_a_handshake_has_all_of_its_time_whenever_it_begins(self):
        for client in (True, False):
            c = begin(device() if client else gateway(), client)
            self.assertEqual((c.state, c.last_frame), (HANDSHAKE, LATER))
            self.assertEqual(c.tick(LATER), HANDSHAKE_MS)
            self.assertEqual(c.tick(LATER + HANDSHAKE_MS - 1), 1)
            self.assertEqual(c.tick(LATER + HANDSHAKE_MS), 0)
            self.assertEqual(c.state, CLOSED)

    def test_a_shorter_time_is_for_one_handshake(self):
        host = gateway()
        c = begin(host, False, deadline_ms=5000)
        self.assertEqual(c.tick(LATER), 5000)
        c.lost()
        c.reset()
        self.assertEqual(begin(host, False).tick(LATER), HANDSHAKE_MS)

    def test_the_silence_of_the_last_one_does_not_count(self):
        host = device()
        host.now = LATER
        c = establish(host)
        output(c, LATER)
        self.assertEqual(c.tick(LATER), PING_MS)
        self.assertEqual(c.tick(LATER + PING_MS), 0)  # it has pinged
        self.assertEqual(c.tick(LATER + PING_MS), SILENT_MS - PING_MS)

    def test_nor_what_it_could_not_write(self):
        host = device()
        host.now = LATER
        c = establish(host)
        c.write()  # the network takes nothing
        c.tick(LATER + STALLED_MS - 1)
        self.assertTrue(c.running)
        self.assertEqual(c.tick(LATER + STALLED_MS), 0)
        self.assertFalse(c.running)

    def test_nor_the_time_in_which_there_was_nothing_to_write(self):
        host = device()
        host.now = LATER
        c = establish(host)
        output(c, LATER)
        c.tick(LATER + STALLED_MS + 1000)
        self.assertTrue(c.write())  # a ping, which the network does not take
        c.tick(LATER + STALLED_MS + 1001)
        self.assertTrue(c.running)

    def test_nothing_of_the_last_one_is_said(self):
        host = device()
        c = begin(host, True)
        first = bytes(c.window.buf[: c.window.end])
        self.assertTrue(first)
        c.sent(9, 0)
        c.banned = True
        c.lost()
        self.assertEqual((c.reason, c.window.start, c.window.end), (REFUSED, 0, 0))
        c.reset()
        self.assertEqual((c.state, c.reason), (IDLE, NONE))
        begin(host, True)
        self.assertEqual(bytes(c.window.buf[c.window.start : c.window.end]), first)
        self.assertFalse(c.banned)

    def test_who_was_called_is_not_refused_because_it_called_before(self):
        host = device()
        begin(host, True).lost()
        host.c.reset()
        host.identity = GATEWAY
        begin(host, False).lost()
        self.assertEqual(host.c.reason, LOST)


if __name__ == "__main__":
    unittest.main()
