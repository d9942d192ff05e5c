"""What an App keeps: found again after a reset; damage and full flash are said in words."""

import unittest

from app_case import Networks
from disk import Disk
from failing_store import FailingStore
from support import DEVICE

from uwish import App
from uwish.memory_store import MemoryStore
from uwish.status import OK
from uwish.store import FileStore


class Reset(Networks, unittest.TestCase):
    def test_it_comes_back_by_itself(self):
        kept = MemoryStore()
        n = self.network(store=kept)
        n.pin(priority=3)
        n.pin(rhid=b"x" * 32, policy="eager", priority=200)
        before = n.app.uid, n.app.hid, n.app.identity.list(), list(n.app.peer.pins())
        self.assertTrue(n.run(n.peers))
        n.app.close()
        n.run(lambda: not n.gateway.running())
        n.start(store=kept)
        after = n.app.uid, n.app.hid, n.app.identity.list(), list(n.app.peer.pins())
        self.assertEqual(after, before)
        self.assertTrue(n.run(n.peers))
        self.assertEqual(n.events, ["ready", "online"])
        self.assertEqual(self.lines, [])

    def test_smaller_tables_keep_what_fits_and_say_so(self):
        kept = MemoryStore()
        n = self.network(store=kept)
        n.app.identity.import_(DEVICE.document())
        for priority in range(3):
            n.pin(rhid=bytes([priority]) * 32, priority=priority)
        n.app.close()
        n.start(store=kept, max_pins=1, max_contacts=1)
        self.assertEqual([p.priority for p in n.app.peer.pins()], [0])
        self.assertEqual(len(n.app.identity.list()), 2)
        self.assertEqual(
            self.lines,
            [
                "uwish error: 1 stored contacts do not fit: raise max_contacts",
                "uwish error: 2 stored pins do not fit: raise max_pins",
            ],
        )


class Damage(Networks, unittest.TestCase):
    def setUp(self):
        Networks.setUp(self)
        self.disk = Disk()
        self.disk.install()

    def tearDown(self):
        self.disk.remove()
        Networks.tearDown(self)

    def damage(self, name):
        for path in self.disk.files:
            if "/%s." % name in path:
                self.disk.files[path] = self.disk.files[path][:-1]

    def test_damaged_pins_are_an_empty_table_and_a_clear_line(self):
        n = self.network(store=FileStore("/flash"))
        n.pin()
        n.app.close()
        self.damage("pins")
        n.start(store=FileStore("/flash"))
        self.assertEqual((list(n.app.peer.pins()), len(n.app.identity.list())), ([], 2))
        line = "uwish error: the stored pins were damaged and are lost: set them up again"
        self.assertEqual(self.lines, [line])
        # No crash loop: it works, and the next start finds a sound table.
        self.assertEqual(n.pin(), OK)
        self.assertTrue(n.run(n.peers))
        n.app.close()
        n.start(store=FileStore("/flash"))
        self.assertEqual((len(list(n.app.peer.pins())), self.lines), (1, [line]))

    def test_each_table_on_its_own(self):
        n = self.network(store=FileStore("/flash"))
        n.pin()
        uid = n.app.uid
        n.app.close()
        self.damage("contacts")
        n.start(store=FileStore("/flash"))
        self.assertEqual((n.app.uid, n.app.identity.list()), (uid, [(uid, "device", True)]))
        self.assertEqual(len(list(n.app.peer.pins())), 1)
        self.assertEqual(len(self.lines), 1)
        self.assertTrue("contacts were damaged" in self.lines[0])

    def test_a_damaged_identity_is_none(self):
        n = self.network(store=FileStore("/flash"))
        n.app.close()
        self.damage("identity")
        n.start(store=FileStore("/flash"))
        self.assertTrue(n.app.uid is None and n.app.poll() >= 0)
        self.assertTrue("identity" in self.lines[0] and "damaged" in self.lines[0])
        self.assertEqual(n.app.identity.create("new"), n.app.uid)

    def test_an_identity_of_another_format_is_none(self):
        kept = MemoryStore()
        kept.save("identity", b"\2" + bytes(120))
        app = App("sensor", ("a",), store=kept)
        self.assertTrue(app.uid is None)
        self.assertTrue("identity cannot be read" in self.lines[0])
        self.assertFalse("\\x00" in self.lines[0])


class FullFlash(Networks, unittest.TestCase):
    def test_a_pin_that_cannot_be_kept_is_undone(self):
        kept = FailingStore()
        n = self.network(store=kept)
        peer = n.connect()
        ids = n.app.uid, n.gateway.identity.uid, bytes(32)
        before = list(n.app.peer.pins())
        kept.full = True
        self.assertRaises(OSError, n.app.peer.pin, *ids, "eager", 5)
        self.assertRaises(OSError, n.app.peer.pin, ids[0], b"x" * 32, ids[2], "eager", 5)
        self.assertRaises(OSError, n.app.peer.unpin, *ids)
        self.assertEqual(list(n.app.peer.pins()), before)
        # What needs no writing is fine, and the connection stays.
        self.assertEqual(n.pin(), OK)
        n.run(turns=20)
        self.assertTrue(peer.online)
        kept.full = False
        self.assertEqual(n.app.peer.unpin(*ids), OK)

    def test_contacts_and_identity_likewise(self):
        kept = FailingStore()
        kept.full = True
        app = App("sensor", ("a",), store=kept)
        self.assertRaises(OSError, app.identity.create, "device")
        self.assertTrue(app.uid is None)
        self.assertRaises(OSError, app.identity.import_, DEVICE.document())
        self.assertEqual(app.identity.list(), [])
        kept.full = False
        app.identity.create("device")
        app.identity.import_(DEVICE.document())
        kept.full = True
        before = app.identity.list()
        self.assertRaises(OSError, app.identity.remove, DEVICE.uid)
        document = DEVICE.document()
        self.assertRaises(OSError, app.identity.import_, document, ("wish://127.0.0.1:1",))
        self.assertEqual((app.identity.list(), len(before)), (before, 2))
        kept.full = False
        again = App("sensor", ("a",), store=kept)
        self.assertEqual(again.identity.list(), before)


if __name__ == "__main__":
    unittest.main()
