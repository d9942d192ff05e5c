"""A gateway in a thread of the test, and devices that the test turns itself, over loopback."""

import asyncio
import contextlib
import socket
import threading
import time

import uwish
from uwish import crypto
from uwish.connection import Connection
from uwish.documents import Document
from uwish.identity import Identity
from uwish.sendbuf import SendBuffer
from uwish.service import Service
from uwish.stats import Stats
from uwish_host.contacts_file import Contact
from uwish_host.gateway import Gateway
from uwish_host.listener import Listener, open_socket
from uwish_host.sink import Bus
from uwish_host.state import State
from uwish_host.teller import Teller
from uwish_host.ticks import now_ms

GIVE_UP_S = 60


def until(condition, *devices):
    """The first true value of `condition()`, while the devices take turns; AssertionError when it
    takes too long."""
    deadline = time.monotonic() + GIVE_UP_S
    while True:
        for device in devices:
            device.app.poll(0 if len(devices) > 1 else 2)
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError("waited in vain")
        if len(devices) != 1:
            time.sleep(0.001)


class RunningGateway:
    """A Gateway on a free port, its state in `directory`. `events` is a list of (name, fields);
    `workers` processes compute for handshakes."""

    def __init__(self, directory, protocols=("sensor",), workers=0):
        self._workers = workers
        self.state = State(directory)
        self.state.initialise()
        self.identity = self.state.identity()
        self.events = []
        self._service = Service("gateway", protocols)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.call(self._start)

    @property
    def transport(self):
        return f"wish://127.0.0.1:{self.port}"

    def call(self, function, *arguments):
        """What function(*arguments) returns when it is called in the gateway's event loop."""

        async def run():
            return function(*arguments)

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(GIVE_UP_S)

    def close(self):
        self.call(self._stop)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def named(self, name):
        """The fields of all events of this name so far."""
        return [fields for event, fields in list(self.events) if event == name]

    def let_in(self, device, alias=None):
        """Make `device` a contact."""
        self.write_contact(device, alias)
        self.call(self.gateway.reload_contacts)

    def write_contact(self, device, alias=None):
        """The same, but the gateway is not told."""
        document = Document(device.app.identity.export())
        contact = Contact(document.public, alias or document.alias)
        with self.state.changing_contacts() as contacts:
            contacts[contact.uid] = contact

    def shut_out(self, device):
        """Make it a stranger again."""
        with self.state.changing_contacts() as contacts:
            del contacts[device.app.uid]
        self.call(self.gateway.reload_contacts)

    def send(self, device, payload):
        """Send a frame to the one peer of this device that is online: its status."""

        def send():
            link, peer = next(
                pair for pair in self.gateway.online() if pair[1].ruid == device.app.uid
            )
            return self.gateway.send(link, peer, payload)

        return self.call(send)

    def connect(self):
        """A plain TCP connection to it."""
        return socket.create_connection(("127.0.0.1", self.port), GIVE_UP_S)

    def _start(self):
        sock = open_socket("127.0.0.1", 0)
        self.port = sock.getsockname()[1]

        def tell(event, fields):
            self.events.append((event, fields))

        self.bus = Bus(Teller(tell))
        self.gateway = Gateway(self.state, self._service, self.bus, self._workers)
        self._listener = Listener(self._loop, sock, self.gateway.accept, self.gateway.busy)

    def _stop(self):
        self._listener.close()
        self.gateway.close()


class Device:
    """A uwish.App whose events are kept in lists."""

    def __init__(self, alias="lamp", name="greenhouse", protocols=("sensor",), store=None, **sizes):
        self.app = uwish.App(name, protocols=protocols, store=store, **sizes)
        if self.app.uid is None:
            self.app.identity.create(alias)
        self.online = []
        self.frames = []
        self.presence = []
        self.app.on("online", self._on_online)
        self.app.on("offline", self._on_offline)
        self.app.on("frame", lambda peer, data: self.frames.append(bytes(data)))

    def pin(self, running):
        """Make the gateway a contact, and keep a connection to it."""
        self.app.identity.import_(running.identity.document(), (running.transport,))
        self.app.peer.pin(self.app.uid, running.identity.uid, uwish.ANY_HOST, "always")

    def send(self, payload):
        """Send to the first peer that is online: the status."""
        return self.app.peer.send(self.online[0], payload)

    def _on_online(self, peer):
        self.online.append(peer)
        self.presence.append("online")

    def _on_offline(self, peer):
        self.online.remove(peer)
        self.presence.append("offline")


class Client:
    """The protocol machine in client role behind a blocking socket: it says what it is told to,
    well-formed or not. Its own side of the conversation goes no further than the handshake."""

    def __init__(self, running, identity):
        self.received = []  # (protocol index, payload)
        self.services = []
        self.peers = ()
        self.socket = running.connect()
        self.connection = Connection(
            0, Service("client", ("sensor",)), self, SendBuffer(64, 1), Stats(), 8192, 8192
        )
        exchange = crypto.KeyExchange()
        crypto.run(exchange.prepare())
        own = running.identity
        self.connection.call(identity, own.uid, own.public, exchange, now_ms())
        while not self.connection.running:
            self.write()
            self.read()

    def accepts(self, connection):
        self.document_size = connection.reader.size
        return True

    def on_service(self, connection, buf, rsid_off, protocol_index, online):
        self.services.append((bytes(buf[rsid_off : rsid_off + 32]), online))

    def on_frame(self, connection, protocol_index, buf, rsid_off, off, n):
        self.received.append((protocol_index, bytes(buf[off : off + n])))

    def say(self, message):
        """Send `message` as a record."""
        self.connection.window.record(message)
        self.write()

    def write(self):
        """Send what is in the window."""
        window = self.connection.window
        while window.end:
            n = self.socket.send(memoryview(window.buf)[window.start : window.end])
            self.connection.sent(n, now_ms())

    def talk(self):
        """Send what the session has to say by itself: its `peers` request, answers, pings."""
        self.connection.write()
        self.write()

    def read(self):
        """Wait for something, and take it in; False when the connection has ended."""
        data = self.socket.recv(65536)
        off = 0
        while off < len(data):
            self.connection.receive(data, off, len(data) - off, now_ms())
            off += self.connection.taken
            while self.connection.step():
                pass
            self.write()
        return bool(data)


def hello(running, uid, magic=b"W.\x11", to=None):
    """The 67 bytes with which `uid` begins a connection to the gateway."""
    return magic + (to or running.identity.uid) + uid


def rest_of(sock):
    """All bytes until the other side has closed the connection."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while data := sock.recv(65536):
            received += data
    return received


def same_host_as(device):
    """A store for another Device that is the same host of the same identity."""
    store = uwish.MemoryStore()
    store.save("identity", device.app._node.store.load("identity"))
    return store


def another_host_of(device):
    """A store for another Device of the same identity, on another host."""
    other = Identity.load(device.app._node.store.load("identity"))
    other.hid = bytes(31) + bytes([1 + other.hid[31] % 255])
    store = uwish.MemoryStore()
    store.save("identity", other.dump())
    return store
