"""Who a device is, and whom it serves: enrol on its own."""

import sys
import unittest

sys.path.insert(0, "firmware")

import enrol
from loopback_gateway import FakeGateway

import uwish


class EnrolTest(unittest.TestCase):
    def setUp(self):
        self.gateway = FakeGateway()
        self.app = uwish.App("dev", ("sensor",), max_contacts=1, max_pins=1)

    def tearDown(self):
        self.app.close()
        self.gateway.stop()

    def test_identity_once(self):
        self.assertTrue(enrol.ensure_identity(self.app, "dev"))
        uid = self.app.uid
        self.assertFalse(enrol.ensure_identity(self.app, "dev"))
        self.assertEqual(self.app.uid, uid)

    def test_a_gateway_is_pinned_and_can_be_given_again(self):
        enrol.ensure_identity(self.app, "dev")
        for rhid in (uwish.ANY_HOST, uwish.ANY_HOST):
            uid = enrol.serve(self.app, self.gateway.document, (self.gateway.transport,), rhid)
            self.assertEqual(uid, self.gateway.identity.uid)
            pins = [(p.luid, p.ruid, p.rhid, p.policy, p.priority) for p in self.app.peer.pins()]
            self.assertEqual(pins, [(self.app.uid, uid, rhid, "always", 0)])
        with self.assertRaises(RuntimeError):
            enrol.serve(self.app, self.gateway.document, (), b"\x01" * 32)

    def test_faults(self):
        enrol.ensure_identity(self.app, "dev")
        with self.assertRaises(ValueError):
            enrol.serve(self.app, b"no document")
        with self.assertRaises(ValueError):
            enrol.serve(self.app, self.gateway.document, ("http://127.0.0.1:1",))


if __name__ == "__main__":
    unittest.main()
