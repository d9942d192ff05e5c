"""More pins than connections, with real connections: who gets a place, who gives it up, and what is
counted."""

import unittest

from app_case import Networks, stall
from loopback_gateway import FakeGateway
from support import DEVICE

from uwish.calls import scheduler
from uwish.peers import HOLD_MS
from uwish.reasons import CONNECT, DROPPED, LOST
from uwish.scheduler import IDLE_MS
from uwish.status import OK


class PlacesCase(Networks, unittest.TestCase):
    """`high` and `low` are gateways; there is one place, and low has it."""

    def start(self, high=("always", 1), low=("always", 5), **options):
        self.high, self.low = FakeGateway("high"), FakeGateway("low", DEVICE)
        n = self.network(self.high, self.low, **options)
        n.pin(self.low, policy=low[0], priority=low[1])
        self.assertTrue(n.run(n.peers))
        n.pin(self.high, policy=high[0], priority=high[1])
        return n

    def has_place(self, n, gateway):
        """Of the two only `gateway` is connected."""
        peers = [peer.ruid for peer in n.peers()]
        return peers == [gateway.identity.uid] and len(n.app._node.connections) == 1

    def calls(self):
        return self.high.calls, self.low.calls


class Preemption(PlacesCase):
    def test_a_higher_priority_takes_the_place(self):
        n = self.start()
        self.assertTrue(n.run(lambda: self.has_place(n, self.high)))
        n.run(turns=200, step=200)
        self.assertTrue(self.has_place(n, self.high))
        self.assertEqual(self.calls(), (1, 1))
        self.assertEqual(n.events, ["ready", "online", "offline", "online"])
        self.assertEqual((n.app.stats.closed[DROPPED], sum(n.app.stats.closed)), (1, 1))

    def test_the_one_that_gave_way_does_not_wait(self):
        n = self.start()
        n.run(lambda: self.has_place(n, self.high))
        rules = scheduler(n.app._node)
        self.assertEqual((rules.wait_ms(0, n.now), rules.failures(0)), (0, 0))
        self.high.stop()
        # Long before any back-off is over.
        self.assertTrue(n.run(lambda: self.has_place(n, self.low), step=1))
        self.assertEqual(n.app.stats.closed[LOST], 1)

    def test_a_better_one_that_is_away_costs_nothing(self):
        n = self.start()
        n.run(lambda: self.has_place(n, self.high))
        self.high.stop()
        n.run(lambda: self.has_place(n, self.low))
        n.run(turns=200, step=200)
        self.assertTrue(self.has_place(n, self.low))
        self.assertTrue(n.app.stats.closed[CONNECT] >= 3)
        self.assertEqual((self.low.calls, n.app.stats.closed[DROPPED]), (2, 1))

    def test_equals_do_not_displace_each_other(self):
        for policy in ("always", "eager"):
            n = self.start(high=(policy, 5), low=("always", 5))
            n.run(turns=100, step=1000)
            self.assertTrue(self.has_place(n, self.low))
            self.assertEqual(self.calls(), (0, 1))

    def test_a_changed_priority_changes_places(self):
        n = self.start(high=("always", 9))
        n.run(turns=20, step=100)
        self.assertTrue(self.has_place(n, self.low))
        n.pin(self.high, priority=4)
        self.assertTrue(n.run(lambda: self.has_place(n, self.high)))

    def test_frames_for_the_one_that_gave_way_are_kept_then_counted(self):
        n = self.start(tx_size=32000)
        peer = n.peers()[0]
        n.gateway = self.low
        accepted = stall(n, peer)
        self.assertTrue(n.run(lambda: self.has_place(n, self.high)))
        waiting = accepted - n.app.stats.sent
        self.assertTrue(waiting > 0 and n.app.stats.dropped == 0)
        n.run(turns=30, step=HOLD_MS // 20)
        self.assertEqual((n.app.stats.dropped, n.app._node.frames.used), (waiting, 0))

    def test_frames_for_the_one_that_gave_way_wait_for_its_return(self):
        n = self.start(tx_size=32000)
        peer = n.peers()[0]
        n.gateway = self.low
        accepted = stall(n, peer)
        n.run(lambda: self.has_place(n, self.high))
        handed = n.app.stats.sent
        self.low.hang_up()
        self.low.deaf = False
        self.low.host.got.clear()
        self.high.stop()
        # Beside them arrives at most what is still on its way.
        self.assertTrue(n.run(lambda: n.app.stats.sent == accepted))
        n.run(turns=30)
        numbers = [int(payload[:5]) for payload in self.low.host.payloads()]
        self.assertEqual(numbers, list(range(handed, accepted)))
        self.assertEqual(n.app.stats.dropped, 0)


class Eager(PlacesCase):
    def test_an_idle_one_gives_way_to_an_equal_always(self):
        n = self.start(high=("always", 5), low=("eager", 5))
        peer = n.peers()[0]
        n.run(turns=55, step=1000)
        self.assertTrue(self.has_place(n, self.low))
        # A frame, and it is not idle.
        self.assertEqual(n.app.peer.send(peer, b"x"), OK)
        n.run(turns=55, step=1000)
        self.low.host.send(b"y")
        n.run(turns=55, step=1000)
        self.assertTrue(self.has_place(n, self.low))
        self.assertEqual((n.frames, self.low.host.payloads()), ([b"y"], [b"x"]))
        n.run(turns=IDLE_MS // 1000 - 45, step=1000)
        self.assertTrue(n.run(lambda: self.has_place(n, self.high)))
        n.run(turns=100, step=1000)
        self.assertTrue(self.has_place(n, self.high))
        self.assertEqual(self.calls(), (1, 1))


class Reconnects(Networks, unittest.TestCase):
    def test_only_when_a_pin_is_connected_again(self):
        other = FakeGateway("other", DEVICE)
        n = self.network(FakeGateway(), other, max_connections=2)
        stats = n.app.stats
        n.gateway.host.contacts.clear()
        n.pin()
        n.run(turns=50)
        n.gateway.host.contacts[n.app.uid] = n.app._node.identity.public
        n.pin(priority=1)
        self.assertTrue(n.run(n.peers))
        n.pin(other)
        self.assertTrue(n.run(lambda: len(n.peers()) == 2))
        self.assertEqual((stats.handshakes, stats.reconnects), (2, 0))
        for times in (1, 2, 3):
            n.gateway.hang_up()
            self.assertTrue(n.run(lambda: len(n.peers()) == 1))
            self.assertTrue(n.run(lambda: len(n.peers()) == 2, step=50))
            self.assertEqual((stats.handshakes, stats.reconnects), (2 + times, times))

    def test_a_pin_made_anew_starts_anew(self):
        n = self.network()
        n.connect()
        n.app.peer.unpin(n.app.uid, n.gateway.identity.uid, bytes(32))
        self.assertTrue(n.run(lambda: not n.peers()))
        n.pin()
        self.assertTrue(n.run(n.peers))
        self.assertEqual((n.app.stats.handshakes, n.app.stats.reconnects), (2, 0))


if __name__ == "__main__":
    unittest.main()
