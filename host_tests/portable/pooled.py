"""What the tests of the peer pool share: a pool, what connections tell it, and what an app would be
told."""

from uwish.contacts import RECORD
from uwish.peers import PeerPool
from uwish.sendbuf import SendBuffer
from uwish.service import Service
from uwish.stats import Stats


class Link:
    """What the pool knows of a connection."""

    def __init__(self, index, host=b"h"):
        self.index = index
        self.key = b"l" * 32 + b"r" * 32 + host * 32


class Pool:
    """A pool and what an app would be told of it."""

    def __init__(self, capacity=2, protocols=("a", "b")):
        self.stats = Stats()
        self.frames = SendBuffer(500, capacity)
        service = Service("us", protocols)
        self.contacts = bytearray(RECORD)
        self.peers = PeerPool(
            capacity, self.contacts, service, self.frames, self.stats, self.tell_now
        )
        self.told = []
        self.link = Link(0)

    def say(self, name, online=True, protocol=0, link=None, now=0):
        """The service `name` (one letter) came or went."""
        rsid = name.encode() * 32
        self.peers.announce(link or self.link, rsid, 0, protocol, online, now)

    def tell(self):
        """What the app is told now, as Node does."""
        told = []
        for peer in self.peers:
            if peer.online != peer.told:
                peer.told = peer.online
                sign = "+" if peer.online else "-"
                told.append(sign + peer.rsid[:1].decode() + peer.protocol)
        self.peers.changed = False
        return told

    def tell_now(self):
        """What the pool asks for when only that can make a place."""
        self.told += self.tell()

    def put(self, which, payload):
        """A frame for the peer at `which`."""
        return self.frames.put(which, payload, len(payload))
