"""What the heap tests of App share: a device connected to a gateway on loopback sockets, with
handlers that only count, and calls with the heap locked.

Under `micropython.heap_lock()` every allocation raises MemoryError. Module-level loops and bound
methods allocate by themselves, so what is locked is a function that was looked up before.
"""

import gc
import sys

import micropython

sys.path.append("host_tests/portable")
from loopback_gateway import Network  # noqa: E402

from uwish import log  # noqa: E402

log.level = log.ERROR  # connections end in these tests, and log lines take heap


def locked(call):
    """The result of `call()`, made with the heap locked; MemoryError when it allocates."""
    micropython.heap_lock()
    try:
        return call()
    finally:
        micropython.heap_unlock()


def allocated(call):
    """Bytes that `call()` takes from the heap, garbage included."""
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    call()
    after = gc.mem_alloc()
    gc.enable()
    return after - before


class Tally:
    """Stands in for the gateway's list of frames: counts them."""

    def __init__(self):
        self.count = 0

    def append(self, frame):
        self.count += 1


class World(Network):
    """A connected device: `peer` is its only one, `c` its connection, `line` its place. The counts
    are of handler calls: `onlines`, `offlines`, `drains`, `arrived`; `tally` is of the frames that
    reached the gateway."""

    def __init__(self, **sizes):
        super().__init__(**sizes)
        self.onlines = self.offlines = self.drains = self.arrived = 0
        self.size = 0
        app = self.app
        app.on("online", self.count_online)
        app.on("offline", self.count_offline)
        app.on("drain", self.count_drain)
        app.on("frame", self.count_frame)
        self.tally = self.gateway.host.got = Tally()
        self.peer = self.connect()
        self.run(turns=20)
        self.line = app._node.lines[0]
        self.c = self.line.connection
        self.turn = self._turn  # bound once: that takes heap

    def count_online(self, peer):
        self.onlines += 1

    def count_offline(self, peer):
        self.offlines += 1

    def count_drain(self):
        self.drains += 1

    def count_frame(self, peer, data):
        self.arrived += 1
        self.size = len(data)

    def _turn(self):
        """What the network has brought is used and answered."""
        self.app.poll(0)
        self.app.poll(0)

    def reply(self, *plaintexts):
        """The gateway says these, the device takes them with the heap locked: how many bytes the
        device says to that."""
        before = self.app.stats.bytes_out
        self.say(*plaintexts)
        locked(self.turn)
        self.gateway.pump()
        return self.app.stats.bytes_out - before

    def say(self, *plaintexts):
        """Put a record for each of `plaintexts` on the wire, from the gateway."""
        self.gateway.pump()
        c = self.gateway.running()[0]
        self.gateway.socks[c.index].setsockopt(6, 1, 1)  # TCP_NODELAY: to be there at once
        for plaintext in plaintexts:
            c.window.record(plaintext)
        self.gateway.pump()
        assert not c.window.end

    def arrives(self, count):
        """True when the gateway gets `count` frames in all."""
        return self.run(lambda: self.tally.count >= count) and self.tally.count == count
