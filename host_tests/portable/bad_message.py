"""Established connections in both roles, to which a test says something wrong."""

from messages import PING, PONG
from remote import Remote
from support import device, establish, feed, gateway, output

from uwish.connection import CLOSED, RUNNING


class Side:
    """A running connection in one of the roles."""

    def __init__(self, client):
        self.client = client
        self.host = device() if client else gateway()
        self.start()

    def start(self):
        self.c = establish(self.host, client=self.client)
        self.remote = Remote(not self.client)
        self.remote.hear(output(self.c))


class Conversations:
    """For a TestCase to inherit from."""

    def ends(self, make, reason):
        """The bytes that `make(side)` gives close the connection for `reason`, in both roles."""
        for client in (True, False):
            side = Side(client)
            feed(side.c, make(side) + side.remote.say(PING))
            self.assertEqual((side.c.state, side.c.reason), (CLOSED, reason))
            self.works_again(side)

    def works_again(self, side):
        self.assertEqual(output(side.c), b"")
        side.c.reset()
        side.start()
        self.goes_on(side)

    def goes_on(self, side):
        self.assertEqual(side.remote.hear(feed(side.c, side.remote.say(PING))), [PONG])

    def passes(self, message, ignored=1):
        """`message` is ignored and counted, and the connection goes on, in both roles."""
        for client in (True, False):
            side = Side(client)
            heard = side.remote.hear(feed(side.c, side.remote.say(message)))
            self.assertEqual((side.c.state, heard), (RUNNING, []))
            self.assertEqual(side.host.stats.ignored, ignored)
            self.assertEqual(side.host.online(), [])
            self.goes_on(side)
