"""A device moves from one host of an identity to another: what waited for the first goes there."""

import unittest

from app_case import Networks, stall
from loopback_gateway import FakeGateway
from support import GATEWAY, CachedIdentity

TWIN = CachedIdentity(GATEWAY._seed, GATEWAY.public, b"\0" + b"t" * 31, "twin")


class Moves(Networks, unittest.TestCase):
    def two(self, **options):
        """A device, online at the first of two hosts of one identity; the first takes no more, and
        so frames wait: the network, the other host, the peer at the first, how many."""
        one, other = FakeGateway(), FakeGateway(identity=TWIN)
        n = self.network(one, other, tx_size=32000, **options)
        n.app.identity.import_(GATEWAY.document(), (one.transport, other.transport))
        n.pin(one)
        self.assertTrue(n.run(lambda: n.peers() and n.peers()[0].rhid == GATEWAY.hid))
        peer = n.peers()[0]
        return n, one, other, peer

    def move(self, n, one, other):
        one.stop()
        self.assertTrue(n.run(lambda: other.running(), turns=2000, step=50))

    def numbers(self, gateway):
        return [int(payload[:5]) for payload in gateway.host.payloads()]

    def test_frames_that_wait_go_to_the_other_host_first(self):
        n, one, other, peer = self.two()
        accepted = stall(n, peer)
        self.move(n, one, other)
        handed = n.app.stats.sent
        self.assertTrue(handed < accepted)
        self.assertTrue(n.run(lambda: n.peers(), turns=2000, step=20))
        n.app.peer.send(n.peers()[0], b"%05d" % accepted)
        got = other.host.got
        self.assertTrue(n.run(lambda: len(got) > accepted - handed, turns=2000, step=20))
        self.assertEqual(self.numbers(other), list(range(handed, accepted + 1)))
        self.assertEqual((n.app.stats.sent, n.app.stats.dropped), (accepted + 1, 0))
        self.assertEqual([p.rhid for p in n.peers()], [TWIN.hid])

    def test_and_back_again(self):
        n, one, other, peer = self.two()
        accepted = stall(n, peer)
        one.stop()
        self.assertTrue(n.run(lambda: not n.app._node.frames.used, turns=2000, step=20))
        one.deaf = False
        one.listen_again()
        self.assertTrue(n.run(lambda: n.peers(), turns=2000, step=20))
        n.app.peer.send(n.peers()[0], b"00000")
        other.stop()
        self.assertTrue(n.run(lambda: n.peers() and n.peers()[0].rhid == GATEWAY.hid, step=50))
        self.assertTrue(n.run(lambda: not n.app._node.frames.used))
        self.assertEqual((n.app.stats.sent, n.app.stats.dropped), (accepted + 1, 0))

    def test_not_when_a_pin_asks_for_the_first_host(self):
        n, one, other, peer = self.two()
        n.pin(one, rhid=GATEWAY.hid, policy="eager", priority=9)
        stall(n, peer)
        self.move(n, one, other)
        self.assertTrue(n.run(lambda: n.peers(), turns=2000, step=20))
        self.assertTrue(n.app._node.frames.used > 1000)
        self.assertEqual(other.host.got, [])
        self.assertEqual(peer.rhid, GATEWAY.hid)

    def test_nor_when_the_pin_is_for_the_other_host_alone(self):
        n, one, other, peer = self.two()
        stall(n, peer)
        n.pin(one, rhid=TWIN.hid)
        n.app.peer.unpin(n.app.uid, GATEWAY.uid, bytes(32))
        self.move(n, one, other)
        self.assertTrue(n.run(lambda: n.peers(), turns=2000, step=20))
        self.assertTrue(n.app._node.frames.used > 1000)
        self.assertEqual(other.host.got, [])


if __name__ == "__main__":
    unittest.main()
