"""Pins through the API: the rules of API.md, and what a pin does to connections."""

import unittest

from app_case import Networks
from failing_store import FailingStore
from loopback_gateway import FakeGateway
from support import DEVICE

import uwish
from uwish.pin import Pin
from uwish.reasons import CONNECT, DROPPED
from uwish.status import FULL, NOT_FOUND, OK

THEM = b"t" * 32
HOST = b"h" * 32


class Rules(Networks, unittest.TestCase):
    def test_pin_update_unpin(self):
        n = self.network(max_pins=2)
        api, us = n.app.peer, n.app.uid
        self.assertEqual(list(api.pins()), [])
        self.assertEqual(api.pin(us, THEM, uwish.ANY_HOST, "always"), OK)
        self.assertEqual(api.pin(us, THEM, HOST, "eager", 255), OK)
        self.assertEqual(api.pin(us, THEM, b"i" * 32, "eager", 1), FULL)
        first = Pin(us, THEM, bytes(32), "always", 0)
        self.assertEqual(list(api.pins()), [first, Pin(us, THEM, HOST, "eager", 255)])
        self.assertEqual(api.pin(us, THEM, HOST, "always", 7), OK)
        self.assertEqual(list(api.pins()), [first, Pin(us, THEM, HOST, "always", 7)])
        self.assertEqual(api.unpin(us, THEM, b"i" * 32), NOT_FOUND)
        self.assertEqual((api.unpin(us, THEM, HOST), api.unpin(us, THEM, HOST)), (OK, NOT_FOUND))
        self.assertEqual(list(api.pins()), [first])

    def test_it_is_an_iterator_and_no_list(self):
        n = self.network()
        n.pin()
        pins = n.app.peer.pins()
        self.assertEqual(next(pins).policy, "always")
        self.assertRaises(StopIteration, next, pins)

    def test_wrong_arguments_raise_and_change_nothing(self):
        kept = FailingStore()
        n = self.network(store=kept)
        n.pin()
        before = list(n.app.peer.pins()), list(kept.saves)
        good = n.app.uid, THEM, HOST, "always", 0
        for i, wrong in ((0, b"short"), (1, "text"), (2, None), (3, "often"), (4, 256), (4, -1)):
            arguments = good[:i] + (wrong,) + good[i + 1 :]
            self.assertRaises(ValueError, n.app.peer.pin, *arguments)
        self.assertRaises(ValueError, n.app.peer.unpin, n.app.uid, THEM, b"short")
        self.assertEqual((list(n.app.peer.pins()), kept.saves), before)

    def test_written_only_on_change(self):
        kept = FailingStore()
        n = self.network(store=kept, max_pins=1)
        kept.saves.clear()
        for _ in range(3):
            n.pin()
        self.assertEqual(n.pin(rhid=HOST), FULL)
        self.assertEqual(kept.saves, ["pins"])
        n.pin(priority=1)
        n.app.peer.unpin(n.app.uid, THEM, HOST)
        self.assertEqual(kept.saves, ["pins"] * 2)

    def test_of_another_identity_than_ours_it_is_kept_and_not_dialled(self):
        n = self.network()
        n.app.peer.pin(HOST, n.gateway.identity.uid, bytes(32), "always", 0)
        n.run(turns=30, step=500)
        self.assertEqual((n.gateway.calls, len(list(n.app.peer.pins()))), (0, 1))


class Connections(Networks, unittest.TestCase):
    def unpin(self, n, rhid=None):
        return n.app.peer.unpin(n.app.uid, n.gateway.identity.uid, rhid or bytes(32))

    def test_unpinning_closes(self):
        n = self.network()
        peer = n.connect()
        self.assertEqual(self.unpin(n), OK)
        self.assertTrue(n.run(lambda: not peer.online and not n.gateway.running()))
        n.run(turns=30, step=500)
        self.assertEqual((n.gateway.calls, n.app.stats.closed[DROPPED]), (1, 1))
        self.assertEqual(n.events, ["ready", "online", "offline"])

    def test_what_another_pin_asks_for_stays(self):
        n = self.network()
        n.connect()
        n.pin(rhid=n.gateway.identity.hid, policy="eager", priority=200)
        self.unpin(n)
        n.run(turns=50, step=100)
        self.assertEqual((n.gateway.calls, n.events), (1, ["ready", "online"]))

    def test_unpinning_in_the_middle_of_the_way(self):
        for turns in range(0, 14, 2):
            n = self.network()
            n.pin()
            n.run(turns=turns)
            self.unpin(n)
            n.run(turns=40, step=100)
            self.assertEqual((n.peers(), n.gateway.running()), ([], []))
            self.assertTrue(n.gateway.calls <= 1)
            n.pin()
            self.assertTrue(n.run(n.peers, step=20))

    def test_a_changed_pin_is_dialled_at_once(self):
        n = self.network()
        n.gateway.stop()
        n.pin()
        n.run(lambda: n.app.stats.closed[CONNECT] == 4, step=500)
        n.pin()
        n.run(turns=4, step=1)
        self.assertEqual(n.app.stats.closed[CONNECT], 4)
        n.pin(priority=3)
        n.run(turns=30, step=1)
        self.assertEqual(n.app.stats.closed[CONNECT], 5)

    def test_a_pin_without_contact_holds_up_no_other(self):
        n = self.network()
        n.app.peer.pin(n.app.uid, b"?" * 32, uwish.ANY_HOST, "always", 0)
        n.pin(priority=9)
        self.assertTrue(n.run(n.peers))

    def test_another_host_of_a_pinned_identity_does_not_flap(self):
        for places in (1, 2):
            n = self.network(max_connections=places)
            n.pin(priority=5)
            self.assertTrue(n.run(n.peers))
            # Pinned more highly is a host that nobody has: the one that answers is another.
            n.pin(rhid=b"x" * 32, priority=0)
            n.run(turns=250, step=40)
            self.assertTrue(n.gateway.calls <= 3, n.gateway.calls)

    def test_as_many_as_there_are_places(self):
        other = FakeGateway("other", DEVICE)
        n = self.network(FakeGateway(), other, max_connections=2)
        n.pin(other, policy="eager")
        n.pin()
        self.assertTrue(n.run(lambda: len(n.peers()) == 2))
        self.assertEqual(n.events, ["ready", "online", "online"])
        for peer in n.peers():
            self.assertEqual(n.app.peer.send(peer, peer.ruid), OK)
        for gateway in n.gateways:
            self.assertTrue(n.run(lambda gateway=gateway: gateway.host.got))
            self.assertEqual(gateway.host.payloads(), [gateway.identity.uid])


if __name__ == "__main__":
    unittest.main()
