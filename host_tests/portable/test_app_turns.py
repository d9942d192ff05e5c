"""How an App takes its turns: how long it waits, that it never spins, and `run()` under asyncio."""

import asyncio
import unittest

from app_case import FOR_GOOD_MS, Networks, stall
from loopback_gateway import FakeGateway
from messages import PING, array, request
from support import DEVICE

import uwish
from uwish.status import FULL


class Waits(Networks, unittest.TestCase):
    def waits(self, n):
        """The timeouts that reach the poller from now on."""
        seen = []
        wait = n.app._node.poller.wait

        def noted(timeout_ms):
            seen.append(timeout_ms)
            wait(0)

        n.app._node.poller.wait = noted
        return seen

    def test_never_longer_than_asked_nor_than_is_due(self):
        n = self.network()
        n.connect()
        n.run(turns=20)
        seen = self.waits(n)
        due = n.app.poll(0)
        self.assertTrue(0 < due <= 1000)
        n.app.poll(7)
        n.app.poll(10**6)
        n.app.poll(0)
        self.assertEqual(seen[:2], [0, 7])
        self.assertTrue(0 < seen[2] <= 1000)
        self.assertEqual(seen[3], 0)

    def test_what_was_accepted_does_not_wait(self):
        n = self.network()
        peer = n.connect()
        n.run(turns=20)
        seen = self.waits(n)
        n.app.peer.send(peer, b"x")
        n.now += 10
        n.app.poll(500)
        n.app.poll(500)
        self.assertEqual(seen[0], 0)
        self.assertTrue(seen[1] > 0)
        self.assertEqual(n.app.stats.sent, 1)

    def test_who_sends_without_pause_looks_for_input_every_ten_ms(self):
        n = self.network()
        peer = n.connect()
        n.run(turns=20)
        asked = self.waits(n)
        for _ in range(100):
            n.app.peer.send(peer, b"x")
            n.app.poll(500)
            n.now += 1
        self.assertEqual(asked, [0] * 10)
        self.assertEqual(n.app.stats.sent, 100)
        # Who sends now and then does so in every turn.
        for _ in range(5):
            n.app.peer.send(peer, b"x")
            n.now += 10
            n.app.poll(500)
        self.assertEqual(asked, [0] * 15)

    def test_who_sends_without_pause_hears_what_comes(self):
        n = self.network()
        peer = n.connect()
        n.run(turns=20)
        heard = []
        n.app.on("frame", lambda peer, data: heard.append(bytes(data)))
        n.gateway.host.send(b"stop")
        turns = 0
        while not heard and turns < 2000:
            n.app.peer.send(peer, b"x")
            n.run(turns=1, step=1)
            turns += 1
        self.assertEqual(heard, [b"stop"])

    def test_a_new_pin_does_not_wait(self):
        n = self.network()
        n.run(turns=20)
        seen = self.waits(n)
        n.pin()
        n.app.poll(500)
        self.assertEqual(seen, [0])

    def test_with_nothing_to_do_it_asks_for_a_long_sleep(self):
        n = self.network()
        n.app.poll(0)
        for passed in (0, 1, 300, 998):
            n.now += passed
            due = n.app.poll(0)
            # A second between two looks at the deadlines, of which some has passed.
            self.assertEqual(due, 1000 - passed)
            n.now += due
            self.assertEqual(n.app.poll(0), 1000)

    def test_its_clock_counts_modulo_2_to_the_30(self):
        n = self.network()
        for n.now, expected in (
            (0x3FFFFFFF, 0x3FFFFFFF),
            (0x40000003, 3),
            (0x7FFFFFFF, 0x3FFFFFFF),
        ):
            n.app.poll(0)
            self.assertEqual(n.app._node.now, expected)


