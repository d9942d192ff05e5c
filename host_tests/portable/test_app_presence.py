"""Presence with real connections: parallel and duplicate ones, and peers that come and go, never
make a flap or a second `online`."""

import unittest

from app_case import Networks
from loopback_gateway import FakeGateway
from messages import service_signal
from support import GATEWAY, CachedIdentity

from uwish.reasons import LOST, REPLACED
from uwish.status import OK


class Duplicates(Networks, unittest.TestCase):
    """A second connection to the same host. The scheduler never asks for one, so it is made to."""

    def second(self, n):
        from uwish.scheduler import Scheduler  # the one that the next turn takes

        served = Scheduler._served
        Scheduler._served = lambda self, index, connections: False
        n.app._node.replan()
        calls = n.gateway.calls
        self.assertTrue(n.run(lambda: n.gateway.calls > calls))
        Scheduler._served = served
        handshakes = n.app.stats.handshakes
        self.assertTrue(n.run(lambda: n.app.stats.handshakes > handshakes))

    def test_the_older_one_is_closed_and_nobody_notices(self):
        n = self.network(max_connections=2)
        peer = n.connect()
        for times in (1, 2, 3):
            self.second(n)
            n.run(turns=30)
            self.assertEqual(n.app.stats.closed[REPLACED], times)
            self.assertEqual(len(n.gateway.running()), 1)
            self.assertEqual((n.peers(), n.events), ([peer], ["ready", "online"]))
            self.assertEqual(n.app.peer.send(peer, b"up%d" % times), OK)
            n.gateway.host.send(b"down%d" % times)
            self.assertTrue(n.run(lambda times=times: len(n.frames) == times))
            self.assertTrue(n.run(lambda times=times: len(n.gateway.host.got) == times))
        self.assertEqual(n.frames, [b"down1", b"down2", b"down3"])
        self.assertEqual(n.gateway.host.payloads(), [b"up1", b"up2", b"up3"])
        self.assertEqual(n.gateway.calls, 4)
        self.assertEqual(sum(n.app.stats.closed), 3)

    def test_frames_that_waited_go_over_the_newer_one(self):
        n = self.network(max_connections=2)
        peer = n.connect()
        payloads = [b"%d" % i for i in range(10)]
        n.gateway.deaf = True
        for payload in payloads[:5]:
            n.app.peer.send(peer, payload)
        n.gateway.deaf = False
        self.second(n)
        for payload in payloads[5:]:
            n.app.peer.send(peer, payload)
        self.assertTrue(n.run(lambda: n.app.stats.sent == 10))
        n.run(turns=20)
        self.assertEqual(n.gateway.host.payloads(), payloads)

    def test_the_newer_one_breaks(self):
        n = self.network(max_connections=2)
        peer = n.connect()
        self.second(n)
        n.run(turns=30)
        n.gateway.hang_up()
        self.assertTrue(n.run(lambda: not peer.online))
        self.assertEqual((n.events[1:], n.app.stats.closed[LOST]), (["online", "offline"], 1))
        self.assertTrue(n.run(lambda: peer.online, step=50))


class Parallel(Networks, unittest.TestCase):
    def test_two_hosts_of_one_identity_are_two_peers(self):
        twin = CachedIdentity(GATEWAY._seed, GATEWAY.public, b"\0" + b"t" * 31, "twin")
        one, two = FakeGateway(), FakeGateway(identity=twin)
        n = self.network(one, two, max_connections=2)
        for gateway in (one, two):
            n.app.identity.import_(GATEWAY.document(), (gateway.transport,))
            n.pin(gateway, rhid=gateway.identity.hid)
            self.assertTrue(n.run(gateway.running))
        self.assertTrue(n.run(lambda: len(n.peers()) == 2))
        hosts = sorted([peer.rhid for peer in n.peers()])
        self.assertEqual(hosts, sorted([GATEWAY.hid, twin.hid]))
        two.hang_up()
        self.assertTrue(n.run(lambda: len(n.peers()) == 1))
        self.assertEqual(n.peers()[0].rhid, GATEWAY.hid)


class Services(Networks, unittest.TestCase):
    def say(self, n, rsid, online, protocol="sensor"):
        c = n.gateway.running()[0]
        subscriber = int.from_bytes(bytes(c.session.replies._subscriber), "little")
        c.window.record(service_signal(subscriber, rsid, "x", protocol, online))

    def test_announced_again_and_again(self):
        n = self.network()
        peer = n.connect()
        for _ in range(5):
            self.say(n, peer.rsid, True)
            n.run(turns=4)
        self.assertEqual(n.events, ["ready", "online"])
        for _ in range(3):
            self.say(n, peer.rsid, False)
            n.run(turns=4)
        self.assertEqual(n.events, ["ready", "online", "offline"])

    def test_gone_and_back_in_one_turn_is_no_news(self):
        n = self.network()
        peer = n.connect()
        for _ in range(3):
            self.say(n, peer.rsid, False)
            self.say(n, peer.rsid, True)
            n.run(turns=4)
        self.assertEqual((n.events, peer.online), (["ready", "online"], True))

    def test_another_protocol_is_no_peer_and_a_second_of_ours_is(self):
        n = self.network(protocols=("sensor", "config"))
        peer = n.connect()
        self.say(n, peer.rsid, True, "other")
        n.run(turns=4)
        self.assertEqual(n.events, ["ready", "online"])
        self.say(n, peer.rsid, True, "config")
        n.run(turns=4)
        self.assertEqual([p.protocol for p in n.peers()], ["sensor", "config"])

    def test_more_than_there_are_places(self):
        n = self.network(max_peers=2)
        n.connect()
        for name in (b"a", b"b", b"c"):
            self.say(n, name * 32, True)
        n.run(turns=10)
        self.assertEqual((len(n.peers()), n.app.stats.peers_unseen), (2, 2))
        # One goes and another comes at once: told in this order.
        self.say(n, b"a" * 32, False)
        self.say(n, b"b" * 32, True)
        n.run(turns=10)
        self.assertEqual(n.events, ["ready", "online", "online", "offline", "online"])
        self.assertEqual(sorted([p.rsid[:1] for p in n.peers()]), [b"b", b"g"])

    def test_all_of_them_leave_with_the_connection(self):
        n = self.network()
        n.connect()
        for name in (b"a", b"b", b"c"):
            self.say(n, name * 32, True)
        n.run(turns=10)
        n.gateway.hang_up()
        self.assertTrue(n.run(lambda: not n.peers()))
        self.assertEqual(n.events, ["ready"] + ["online"] * 4 + ["offline"] * 4)


if __name__ == "__main__":
    unittest.main()
