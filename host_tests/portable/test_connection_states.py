"""Every input in every state of a connection, in both roles: what comes of it, and that the next
handshake works."""

import unittest

from bad_input import PREFIX, AsClient, AsServer
from support import DEVICE, GATEWAY, FixedExchange, answer, call, feed, output

from uwish.connection import CLOSED, HANDSHAKE, HANDSHAKE_MS, IDLE, RUNNING, SILENT_MS
from uwish.reasons import BAD_KEY, BAD_RECORD, HANDSHAKE_TIMEOUT, LOST, NONE, REFUSED, SILENT

# Where a connection can be. It waits for raw bytes (the beginning of the handshake), computes,
# waits for a record, or is established.
STATES = ("idle", "raw", "busy", "record", "running", "closed")
STEPS = 3


class SlowExchange(FixedExchange):
    """One whose arithmetic takes some steps, as on a board."""

    def agree(self, theirs, client):
        """As FixedExchange's, after STEPS steps."""
        for _ in range(STEPS):
            yield 0
        return (yield from FixedExchange.agree(self, theirs, client))


class SlowClient(AsClient):
    """We call."""

    own_key = AsServer.key

    def start(self):
        AsClient.start(self)
        self.host.c.lost()
        self.host.c.reset()
        call(self.host, exchange=SlowExchange(self.own_key))
        output(self.host.c)


class SlowServer(AsServer):
    """We are called."""

    own_key = AsClient.key

    def start(self):
        AsServer.start(self)
        self.host.c.lost()
        self.host.c.reset()
        answer(self.host, exchange=SlowExchange(self.own_key))


SLOW_ROLES = (SlowClient, SlowServer)


def reach(side, state):
    """Bring a fresh `side` into `state`."""
    c = side.host.c
    opening = side.before + PREFIX + side.key
    if state == "idle":
        c.lost()
        c.reset()
    elif state == "closed":
        c.close(SILENT)
    elif state == "busy":
        feed(c, opening[:-1])
        c.receive(opening, len(opening) - 1, 1, 0)
    elif state == "record":
        feed(c, opening)
    elif state == "running":
        feed(c, opening + side.remote.say(side.signature, side.document))
    return c


