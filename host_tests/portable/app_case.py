"""What the tests of App share: networks that are closed after every test, a quiet console, and a
gateway that stalls."""

from loopback_gateway import Network

from uwish import log
from uwish.status import OK


class Networks:
    """For a TestCase to inherit from: makes networks and closes them; `lines` is what the log
    said."""

    def setUp(self):
        self.made = []
        self.lines = []
        log.sink = self.lines.append

    def tearDown(self):
        log.sink = print
        log.level = log.WARN
        for network in self.made:
            network.close()

    def network(self, *gateways, **sizes):
        """A Network, as its class says."""
        self.made.append(Network(*gateways, **sizes))
        return self.made[-1]


def stall(n, peer):
    """The gateway reads no more, and the sockets between are full. How many numbered frames were
    accepted meanwhile."""
    n.gateway.deaf = True
    accepted = 0
    idle = 0
    while idle < 30:
        while n.app.peer.send(peer, b"%05d" % accepted + bytes(900)) == OK:
            accepted += 1
        before = n.app.stats.bytes_out
        n.app.poll(1)
        # The system's buffers grow while they are being filled.
        idle = 0 if n.app.stats.bytes_out != before else idle + 1
    return accepted
