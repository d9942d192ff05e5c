"""The public face: App with app.peer and app.identity.

    app = uwish.App("greenhouse", protocols=("sensor",), store=uwish.FileStore("/uwish"))

    @app.on("online")
    def online(peer):
        app.peer.send(peer, b"hello")

    while True:
        app.poll(1000)

Every pool and buffer is made by `App()`; nothing long-lived is made later. Handlers run only from
`poll()`.
"""

from . import log
from .contacts import Contacts
from .identity import Document, Identity
from .node import Node
from .peers import Peer
from .pins import PinTable
from .service import Service
from .stats import Stats
from .status import FULL, NOT_FOUND, OK, TOO_LARGE
from .store import MemoryStore

_EVENTS = ("ready", "online", "offline", "frame", "drain")
_BYTES = (bytes, bytearray, memoryview)


class Events:
    """The app's handlers, None where there is none."""

    def __init__(self):
        self.on_ready = None
        self.on_online = None
        self.on_offline = None
        self.on_frame = None
        self.on_drain = None


class App:
    """One program on this host: `name` (at most 32 bytes of UTF-8, the service id when zero-padded)
    speaks `protocols` (a tuple of names of 1 to 10 bytes).

    Sizes in bytes: `tx_size`, the one send buffer (a frame costs 6 on top of its payload);
    `rx_size`, one for each connection, bounds what can be received (a frame costs up to 161 on top
    of its payload, larger ones are discarded and counted). Counts: `max_pins`, `max_peers`,
    `max_connections`, `max_contacts`. `store` keeps identity, contacts and pins; without one they
    last until the power goes. ValueError when a size or name cannot be.
    """

    def __init__(
        self,
        name,
        protocols,
        store=None,
        tx_size=2048,
        rx_size=1536,
        max_pins=8,
        max_peers=8,
        max_connections=1,
        max_contacts=8,
    ):
        if not 64 <= tx_size <= 32768 or rx_size > 32768:
            raise ValueError("tx_size must be 64 to 32768 bytes, rx_size at most 32768")
        for count in (max_pins, max_peers, max_connections, max_contacts):
            if not 1 <= count <= 254:
                raise ValueError("max_pins, _peers, _connections and _contacts must be 1 to 254")
        self.stats = Stats()
        self._store = store or MemoryStore()
        self._service = Service(name, protocols)
        self._events = Events()
        self._contacts = Contacts(max_contacts)
        self._pins = PinTable(max_pins)
        self._node = Node(
            self._events,
            self._service,
            self._contacts,
            self._pins,
            self.stats,
            (tx_size, rx_size, max_peers, max_connections),
        )
        self.peer = PeerApi(self._node, self._save)
        self.identity = IdentityApi(self._node, self._save)
        self._told_ready = False
        self._polling = False
        self._closed = False
        self._load()

    @property
    def uid(self):
        """Our identity's uid, 32 bytes; None before `identity.create`."""
        return self._node.identity.uid if self._node.identity else None

    @property
    def hid(self):
        """This host's id, 32 bytes; None before `identity.create`."""
        return self._node.identity.hid if self._node.identity else None

    @property
    def sid(self):
        """Our service id, 32 bytes: the zero-padded name."""
        return self._service.sid

    def on(self, event, handler=None):
        """Call `handler` for `event`: ready(), online(peer), offline(peer), frame(peer, data),
        drain(). Also a decorator. One handler for each event; None takes it away. `data` is a
        memoryview, valid only inside the handler."""
        if event not in _EVENTS:
            raise ValueError("no such event: %r; there are: %s" % (event, ", ".join(_EVENTS)))
        if handler is not None:
            setattr(self._events, "on_" + event, handler)
            return handler

        def decorate(function):
            setattr(self._events, "on_" + event, function)
            return function

        return decorate

    def poll(self, timeout_ms=0):
        """One turn; it waits for the network at most `timeout_ms`. Returns the ms until it wants to
        run again, 0 when there is more to do at once."""
        if self._polling:
            raise RuntimeError("poll() was called from a handler")
        if self._closed:
            return timeout_ms
        self._polling = True
        try:
            return self._turn(min(timeout_ms, self._node.due_ms))
        finally:
            self._polling = False

    def _turn(self, timeout_ms):
        node = self._node
        node.wait(timeout_ms)
        # A handler may raise or send: then the next call is not to wait.
        node.due_ms = 0
        if not self._told_ready and node.identity is not None:
            self._told_ready = True
            if self._events.on_ready:
                self._events.on_ready()
        node.due_ms = node.turn()
        return node.due_ms

    async def run(self):
        """Poll for ever, beside other asyncio tasks; returns after `close()`."""
        import asyncio

        sleep_ms = getattr(asyncio, "sleep_ms", None)
        while not self._closed:
            pause = min(self.poll(0), 20)
            if sleep_ms:
                await sleep_ms(pause)
            else:
                await asyncio.sleep(pause / 1000)

    def close(self):
        """Orderly end: connections are closed, waiting frames counted as dropped. The app's last
        `offline` events are delivered here. Calling it again is harmless."""
        if not self._closed:
            self._closed = True
            self._node.close()

    def _load(self):
        store = self._store
        saved = store.load("identity")
        self._node.identity = Identity.load(saved)
        if saved and self._node.identity is None:
            log.error("the stored identity cannot be read: create a new one and export it")
        for name, table in (("contacts", self._contacts), ("pins", self._pins)):
            saved = store.load(name)
            if saved:
                lost = table.load(saved)
                if lost:
                    log.error("%d stored %s do not fit: raise max_%s", lost, name, name)
        for name in store.damaged:
            log.error("the stored %s were damaged and are lost: set them up again", name)

    def _save(self, name):
        if name == "pins":
            self._store.save(name, self._pins.buf)
        elif name == "contacts":
            self._store.save(name, self._contacts.buf)
        else:
            self._store.save(name, self._node.identity.dump())


