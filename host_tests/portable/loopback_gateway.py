"""A gateway on a loopback socket in the same process: the other end for tests of App. It moves only
when pumped. Time is simulated: an App sees the clock of the `Network` it was made with."""

import socket

from support import GATEWAY, Host

from uwish import App, crypto, node
from uwish.connection import CLOSED, IDLE
from uwish.reasons import CLOSED as CLOSED_BY_US

_EAGAIN = 11
_SOL_SOCKET = 1  # Linux's numbers: MicroPython does not name them all
_SO_RCVBUF = 8
_SO_LINGER = 13
_AT_ONCE = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # struct linger, little-endian: on, 0 s
_TCP = 6
_TCP_NODELAY = 1
_port = 21000


def listen():
    """A listening socket that does not block, and its port."""
    global _port
    while True:
        _port += 1
        try:
            return listen_at(_port), _port
        except OSError:
            pass


def listen_at(port):
    """A listening socket that does not block; OSError when somebody else listens there."""
    sock = socket.socket()
    try:
        sock.bind(socket.getaddrinfo("127.0.0.1", port)[0][-1])
    except OSError:
        sock.close()
        raise
    # A small receive buffer of fixed size: a gateway that does not read is soon felt.
    sock.setsockopt(_SOL_SOCKET, _SO_RCVBUF, 8192)
    sock.listen(5)
    sock.setblocking(False)
    return sock


class FakeGateway:
    """`identity` serves `protocols` under the service name `name`. `mute`: it accepts and says
    nothing. `deaf`: it reads nothing."""

    def __init__(self, name="gateway", identity=GATEWAY, protocols=("sensor",)):
        self.host = Host(identity, name, protocols, connections=4, rx_size=4096)
        self.identity = identity
        self.sock, self.port = listen()
        self.socks = [None] * 4
        self.transport = "wish://127.0.0.1:%d" % self.port
        self.mute = False
        self.deaf = False
        self.calls = 0
        self.resets = 0  # so many connections are reset when something is read from them
        self.document = identity.document()

    def pump(self):
        """Do all that can be done now."""
        if self.sock is not None:
            self._accept()
        for c in self.host.connections:
            if c.state != IDLE:
                self._serve(c)

    def say(self, data):
        """Raw bytes on every connection."""
        for sock in self.socks:
            if sock is not None:
                sock.send(data)

    def running(self):
        """The connections that are established."""
        return [c for c in self.host.connections if c.running]

    def hang_up(self):
        """Close every connection; it goes on listening."""
        for c in self.host.connections:
            if c.state != IDLE:
                c.close(CLOSED_BY_US)
                self._serve(c)

    def listen_again(self):
        """After `stop`, at the same port."""
        self.sock = listen_at(self.port)

    def stop(self):
        """Close everything."""
        self.hang_up()
        if self.sock is not None:
            self.sock.close()
            self.sock = None

    def _accept(self):
        try:
            sock, _ = self.sock.accept()
        except OSError:
            return
        self.calls += 1
        sock.setblocking(False)
        sock.setsockopt(_TCP, _TCP_NODELAY, 1)  # what is said arrives with the next poll
        for i, c in enumerate(self.host.connections):
            if c.state == IDLE:
                self.socks[i] = sock
                # A short exponent: the test is not about arithmetic.
                c.answer(self.identity, crypto.KeyExchange(5), 0)
                return
        sock.close()

    def _serve(self, c):
        sock = self.socks[c.index]
        while c.state != CLOSED and not self.deaf:
            want = min(c.want(), 4096)
            try:
                data = sock.recv(want) if want else None
            except OSError as e:
                if e.errno != _EAGAIN:
                    c.lost()
                break
            if data is None:
                break
            if not data:
                c.lost()
                break
            if self.resets:
                self.resets -= 1
                sock.setsockopt(_SOL_SOCKET, _SO_LINGER, _AT_ONCE)
                c.lost()
                break
            c.receive(data, 0, len(data), 0)
            while c.step():
                pass
            c.write()
        if not self.mute:
            self._flush(c, sock)
        if c.state == CLOSED:
            sock.close()
            self.socks[c.index] = None
            self.host.peers.disconnected(c, 0)
            c.reset()

    def _flush(self, c, sock):
        while c.state != CLOSED:
            c.write()
            window = c.window
            if not window.end:
                return
            try:
                c.sent(sock.send(bytes(window.buf[window.start : window.end])), 0)
            except OSError as e:
                if e.errno != _EAGAIN:
                    c.lost()
                return


class Network:
    """An App, the gateways it can reach, one clock, and what the app's handlers were told. What is
    in `options` goes to App; with `imports` false it knows none of the gateways."""

    def __init__(self, *gateways, **options):
        self.now = 5000
        self.before = (node.ticks_ms, crypto.KeyExchange)
        node.ticks_ms = lambda: self.now
        crypto.KeyExchange = lambda e=7, make=crypto.KeyExchange: make(e)
        self.gateways = gateways or (FakeGateway(),)
        self.gateway = self.gateways[0]
        imports = options.pop("imports", True)
        self.start(**options)
        if self.app.uid is None:
            self.app.identity.create("device")
        for gateway in self.gateways:
            gateway.host.contacts[self.app.uid] = self.app._node.identity.public
            if imports:
                self.app.identity.import_(gateway.document, (gateway.transport,))

    def start(self, protocols=("sensor",), **options):
        """Make the app; again, as after a reset."""
        self.events = []
        self.frames = []
        self.app = App("sensor", protocols, **options)
        self.app.on("ready", lambda: self.events.append("ready"))
        self.app.on("online", lambda peer: self.events.append("online"))
        self.app.on("offline", lambda peer: self.events.append("offline"))
        self.app.on("drain", lambda: self.events.append("drain"))
        self.app.on("frame", self.on_frame)

    def on_frame(self, peer, data):
        """Remember it."""
        self.frames.append(bytes(data))

    def pin(self, gateway=None, rhid=bytes(32), policy="always", priority=0):
        """Pin a gateway."""
        ruid = (gateway or self.gateway).identity.uid
        return self.app.peer.pin(self.app.uid, ruid, rhid, policy, priority)

    def peers(self):
        """Who is online."""
        return list(self.app.peer)

    def run(self, until=None, turns=400, step=5):
        """Alternate until `until()` is true, or for so many turns; whether it became true."""
        for _ in range(turns):
            if until is not None and until():
                return True
            self.app.poll(1)
            for gateway in self.gateways:
                gateway.pump()
            self.now = (self.now + step) & 0x3FFFFFFF
        return until is not None and until()

    def connect(self):
        """Pin the first gateway and wait until its peer is online on both sides."""
        self.pin()
        assert self.run(lambda: self.peers() and self.gateway.host.online())
        return self.peers()[0]

    def close(self):
        """End everything; after every test, the last one made first."""
        node.ticks_ms, crypto.KeyExchange = self.before
        self.app.close()
        for gateway in self.gateways:
            gateway.stop()
