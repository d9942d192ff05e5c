"""A running connection and the remote that talks to it."""

from remote import Remote
from support import device, establish, feed, output


class Talk:
    """A running connection of `host` and the remote that talks to it."""

    def __init__(self, host=None, client=True):
        self.host = host or device()
        self.c = establish(self.host, client=client)
        self.remote = Remote(not client)
        self.first = self.remote.hear(output(self.c))

    def hear(self, *messages, split=None):
        """Say `messages` to it; the plaintexts it answers."""
        data = self.remote.say(*messages)
        return self.remote.hear(feed(self.c, data, split))
