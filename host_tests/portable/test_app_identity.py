"""Our identity and contacts through the API."""

import unittest
from binascii import hexlify

from app_case import Networks
from failing_store import FailingStore
from loopback_gateway import FakeGateway
from support import DEVICE, GATEWAY

from uwish import App, log
from uwish.documents import Document
from uwish.reasons import CONNECT, DROPPED
from uwish.status import FULL, NOT_FOUND, OK

ADDRESS = ("wish://127.0.0.1:1",)


class Ours(unittest.TestCase):
    def test_once(self):
        app = App("sensor", ("a",))
        self.assertEqual((app.uid, app.hid, app.identity.list()), (None, None, []))
        self.assertRaises(ValueError, app.identity.export)
        for alias in ("", "x" * 48, None, b"x"):
            self.assertRaises(ValueError, app.identity.create, alias)
        self.assertTrue(app.uid is None)
        uid = app.identity.create("device")
        self.assertEqual((uid, len(uid), len(app.hid)), (app.uid, 32, 32))
        self.assertRaises(ValueError, app.identity.create, "again")
        self.assertEqual((app.uid, app.identity.list()), (uid, [(uid, "device", True)]))

    def test_its_document(self):
        app = App("sensor", ("a",))
        app.identity.create("device")
        read = Document(app.identity.export())
        self.assertEqual((read.alias, read.uid, read.transports), ("device", app.uid, []))
        self.assertRaises(ValueError, app.identity.import_, app.identity.export())
        self.assertRaises(ValueError, app.identity.remove, app.uid)

    def test_its_seed_is_in_no_answer_and_no_object_shown(self):
        app = App("sensor", ("a",))
        app.identity.create("device")
        seed = bytes(app._node.identity._seed)
        shown = "%s %r %s %r" % (app.identity.list(), app, app.identity, app.stats)
        self.assertFalse(seed in app.identity.export())
        self.assertFalse(repr(seed)[2:-1] in shown)


class Contacts(unittest.TestCase):
    def app(self, **options):
        app = App("sensor", ("a",), **options)
        app.identity.create("device")
        return app

    def test_import_list_remove(self):
        app = self.app()
        for who in (GATEWAY, DEVICE):
            self.assertEqual(app.identity.import_(who.document(), ADDRESS), OK)
        listed = [(GATEWAY.uid, GATEWAY.alias, False), (DEVICE.uid, DEVICE.alias, False)]
        self.assertEqual(app.identity.list()[1:], listed)
        self.assertEqual(app.identity.remove(GATEWAY.uid), OK)
        self.assertEqual(app.identity.remove(GATEWAY.uid), NOT_FOUND)
        self.assertEqual(app.identity.remove(bytearray(b"?" * 32)), NOT_FOUND)
        self.assertEqual(app.identity.list()[1:], listed[1:])

    def test_before_there_is_an_identity(self):
        app = App("sensor", ("a",))
        self.assertEqual(app.identity.import_(GATEWAY.document()), OK)
        self.assertEqual(app.identity.list(), [(GATEWAY.uid, GATEWAY.alias, False)])
        app.identity.create("device")
        self.assertEqual(len(app.identity.list()), 2)

    def test_any_bytes_like_document(self):
        for kind in (bytes, bytearray, memoryview):
            self.assertEqual(self.app().identity.import_(kind(GATEWAY.document())), OK)

    def test_wrong_arguments_change_nothing(self):
        app = self.app()
        for wrong in ("text", None, 5, {}):
            self.assertRaises(TypeError, app.identity.import_, wrong)
        for wrong in (b"", b"garbage", GATEWAY.document()[:-1]):
            self.assertRaises(ValueError, app.identity.import_, wrong)
        for wrong in (("http://x:1",), ("",), ADDRESS[0], ADDRESS * 11):
            self.assertRaises(ValueError, app.identity.import_, GATEWAY.document(), wrong)
        for wrong in (b"short", None, "x" * 32):
            self.assertRaises(ValueError, app.identity.remove, wrong)
        self.assertEqual(len(app.identity.list()), 1)

    def test_a_full_table(self):
        app = self.app(max_contacts=1)
        app.identity.import_(GATEWAY.document())
        self.assertEqual(app.identity.import_(DEVICE.document()), FULL)
        self.assertEqual(app.identity.import_(GATEWAY.document(), ADDRESS), OK)
        self.assertEqual(len(app.identity.list()), 2)

    def test_importing_the_same_again_writes_nothing(self):
        kept = FailingStore()
        app = self.app(store=kept)
        for _ in range(3):
            app.identity.import_(GATEWAY.document(), ADDRESS)
        self.assertEqual(kept.saves, ["identity", "contacts"])


class Connections(Networks, unittest.TestCase):
    def test_removing_a_contact_closes_and_its_pin_waits_for_it(self):
        n = self.network()
        peer = n.connect()
        self.assertEqual(n.app.identity.remove(n.gateway.identity.uid), OK)
        self.assertTrue(n.run(lambda: not peer.online))
        n.run(turns=40, step=500)
        self.assertEqual((n.gateway.calls, n.app.stats.closed[DROPPED]), (1, 1))
        self.assertEqual(len(list(n.app.peer.pins())), 1)
        n.app.identity.import_(n.gateway.document, (n.gateway.transport,))
        self.assertTrue(n.run(n.peers, step=1))

    def test_removing_one_leaves_the_others(self):
        other = FakeGateway("other", DEVICE)
        n = self.network(FakeGateway(), other, max_connections=2)
        n.connect()
        n.pin(other)
        n.app.identity.remove(DEVICE.uid)
        n.run(turns=60, step=50)
        self.assertEqual(([p.ruid for p in n.peers()], n.gateway.calls), ([GATEWAY.uid], 1))

    def test_nothing_of_the_seed_is_ever_logged(self):
        log.level = log.DEBUG
        n = self.network()
        n.connect()
        n.gateway.say(bytes(40))
        self.assertTrue(n.run(lambda: not n.peers()))
        self.assertTrue(n.run(n.peers, step=50))
        n.gateway.stop()
        n.run(turns=100, step=200)
        self.assertTrue(len(self.lines) >= 4)
        seed = bytes(n.app._node.identity._seed)
        for line in self.lines:
            for part in (seed[:8], seed[8:16], seed[-8:]):
                for shown in (str(hexlify(part), "utf-8"), repr(part)[2:-1]):
                    self.assertFalse(shown in line, line)

    def test_a_new_address_is_tried_at_once(self):
        n = self.network()
        n.app.identity.import_(n.gateway.document, ("wish://127.0.0.1:1",))
        n.pin()
        n.run(lambda: n.app.stats.closed[CONNECT] == 5, step=500)
        n.app.identity.import_(n.gateway.document, (n.gateway.transport,))
        self.assertTrue(n.run(n.peers, step=1))

    def test_the_addresses_take_turns(self):
        n = self.network()
        dead = "wish://127.0.0.1:1"
        n.app.identity.import_(n.gateway.document, (dead, dead, n.gateway.transport))
        n.pin()
        self.assertTrue(n.run(n.peers, step=50))
        self.assertEqual(n.app.stats.closed[CONNECT], 2)


if __name__ == "__main__":
    unittest.main()
