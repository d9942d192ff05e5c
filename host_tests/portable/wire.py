"""Two connections joined in memory, with a network that takes and gives bytes in pieces of its own
choice, and time that only moves when a test says so."""

from support import Random, answer, call, device, establish, gateway

from uwish.connection import CLOSED, RUNNING


class Wire:
    """`a` (client) and `b` (server) are hosts; their first connections are joined. `stalled` names
    the side ("a" or "b") from which the network takes nothing."""

    def __init__(self, a=None, b=None, seed=1, quick=True):
        self.a = a or device()
        self.b = b or gateway()
        self.random = Random(seed)
        self.stalled = ""
        self.largest = 700  # bytes that the network moves at once, at most
        self.now = 0
        self.sent = {"a": 0, "b": 0}
        self.connect(quick)

    def connect(self, quick=True):
        """A new pair of connections on the same hosts."""
        self.to = {"a": b"", "b": b""}
        for host in (self.a, self.b):
            host.now = self.now
            host.peers.disconnected(host.c, self.now)
            host.c.reset()
        if quick:
            establish(self.a)
            establish(self.b, client=False)
        else:
            call(self.a)
            answer(self.b)
            while self.turn():
                pass

    def turn(self):
        """Move some bytes both ways; False when there was nothing to move."""
        moved = self._side("a", self.a, "b")
        return self._side("b", self.b, "a") or moved

    def settle(self):
        """Until nothing moves any more."""
        while self.turn():
            pass

    def wait(self, ms, step=500):
        """Let time pass."""
        for _ in range(ms // step):
            self.now += step
            self.a.now = self.b.now = self.now
            self.a.c.tick(self.now)
            self.b.c.tick(self.now)
            self.settle()

    def running(self):
        """Both ends are."""
        return self.a.c.state == RUNNING and self.b.c.state == RUNNING

    def _side(self, name, host, other):
        c = host.c
        moved = False
        while c.step():
            moved = True
        if c.state == CLOSED:
            return moved
        waiting = self.to[name]
        n = min(len(waiting), c.want(), self.random.below(self.largest) + 1)
        if n:
            c.receive(waiting, 0, n, self.now)
            assert c.taken == n or c.state == CLOSED
            self.to[name] = waiting[n:]
            moved = True
        if c.state == CLOSED:
            return moved
        c.write()
        window = c.window
        n = min(window.end - window.start, self.random.below(self.largest) + 1)
        if n and self.stalled != name:
            self.to[other] += bytes(window.buf[window.start : window.start + n])
            self.sent[name] += n
            c.sent(n, self.now)
            moved = True
        return moved
