"""A contact's address may be a name in .local: whoever looks names up for us is asked for it as it
stands, and when he does not know it the log says what to try."""

import socket
import unittest

from app_case import Networks

from uwish.reasons import RESOLVE


class Names:
    """Stands in for the socket module, and knows one name."""

    SOCK_STREAM = socket.SOCK_STREAM
    socket = socket.socket

    def __init__(self, name):
        self.asked = []
        self._name = name

    def getaddrinfo(self, host, port, family, kind):
        """As socket.getaddrinfo."""
        self.asked.append(host)
        if host != self._name:
            raise OSError(-2)
        return socket.getaddrinfo("127.0.0.1", port, family, kind)


class LocalNames(Networks, unittest.TestCase):
    def tearDown(self):
        self.reach.socket = socket
        super().tearDown()

    def dial(self, known, address):
        """A network whose app dials its gateway at `address` (its port is added), and where only
        `known` has an address."""
        n = self.network(imports=False)
        n.app.identity.import_(n.gateway.document, ("%s:%d" % (address, n.gateway.port),))
        n.pin()
        # Only now: MicroPython loads it anew for each host that is dialled.
        self.reach = __import__("uwish.reach", None, None, ("reach",))
        self.reach.socket = self.names = Names(known)
        return n

    def test_a_name_that_is_known(self):
        n = self.dial("house.local", "wish://house.local")
        self.assertTrue(n.run(n.peers))
        self.assertEqual(self.names.asked, ["house.local"])

    def test_a_name_that_nobody_answers_to(self):
        n = self.dial("house.local", "wish://horse.local")
        n.run(lambda: n.app.stats.closed[RESOLVE])
        self.assertEqual(self.names.asked, ["horse.local"])
        said = [line for line in self.lines if "horse.local" in line]
        self.assertTrue("resolve: " in said[0])
        self.assertTrue("for .local, that the host answers mDNS" in said[-1])


if __name__ == "__main__":
    unittest.main()