class Table(unittest.TestCase):
    # What a state becomes by an input that ends it, and why; what is not here changes nothing.
    CHANGES = {
        ("busy", "close"): (CLOSED, SILENT),
        ("busy", "late"): (CLOSED, HANDSHAKE_TIMEOUT),
        ("busy", "lost"): (CLOSED, LOST),
        ("busy", "broken"): (CLOSED, LOST),
        ("raw", "close"): (CLOSED, SILENT),
        ("raw", "late"): (CLOSED, HANDSHAKE_TIMEOUT),
        ("raw", "lost"): (CLOSED, LOST),
        ("raw", "broken"): (CLOSED, LOST),
        ("record", "bytes"): (CLOSED, BAD_RECORD),
        ("record", "close"): (CLOSED, SILENT),
        ("record", "late"): (CLOSED, HANDSHAKE_TIMEOUT),
        ("record", "lost"): (CLOSED, LOST),
        ("record", "broken"): (CLOSED, LOST),
        ("running", "bytes"): (CLOSED, BAD_RECORD),
        ("running", "close"): (CLOSED, SILENT),
        ("running", "late"): (CLOSED, SILENT),
        ("running", "lost"): (CLOSED, LOST),
        ("running", "broken"): (CLOSED, LOST),
    }
    # A client in "raw" waits for the length of a key, and knows what it means to be hung up on.
    AS_CLIENT = {("raw", "bytes"): (CLOSED, BAD_KEY), ("raw", "lost"): (CLOSED, REFUSED)}
    UNCHANGED = {
        "idle": (IDLE, NONE),
        "raw": (HANDSHAKE, NONE),
        "busy": (HANDSHAKE, NONE),
        "record": (HANDSHAKE, NONE),
        "running": (RUNNING, NONE),
        "closed": (CLOSED, SILENT),
    }
    INPUTS = {
        "nothing": lambda c: c.receive(b"", 0, 0, 1),
        "bytes": lambda c: c.receive(b"\0\0", 0, 2, 1),
        "step": lambda c: c.step(),
        "write": lambda c: c.write(),
        "sent": lambda c: c.sent(0, 1),
        "early": lambda c: c.tick(HANDSHAKE_MS - 1),
        "late": lambda c: c.tick(max(HANDSHAKE_MS, SILENT_MS)),
        "close": lambda c: c.close(SILENT),
        "lost": lambda c: c.lost(),
        "broken": lambda c: c.lost(True),
    }

    def check(self, role, state, name):
        side = role()
        c = reach(side, state)
        self.assertEqual((c.state, c.reason), self.UNCHANGED[state], state)
        self.INPUTS[name](c)
        pair = state, name
        expected = self.CHANGES.get(pair, self.UNCHANGED[state])
        if role is SlowClient:
            expected = self.AS_CLIENT.get(pair, expected)
        self.assertEqual((c.state, c.reason), expected, pair)
        if c.state in (IDLE, CLOSED):
            self.assertEqual((c.want(), output(c), c.step()), (0, b"", False), pair)
            self.assertEqual((c.running, c.is_open), (False, False))

    def test_every_pair(self):
        for role in SLOW_ROLES:
            for state in STATES:
                for name in self.INPUTS:
                    self.check(role, state, name)

    def test_after_any_end_the_next_handshake_works(self):
        for role in SLOW_ROLES:
            for state in STATES:
                side = role()
                c = reach(side, state)
                c.close(LOST)
                c.reset()
                self.assertEqual((c.state, c.reason, output(c)), (IDLE, NONE, b""))
                side.start()
                reach(side, "running")
                self.assertEqual(c.state, RUNNING)

    def test_the_first_reason_stays(self):
        for role in SLOW_ROLES:
            for state in ("raw", "busy", "record", "running"):
                c = reach(role(), state)
                c.close(BAD_KEY)
                c.close(SILENT)
                c.lost()
                c.tick(10**6)
                self.assertEqual((c.state, c.reason), (CLOSED, BAD_KEY))


class Busy(unittest.TestCase):
    def test_nothing_is_read_in_the_middle_of_arithmetic(self):
        for role in SLOW_ROLES:
            side = role()
            c = reach(side, "busy")
            record = side.remote.say(side.signature)
            for _ in range(STEPS):
                self.assertEqual(c.want(), 0)
                c.receive(record, 0, len(record), 0)
                self.assertEqual((c.taken, c.state), (0, HANDSHAKE))
                self.assertEqual(output(c), b"")
                c.step()
            while c.step():
                pass
            self.assertTrue(len(output(c)) > 64)
            feed(c, record + side.remote.say(side.document))
            self.assertEqual(c.state, RUNNING)

    def test_bytes_that_came_meanwhile_keep_nothing_alive(self):
        for role in SLOW_ROLES:
            c = reach(role(), "busy")
            c.receive(b"abc", 0, 3, HANDSHAKE_MS - 1)
            self.assertEqual(c.tick(HANDSHAKE_MS), 0)
            self.assertEqual(c.reason, HANDSHAKE_TIMEOUT)


class Running(unittest.TestCase):
    def test_what_it_knows_and_offers(self):
        for role in SLOW_ROLES:
            c = reach(role(), "running")
            us, them = (DEVICE, GATEWAY) if role is SlowClient else (GATEWAY, DEVICE)
            self.assertEqual(bytes(c.key), us.uid + them.uid + them.hid)
            self.assertEqual((c.ruid, c.rhid), (them.uid, them.hid))
            self.assertTrue(c.running and c.is_open)
            self.assertFalse(c.step())
            self.assertTrue(c.want() > 0)


if __name__ == "__main__":
    unittest.main()