class NoSpinning(Networks, unittest.TestCase):
    def rests(self, n, turns=60):
        """Without news it wants to wait, and what it waits for does not come at once."""
        at_once = 0
        for _ in range(turns):
            before = n.app.stats.bytes_out, n.app.stats.bytes_in
            if n.app.poll(0) == 0 and before == (n.app.stats.bytes_out, n.app.stats.bytes_in):
                at_once += 1
        self.assertTrue(at_once <= 1, at_once)
        n.app._node.poller.wait(0)
        events = [line.link.events for line in n.app._node.lines]
        self.assertEqual(events, [0] * len(events))

    def test_connected_and_idle(self):
        n = self.network()
        n.connect()
        n.run(turns=20)
        self.rests(n)

    def test_waiting_for_a_host_that_is_away(self):
        n = self.network()
        n.gateway.stop()
        n.pin()
        n.run(turns=30)
        self.rests(n)

    def test_a_pin_that_cannot_be_dialled(self):
        n = self.network()
        n.connect()
        n.run(turns=20)
        n.app.peer.pin(n.app.uid, b"?" * 32, uwish.ANY_HOST, "always", 0)  # no contact
        n.app.peer.pin(b"?" * 32, n.gateway.identity.uid, uwish.ANY_HOST, "always", 0)  # not ours
        n.run(turns=5)
        self.rests(n)

    def test_more_pins_than_places(self):
        n = self.network(FakeGateway(), FakeGateway("other", DEVICE))
        n.connect()
        n.pin(n.gateways[1], priority=9)
        n.run(turns=20)
        self.rests(n)

    def test_waiting_in_a_handshake(self):
        n = self.network()
        n.gateway.mute = True
        n.pin()
        n.run(turns=30)
        self.rests(n)

    def test_frames_that_cannot_be_written(self):
        n = self.network(tx_size=4000)
        peer = n.connect()
        stall(n, peer, FOR_GOOD_MS)
        self.rests(n)
        self.assertEqual(n.app.peer.send(peer, bytes(900)), FULL)
        self.rests(n)

    def test_answers_that_cannot_be_written(self):
        n = self.network(tx_size=4000)
        peer = n.connect()
        stall(n, peer, FOR_GOOD_MS)
        accepted = n.app._node.frames.used
        self.assertTrue(accepted)
        ours = n.gateway.running()[0]
        c = n.app._node.connections[0]
        asked = 0
        while c.want() and asked < 200:
            # An answer each; the gateway takes none of them.
            ours.window.record(request("nothing", array("args"), asked + 1))
            ours.window.record(PING)
            asked += 1
            n.gateway.pump()
            n.now += 10
            n.app.poll(0)
        self.assertEqual(c.want(), 0)
        # More has come than it reads now.
        for _ in range(3):
            ours.window.record(PING)
            n.gateway.pump()
        self.rests(n)
        self.assertTrue(c.running)
        # At last the gateway reads: everything goes out, and what waited is read.
        n.gateway.deaf = False
        self.assertTrue(n.run(lambda: not n.app._node.frames.used, turns=3000))
        self.assertTrue(n.run(lambda: c.want() and not c.window.end))
        n.gateway.host.send(b"still there")
        self.assertTrue(n.run(lambda: n.frames))
        self.assertEqual((sum(n.app.stats.closed), n.app.stats.ignored), (0, asked))
        self.rests(n)


class Run(Networks, unittest.TestCase):
    def test_beside_other_tasks_until_it_is_closed(self):
        n = self.network()
        n.pin()
        other = []

        async def others():
            # The gateway and the clock move in a task of their own.
            while not n.frames and len(other) < 3000:
                n.gateway.pump()
                n.now += 5
                if n.peers() and not other.count("sent") and n.gateway.host.online():
                    other.append("sent")
                    n.gateway.host.send(b"command")
                other.append("turn")
                await asyncio.sleep(0.001)
            n.app.close()

        async def main():
            task = asyncio.create_task(others())
            result = await n.app.run()
            await task
            return result

        self.assertTrue(asyncio.run(main()) is None)
        self.assertEqual((n.frames, n.events), ([b"command"], ["ready", "online", "offline"]))
        self.assertTrue(len(other) > 10)

    def test_after_close_it_returns_at_once(self):
        n = self.network()
        n.app.close()
        self.assertTrue(asyncio.run(n.app.run()) is None)

    def test_what_a_handler_raises_comes_out(self):
        n = self.network()

        def ready():
            raise KeyError("mine")

        n.app.on("ready", ready)
        self.assertRaises(KeyError, asyncio.run, n.app.run())


if __name__ == "__main__":
    unittest.main()
