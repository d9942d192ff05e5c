"""After 100,000 frames and 10 reconnects the heap holds what it held before."""

import gc
import unittest

from world import World

RECONNECTS = 10
DELIVERED = 200  # frames of each connection that a gateway decrypts
SWALLOWED = 9800  # and that the link takes and forgets, because a gateway here is slow
DRIFT = 256  # bytes


class DriftTest(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.payload = bytes(64)
        self.swallowed = 0

    def tearDown(self):
        self.world.close()

    def test_frames_and_reconnects(self):
        self.live(200)  # whatever is made only once
        before = self.held()
        for _ in range(RECONNECTS):
            self.live(SWALLOWED)
        drift = self.held() - before
        print("drift: %d bytes" % drift)
        stats = self.world.app.stats
        self.assertEqual(stats.reconnects, RECONNECTS + 1)
        self.assertEqual(stats.sent, 200 + DELIVERED + RECONNECTS * (DELIVERED + SWALLOWED))
        self.assertTrue(-DRIFT <= drift <= DRIFT)

    def held(self):
        gc.collect()
        return gc.mem_alloc()

    def live(self, swallowed):
        """The life of one connection, to its end and to the next."""
        world = self.world
        self.deliver()
        # Ten seconds make it a settled connection, so that the next one is dialled after a second.
        world.run(turns=25, step=500)
        # The gateway cannot read on after this: the nonces have moved.
        world.line.link.write = swallow
        self.push(swallowed)
        self.swallowed += swallowed
        del world.line.link.write
        world.gateway.hang_up()
        self.assertTrue(world.run(lambda: not world.peer.online))
        self.assertTrue(world.run(self.back, step=50))
        del world.events[:]

    def back(self):
        return self.world.peer.online and self.world.gateway.host.online()

    def deliver(self):
        world = self.world
        arrived = world.arrived
        for _ in range(DELIVERED // 10):
            self.push(10)
            self.assertTrue(world.arrives(world.app.stats.sent - self.swallowed))
            world.gateway.host.send(b"command")
        self.assertTrue(world.run(lambda: world.arrived == arrived + DELIVERED // 10))

    def push(self, count):
        app = self.world.app
        sent = app.stats.sent + count
        while count:
            for _ in range(min(count, 10)):
                assert app.peer.send(self.world.peer, self.payload) == 200
                count -= 1
            app.poll(0)
        while app.stats.sent < sent:
            app.poll(0)


def swallow(buf, off, n):
    return n


if __name__ == "__main__":
    unittest.main()
