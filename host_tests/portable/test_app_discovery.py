"""App with local discovery: contacts are called where they announce themselves, with pins and
without, and the handshake decides who it is."""

import unittest

from app_case import Networks
from loopback_gateway import FakeGateway
from shouting import Shouter
from support import DEVICE, GATEWAY

from uwish import log
from uwish.finder import DOUBT_MS
from uwish.identity import Identity
from uwish.reasons import BAD_SIGNATURE, CONNECT, DROPPED
from uwish.scheduler import IDLE_MS
from uwish.sightings import AWAY_MS


def pretender():
    """Says it is GATEWAY, and has another key."""
    identity = Identity(DEVICE._seed, DEVICE.public, GATEWAY.hid, "pretender")
    identity.uid = GATEWAY.uid
    return identity


class Discovering(Networks, unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.shouter = Shouter()

    def tearDown(self):
        self.shouter.close()
        super().tearDown()

    def world(self, *gateways, **options):
        """A network whose app listens, and knows its gateways without their addresses."""
        n = self.network(*gateways, imports=False, **options)
        for gateway in n.gateways:
            n.app.identity.import_(gateway.document)
        n.discovery = n.app.discover()
        return n

    def announce(self, n, gateway=None, hid=None):
        """One announcement, heard: time goes on by more than the pause between two looks."""
        gateway = gateway or n.gateway
        self.shouter.announce(gateway.identity, gateway.port, hid)
        n.now = (n.now + 1100) & 0x3FFFFFFF
        n.app.poll(0)

    def idle(self, n):
        """IDLE_MS without a frame, in steps in which pings are answered."""
        for _ in range(12):
            n.now += IDLE_MS // 12
            n.run(turns=5)

    def online(self, n):
        return lambda: bool(n.peers())

    def test_a_known_contact_is_connected_when_it_is_heard(self):
        n = self.world()
        self.assertFalse(n.run(self.online(n), turns=300))
        self.announce(n)
        self.assertTrue(n.run(self.online(n)))
        n.app.peer.send(n.peers()[0], b"hello")
        self.assertTrue(n.run(lambda: n.gateway.host.got))

    def test_it_is_dropped_when_idle_and_not_called_again(self):
        n = self.world()
        self.announce(n)
        n.run(self.online(n))
        self.idle(n)
        self.assertEqual(n.events, ["ready", "online", "offline"])
        self.assertEqual(n.app.stats.last_reason, DROPPED)
        for _ in range(20):
            self.announce(n)
            n.run(turns=2)
        self.assertEqual(n.gateway.calls, 1)
        # Away for long, it is news again.
        n.now += AWAY_MS
        self.announce(n)
        n.run(turns=2)
        self.announce(n)
        self.assertTrue(n.run(self.online(n)))

    def test_frames_keep_it(self):
        n = self.world()
        self.announce(n)
        n.run(self.online(n))
        for _ in range(5):
            n.now += IDLE_MS // 2
            n.app.peer.send(n.peers()[0], b"still here")
            n.run(turns=5)
        self.assertEqual(n.events, ["ready", "online"])

    def test_a_pin_keeps_it_too(self):
        n = self.world()
        self.announce(n)
        n.run(self.online(n))
        n.pin()
        self.idle(n)
        self.idle(n)
        self.assertEqual(n.events, ["ready", "online"])
        self.assertEqual(n.gateway.calls, 1)

    def test_unpinned_it_stays_until_it_is_idle(self):
        n = self.world()
        self.announce(n)
        n.pin()
        n.run(self.online(n))
        n.app.peer.unpin(n.app.uid, n.gateway.identity.uid, bytes(32))
        n.run(turns=20)
        self.assertEqual(n.events, ["ready", "online"])
        self.idle(n)
        self.assertEqual(n.events, ["ready", "online", "offline"])
        self.assertEqual(n.app.stats.closed[DROPPED], 1)

    def test_a_pinned_contact_without_an_address_is_dialled_where_it_is_heard(self):
        n = self.world()
        n.pin()
        self.assertFalse(n.run(self.online(n), turns=300))
        self.assertEqual(self.lines, [])
        self.announce(n)
        self.assertTrue(n.run(self.online(n)))

    def test_a_pinned_contact_that_has_moved_is_found(self):
        n = self.world()
        log.level = log.ERROR
        gone = FakeGateway()
        gone.stop()
        n.app.identity.import_(n.gateway.document, (gone.transport,))
        n.pin()
        self.assertTrue(n.run(lambda: n.app.stats.closed[CONNECT] > 3, turns=4000))
        self.announce(n)
        self.assertTrue(n.run(self.online(n), turns=100))

    def test_who_only_pretends_is_found_out_by_the_handshake(self):
        log.level = log.ERROR
        liar = FakeGateway(identity=pretender())
        n = self.network(FakeGateway(), liar, imports=False)
        n.app.identity.import_(n.gateway.document)
        n.app.discover()
        self.announce(n, liar, hid=b"elsewhere" + bytes(23))
        self.assertTrue(n.run(lambda: n.app.stats.closed[BAD_SIGNATURE]))
        self.assertEqual((liar.calls, n.app.stats.handshakes), (1, 0))
        # For a while announcements are passed over, also the real one's.
        self.announce(n)
        n.run(turns=50)
        self.assertEqual(n.gateway.calls, 0)
        n.now += DOUBT_MS
        self.announce(n)
        self.assertTrue(n.run(self.online(n)))
        self.assertEqual((liar.calls, n.gateway.calls), (1, 1))

    def test_any_pin_takes_the_place_of_an_opportunity(self):
        first = FakeGateway()
        second = FakeGateway("second", DEVICE)
        n = self.world(first, second, max_connections=1)
        self.announce(n, first)
        n.run(self.online(n))
        self.announce(n, second)
        n.run(turns=100)
        self.assertEqual(second.calls, 0)
        n.pin(second, priority=255, policy="eager")
        self.assertTrue(n.run(lambda: second.running()))
        self.assertTrue(n.run(lambda: not first.running()))

    def test_without_discovery_nothing_is_heard(self):
        n = self.network(imports=False)
        n.app.identity.import_(n.gateway.document)
        self.announce(n)
        n.run(turns=100)
        self.assertEqual(n.gateway.calls, 0)
        self.assertIsNone(n.app._node.discovery)

    def test_asking_twice_is_asking_once(self):
        n = self.world()
        self.assertIs(n.app.discover(), n.discovery)

    def test_closing_the_app_frees_the_port(self):
        n = self.world()
        n.app.close()
        other = self.world()
        self.announce(other)
        self.assertTrue(other.run(self.online(other)))


if __name__ == "__main__":
    unittest.main()