class PeerApi:
    """`app.peer`: sending, and pins."""

    def __init__(self, node, save):
        self._node = node
        self._save = save

    def send(self, peer, payload, length=None):
        """Copy `payload` (bytes, bytearray or memoryview; its first `length` bytes) into the send
        buffer: OK (accepted here), NOT_FOUND (the peer is offline), TOO_LARGE (can never fit) or
        FULL (does not fit now). Allocates nothing."""
        # Few locals: MicroPython takes the frame of a function with many from the heap.
        if not isinstance(payload, _BYTES) or not isinstance(peer, Peer):
            raise TypeError("send takes a Peer and bytes, bytearray or memoryview")
        if length is None:
            length = len(payload)
        elif not 0 <= length <= len(payload):
            raise ValueError("length is beyond the payload")
        node = self._node
        if peer.connection is None or peer.frames is not node.frames:
            return NOT_FOUND
        if length > node.max_payload:
            return TOO_LARGE
        status = peer.frames.put(peer.index, payload, length)
        if status == OK:
            peer.connection.last_frame = node.now
            node.due_ms = 0
        elif status == FULL:
            node.stats.refused += 1
            node.low_water_due = True
        return status

    def pin(self, luid, ruid, rhid, policy, priority=0):
        """Maintain the connection to host `rhid` (or uwish.ANY_HOST) of identity `ruid`: "always"
        or "eager", priority 0 (highest) to 255. OK, or FULL when the table is full. Pinning again
        updates. ValueError for wrong arguments, OSError when the store cannot keep it (it is undone
        then)."""
        pins = self._node.pins
        before = bytes(pins.buf)
        status = pins.put(luid, ruid, rhid, policy, priority)
        if status == OK and pins.buf != before:
            self._keep(before)
            self._node.scheduler.forget(pins.find(luid, ruid, rhid))
            self._node.replan()
        return status

    def unpin(self, luid, ruid, rhid):
        """Remove a pin: OK, or NOT_FOUND. A connection that no other pin asks for is closed by the
        next `poll`."""
        pins = self._node.pins
        before = bytes(pins.buf)
        status = pins.remove(luid, ruid, rhid)
        if status == OK:
            self._keep(before)
            self._node.drop_unwanted()
            self._node.replan()
        return status

    def pins(self):
        """Iterate the pins: Pin(luid, ruid, rhid, policy, priority)."""
        return iter(self._node.pins)

    def __iter__(self):
        """Iterate the peers that are online."""
        for peer in self._node.peers:
            if peer.online:
                yield peer

    def _keep(self, before):
        try:
            self._save("pins")
        except OSError:
            self._node.pins.buf[:] = before
            raise


class IdentityApi:
    """`app.identity`: our own identity, and contacts."""

    def __init__(self, node, save):
        self._node = node
        self._save = save

    def create(self, alias):
        """Make our own identity, once: its uid (32 bytes). ValueError when there is one, or for a
        wrong alias (1 to 47 bytes of UTF-8). The private key is made here and stays here."""
        if self._node.identity is not None:
            raise ValueError("there is an identity already: one for each device")
        self._node.identity = Identity.create(alias)
        try:
            self._save("identity")
        except OSError:
            self._node.identity = None
            raise
        self._node.replan()
        return self._node.identity.uid

    def export(self):
        """Our public document, as bytes: what a desktop core imports. ValueError before
        `create`."""
        if self._node.identity is None:
            raise ValueError("there is no identity yet: create one")
        return self._node.identity.document()

    def import_(self, document, transports=()):
        """Add or update the contact of this identity document (bytes); `transports`
        ("wish://host:port") win over the document's. OK, or FULL when the contact table is.
        ValueError when it is no identity document, or our own."""
        if not isinstance(document, _BYTES):
            raise TypeError("an identity document is bytes, bytearray or memoryview")
        document = Document(bytes(document))
        own = self._node.identity
        if own is not None and document.uid == own.uid:
            raise ValueError("this is our own identity's document")
        contacts = self._node.contacts
        before = bytes(contacts.buf)
        status = contacts.put(document, transports)
        if status == OK and contacts.buf != before:
            self._keep(before)
            self._node.scheduler.forget_contact(document.uid)
            self._node.replan()
        return status

    def list(self):
        """[(uid, alias, own)], our own first."""
        node = self._node
        found = []
        if node.identity is not None:
            found.append((node.identity.uid, node.identity.alias, True))
        for i in range(node.contacts.capacity):
            if node.contacts.used(i):
                found.append((node.contacts.uid(i), node.contacts.alias(i), False))
        return found

    def remove(self, uid):
        """Forget a contact and close its connections: OK, or NOT_FOUND. Pins for it stay, and wait
        for it to be imported again. Our own identity cannot be removed (ValueError)."""
        node = self._node
        if node.identity is not None and uid == node.identity.uid:
            raise ValueError("a device's own identity cannot be removed")
        if not isinstance(uid, (bytes, bytearray)) or len(uid) != 32:
            raise ValueError("uid must be 32 bytes")
        before = bytes(node.contacts.buf)
        status = node.contacts.remove(uid)
        if status == OK:
            self._keep(before)
            node.drop_contact(uid)
        return status

    def _keep(self, before):
        try:
            self._save("contacts")
        except OSError:
            self._node.contacts.buf[:] = before
            raise
