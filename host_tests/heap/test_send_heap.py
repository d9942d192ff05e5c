"""Sending allocates nothing: accepting and refusing frames, and every way to the socket."""

import unittest

from world import World, locked

from uwish.status import FULL, NOT_FOUND, OK, TOO_LARGE

ALL_BUT_ONE = -1
FRAMES = 2  # that fit into one window
WIRE = 153 + 6 + 64  # bytes of each on the wire (WIRE.md 3.1)


class Trickle:
    """Stands in for a link's `write`: the network takes as many bytes as `pieces` say, in turn."""

    def __init__(self, link, *pieces):
        self.calls = 0
        self.write = link.write
        self.pieces = pieces
        link.write = self.take

    def take(self, buf, off, n):
        piece = self.pieces[self.calls % len(self.pieces)]
        self.calls += 1
        if piece == ALL_BUT_ONE:
            piece = n - 1 if n > 1 else 1
        if piece == 0:
            return None
        return self.write(buf, off, piece if piece < n else n)


class WorldCase(unittest.TestCase):
    def setUp(self):
        self.world = World(tx_size=512)
        self.app = self.world.app
        self.payload = bytes(64)
        self.status = -1

    def tearDown(self):
        self.world.close()

    def send(self):
        return self.app.peer.send(self.world.peer, self.payload)


class SendTest(WorldCase):
    def test_accepted(self):
        for payload in (b"", bytes(64), bytearray(200), memoryview(bytes(64))):
            self.payload = payload
            self.assertEqual(locked(self.send), OK)
        self.assertTrue(self.world.arrives(4))

    def test_a_part_of_a_buffer(self):
        self.assertEqual(locked(self.send_a_part), OK)

    def send_a_part(self):
        return self.app.peer.send(self.world.peer, self.payload, 10)

    def test_too_large(self):
        self.payload = bytes(507)
        self.assertEqual(locked(self.send), TOO_LARGE)

    def test_full(self):
        self.assertEqual(locked(self.overfill), FULL)
        self.assertEqual(self.app.stats.refused, 1)

    def overfill(self):
        status = OK
        while status == OK:
            status = self.send()
        return status

    def test_offline(self):
        self.world.gateway.hang_up()
        self.assertTrue(self.world.run(lambda: not self.world.peer.online))
        self.assertEqual(locked(self.send), NOT_FOUND)

    def test_the_lock_bites(self):
        self.assertRaises(MemoryError, locked, self.allocate)

    def allocate(self):
        return bytearray(len(self.payload))


class WriteTest(WorldCase):
    """Envelope, encryption and socket, with a network that takes what it likes."""

    def send_and_flush(self):
        status = OK
        for _ in range(FRAMES):
            status = max(status, self.send())
        turns = 0
        while self.app._node.frames.used:
            self.world.now += 1
            self.app.poll(0)
            turns += 1
            if turns > 2000:
                return -1
        return status

    def go(self, *pieces):
        trickle = Trickle(self.world.line.link, *pieces)
        self.assertEqual(locked(self.send_and_flush), OK)
        self.assertEqual(self.app.stats.sent, FRAMES)
        self.assertTrue(self.world.arrives(FRAMES))
        return trickle.calls

    def test_all_at_once(self):
        self.assertEqual(self.go(10000), 1)

    def test_byte_by_byte(self):
        self.assertEqual(self.go(1), FRAMES * WIRE)

    def test_all_but_one(self):
        self.assertEqual(self.go(ALL_BUT_ONE, 1), 2)

    def test_nothing_every_other_time(self):
        self.assertTrue(self.go(0, 1, 0, 10) > 100)

    def test_nothing_then_all_but_one(self):
        self.assertEqual(self.go(0, ALL_BUT_ONE), 4)

    def test_a_socket_that_is_full(self):
        # The gateway reads nothing: the kernel's buffers fill up, and send() is refused at last.
        self.world.gateway.deaf = True
        self.payload = bytes(400)
        self.assertEqual(locked(self.send_until_stuck), FULL)
        self.assertTrue(self.world.line.link.blocked)
        self.world.gateway.deaf = False
        self.assertTrue(self.world.run(lambda: self.world.drains == 1))

    def send_until_stuck(self):
        status = OK
        stuck = 0
        while stuck < 5:
            status = self.send()
            stuck = stuck + 1 if status == FULL else 0
            self.app.poll(0)
        return status


class IdleTest(WorldCase):
    def test_polls_and_a_ping(self):
        # Ten quiet seconds: the plan is looked at, and at last a ping is due.
        before = self.app.stats.bytes_out
        locked(self.ten_seconds)
        self.assertEqual(self.app.stats.bytes_out - before, 30)

    def ten_seconds(self):
        for _ in range(120):
            self.world.now += 100
            self.app.poll(0)
            self.app.poll(1)

    def test_drain(self):
        world = self.world
        world.gateway.deaf = True
        while self.send() == OK:
            pass
        self.assertEqual(world.drains, 0)
        turns = 0
        world.gateway.deaf = False
        while not world.drains and turns < 50:
            world.gateway.pump()
            locked(world.turn)
            turns += 1
        self.assertEqual(world.drains, 1)


if __name__ == "__main__":
    unittest.main()
