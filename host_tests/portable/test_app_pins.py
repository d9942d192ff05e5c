"""Pins through the API."""

import unittest

from app_case import Networks

import uwish


class Pins(Networks, unittest.TestCase):
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
            n.run(turns=500, step=20)
            self.assertTrue(n.gateway.calls <= 3, n.gateway.calls)


if __name__ == "__main__":
    unittest.main()
