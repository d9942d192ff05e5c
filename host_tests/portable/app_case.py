"""What the tests of App share: networks that are closed after every test, a quiet console, and a
gateway that stalls."""

from loopback_gateway import Network

from uwish import log
from uwish.status import OK

_SOL_SOCKET = 1  # Linux's numbers: MicroPython does not name them all
_SO_SNDBUF = 7


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
        for network in reversed(self.made):
            network.close()

    def network(self, *gateways, **options):
        """A Network, as its class says."""
        self.made.append(Network(*gateways, **options))
        return self.made[-1]


# TCP fills the last bytes of a window that is nearly closed when a timer of 200 ms ends.
FOR_GOOD_MS = 500


def stall(n, peer, quiet_ms=30):
    """The gateway reads no more, and the sockets between have taken nothing for `quiet_ms`. How
    many numbered frames were accepted meanwhile."""
    n.gateway.deaf = True
    # A send buffer of fixed size: by itself the system's grows to megabytes, and by time.
    sock = n.app._node.lines[peer.connection.index].link.sock
    sock.setsockopt(_SOL_SOCKET, _SO_SNDBUF, 8192)
    accepted = 0
    idle = 0
    while idle < 30:
        while n.app.peer.send(peer, b"%05d" % accepted + bytes(900)) == OK:
            accepted += 1
        before = n.app.stats.bytes_out
        n.app.poll(quiet_ms // 30)
        idle = 0 if n.app.stats.bytes_out != before else idle + 1
    return accepted
