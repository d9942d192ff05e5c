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
from .identity import Identity
from .node import Node
from .peer_api import PeerApi
from .pins import PinTable
from .service import Service
from .stats import Stats
from .store import MemoryStore

_DECORATE = object()  # `on` was given no handler, not even None
_EVENTS = ("ready", "online", "offline", "frame", "drain")


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
        self._identity_api = None
        self._told_ready = False
        self._polling = False
        self._closed = False
        self._load()

    @property
    def identity(self):
        """Our own identity, and contacts: create, export, import_, list, remove."""
        if self._identity_api is None:
            # Most starts of a device need none of it, so it is not loaded before it is used.
            from .identity_api import IdentityApi

            self._identity_api = IdentityApi(self._node, self._save)
        return self._identity_api

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

    def on(self, event, handler=_DECORATE):
        """Call `handler` for `event`: ready(), online(peer), offline(peer), frame(peer, data),
        drain(). Also a decorator. One handler for each event; None takes it away. `data` is a
        memoryview, valid only inside the handler."""
        if event not in _EVENTS:
            raise ValueError("no such event: %r; there are: %s" % (event, ", ".join(_EVENTS)))
        if handler is not _DECORATE:
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
            return self._turn(timeout_ms)
        finally:
            self._polling = False

    def _turn(self, timeout_ms):
        node = self._node
        node.wait(min(timeout_ms, node.due_ms))
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
