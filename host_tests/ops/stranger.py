"""Somebody who asks to be let in, as he should or not: the client's role in a friend request."""

from gateway_world import until

from uwish import crypto
from uwish.connection import Connection
from uwish.identity import Identity
from uwish.sendbuf import SendBuffer
from uwish.service import Service
from uwish.stats import Stats
from uwish_host.board.core_app import decode, encode
from uwish_host.ops import requests_file
from uwish_host.ticks import now_ms


class Stranger:
    """Connected to `running`, handshake done. `claims` is whose uid he says is his; `answers` are
    the messages that came, as dicts."""

    def __init__(self, running, identity=None, claims=None, kind=0x13):
        self.identity = identity or Identity.create("stranger")
        self.answers = []
        self.open = True
        self.socket = running.connect()
        self.connection = Connection(
            0, Service("client", ("sensor",)), self, SendBuffer(64, 1), Stats(), 8192, 8192
        )
        self.connection.session.receive = self._hear
        exchange = crypto.KeyExchange()
        crypto.run(exchange.prepare())
        own = running.identity
        self.connection.call(self.identity, own.uid, own.public, exchange, now_ms())
        hello = self.connection.window.buf
        hello[2] = kind
        if claims is not None:
            hello[35:67] = claims
        while self.open and not self.connection.running:
            self.write()
            self.read()

    def accepts(self, connection):
        return True

    def ask(self, document=None, number=5, op="friendRequest", **more):
        """Ask to be let in with this identity document (his own), or for something else."""
        data = self.identity.document() if document is None else document
        certificate = {"data": data, "meta": b"\5\0\0\0\0", "signatures": [], **more}
        self.say(encode({"req": {"op": op, "args": [certificate], "id": number}}))
        return self

    def say(self, message):
        """Send `message` as a record."""
        self.connection.window.record(message)
        self.write()

    def write(self):
        window = self.connection.window
        while window.end:
            n = self.socket.send(memoryview(window.buf)[window.start : window.end])
            self.connection.sent(n, now_ms())

    def read(self):
        """Wait for something, and take it in."""
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        self.open = bool(data)
        off = 0
        while off < len(data):
            self.connection.receive(data, off, len(data) - off, now_ms())
            off += self.connection.taken
            while self.connection.step():
                pass
        return self.open

    def rest(self):
        """What is answered until the gateway hangs up."""
        while self.read():
            pass
        return self.answers

    def close(self):
        self.socket.close()

    def _hear(self, buf, n):
        self.answers.append(decode(bytes(buf[:n])))
        return 0


def pending(gateway):
    return list(requests_file.load(gateway.state).values())


def decide(gateway, uid, accept):
    """As the command does: change the contacts, then tell."""
    if accept:
        with gateway.state.changing_contacts() as contacts:
            contact = requests_file.load(gateway.state)[uid].contact
            contacts[uid] = contact

    def tell():
        gateway.gateway.reload_contacts()
        return gateway.gateway.friends.answer(uid, accept)

    return gateway.call(tell)


def told(gateway):
    return [fields["uid"] for fields in gateway.named("friend_request")]


def reason(gateway):
    (refused,) = until(lambda: gateway.named("refused"))
    return refused["reason"]
