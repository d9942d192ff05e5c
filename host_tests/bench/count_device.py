"""What `instructions.py` counts: a connected device that does each operation over and over.

    micropython count_device.py STORE CONTROL_PORT OPERATION:N:REPEATS[,OPERATION:N:REPEATS…]

Real sockets, a real gateway (`gateway.py`). `micropython.stack_use()` is the mark before and after
N operations: callgrind is told to write a count down whenever its C function is entered, and
nothing else calls it.
"""

import gc
import socket
import sys

import micropython

import uwish
from uwish import log, senml

log.level = log.ERROR
PAYLOAD = bytearray(64)


class Device:
    """An app that has met its gateway, and a socket to ask that for something."""

    def __init__(self, store, control_port):
        self.app = uwish.App("device", ("sensor",), uwish.FileStore(store))
        self.app.on("frame", self._frame)
        self.pack = senml.Pack(bytearray(128))
        self.control = socket.socket()
        self.control.connect(socket.getaddrinfo("127.0.0.1", control_port)[0][-1])
        self.control.setsockopt(6, 1, 1)  # TCP_NODELAY
        self.frames = 0
        self.meet()
        self._pack(self.pack, 1)
        if self.pack.length != len(PAYLOAD):
            raise ValueError(f"the reading is {self.pack.length} bytes")

    def meet(self):
        """Poll until the gateway's peer is online, then until nothing is left to say."""
        peers = []
        while not peers:
            self.app.poll(100)
            peers = list(self.app.peer)
        self.peer = peers[0]
        for _ in range(20):
            self.app.poll(1)

    def _frame(self, peer, data):
        self.frames += 1

    def handshake(self, n):
        """Lose the connection and get it back: wait, prepare, dial, shake hands, meet the peer."""
        app = self.app
        while n:
            self.control.write(b"x")
            while list(app.peer):
                app.poll(100)
            while not list(app.peer):
                app.poll(100)
            n -= 1

    def frame(self, n):
        """Send a frame, and hand it to the network by a turn of its own."""
        app = self.app
        while n:
            app.peer.send(self.peer, PAYLOAD)
            app.poll(0)
            n -= 1

    def frame8(self, n):
        """Send eight, then one turn."""
        app = self.app
        peer = self.peer
        while n:
            for _ in range(8):
                app.peer.send(peer, PAYLOAD)
            app.poll(0)
            n -= 8

    def reading(self, n):
        """Pack one reading, send it, and a turn."""
        app = self.app
        pack = self.pack
        while n:
            self._pack(pack, n)
            app.peer.send(self.peer, pack.buf, pack.length)
            app.poll(0)
            n -= 1

    def reading8(self, n):
        """Pack and send eight, then one turn."""
        app = self.app
        pack = self.pack
        peer = self.peer
        while n:
            for _ in range(8):
                self._pack(pack, n)
                app.peer.send(peer, pack.buf, pack.length)
            app.poll(0)
            n -= 8

    def pack1(self, n):
        """Pack only."""
        pack = self.pack
        while n:
            self._pack(pack, n)
            n -= 1

    def _pack(self, pack, n):
        # A pack of exactly 64 bytes.
        pack.clear()
        pack.base("urn:dev:mac:240ac4fffe8a1b2:", 1700000000 + n)
        pack.number("temperature", 2200 + (n & 15), -2, "Cel")

    def asked(self, n):
        """Ask for nothing: what the next two cost by the asking."""
        while n:
            self.control.write(b"n")
            n -= 1

    def received(self, n):
        """Ask for a frame, and take it."""
        app = self.app
        while n:
            frames = self.frames
            self.control.write(b"f")
            while self.frames == frames:
                app.poll(1000)
            n -= 1

    def ping(self, n):
        """Ask for a ping, and answer it."""
        app = self.app
        stats = app.stats
        while n:
            out = stats.bytes_out
            self.control.write(b"p")
            while stats.bytes_out == out:
                app.poll(1000)
            n -= 1

    def idle(self, n):
        """A turn with nothing to do."""
        app = self.app
        while n:
            app.poll(0)
            n -= 1

    def refusal(self, n):
        """Be told 507."""
        app = self.app
        while n:
            app.peer.send(self.peer, PAYLOAD)
            n -= 1

    def prepare_refusal(self):
        """Fill the buffer first."""
        while self.app.peer.send(self.peer, PAYLOAD) == 200:
            pass

    def count(self, name, n):
        """Do it N times between two marks."""
        operation = getattr(self, name)
        prepare = getattr(self, "prepare_" + name, None)
        if prepare:
            prepare()
        gc.collect()
        micropython.stack_use()
        operation(n)
        micropython.stack_use()
        for _ in range(20):
            self.app.poll(1)


def main(store, control_port, plan):
    device = Device(store, int(control_port))
    for operation in plan.split(","):
        name, n, repeats = operation.split(":")
        for _ in range(int(repeats)):
            device.count(name, int(n))
    device.app.close()


main(*sys.argv[1:])
