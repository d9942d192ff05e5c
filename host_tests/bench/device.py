"""What `instructions.py` counts: runs one operation N times under MicroPython.

micropython device.py OPERATION N
"""

import sys

sys.path.append("host_tests/heap")
from world import World

from uwish import crypto, senml

PAYLOAD = bytearray(64)


class Swallow:
    """A link that takes everything at once: the kernel's work is not the library's."""

    blocked = False
    events = 0

    def write(self, buf, off, n):
        return n


def connected():
    world = World()
    world.line.link = Swallow()
    return world.app, world.peer


def frame(n, flush):
    """Send and hand over `n` frames, `flush` in one turn."""
    app, peer = connected()
    while n > 0:
        for _ in range(flush):
            app.peer.send(peer, PAYLOAD)
        app.poll(0)
        n -= flush


def reading(n):
    """Pack one measurement with its base, send it, hand it over."""
    app, peer = connected()
    pack = senml.Pack(bytearray(64))
    while n > 0:
        pack.clear()
        pack.base("greenhouse:", 1700000000)
        pack.number("temperature", 215, -1, "Cel")
        app.peer.send(peer, pack.buf, pack.length)
        app.poll(0)
        n -= 1


def refusal(n):
    """Be told 507."""
    app, peer = connected()
    while app.peer.send(peer, PAYLOAD) == 200:
        pass
    while n > 0:
        app.peer.send(peer, PAYLOAD)
        n -= 1


def idle(n):
    """A poll with nothing to do."""
    app, _ = connected()
    while n > 0:
        app.poll(0)
        n -= 1


def handshake(n):
    """The arithmetic of a handshake in the client role."""
    seed = bytes(range(32))
    public = crypto.run(crypto.public_key(seed))
    theirs = b"\x55" * 384
    while n > 0:
        exchange = crypto.KeyExchange()
        crypto.run(exchange.prepare())
        crypto.run(exchange.agree(theirs, True))
        signature = crypto.run(crypto.sign(seed, public, theirs[:32]))
        crypto.run(crypto.verify(public, theirs[:32], signature))
        n -= 1


OPERATIONS = {
    "frame": lambda n: frame(n, 1),
    "frames": lambda n: frame(n, 8),
    "reading": reading,
    "refusal": refusal,
    "idle": idle,
    "handshake": handshake,
}

OPERATIONS[sys.argv[1]](int(sys.argv[2]))
