"""The public face: App with app.peer and app.identity.

    app = uwish.App("greenhouse", protocols=("sensor",), store=uwish.FileStore("/wish"))

    @app.on("online")
    def online(peer):
        app.peer.send(peer, b"hello")

    while True:
        app.poll(1000)

Every pool and buffer is made by `App()`; nothing long-lived is made later. Handlers run only from
`poll()`.
"""

from .node import Node
from .peer_api import PeerApi
from .service import Service
from .signer import Signer  # noqa: F401 (stays in memory, unlike what makes one)
from .stats import Stats
from .store import FileStore  # noqa: F401 (at hand with App: a device needs both)

_DECORATE = object()  # `on` was given no handler, not even None


class App:
    """One program on this host: `name` (at most 32 bytes of UTF-8, the service id when zero-padded)
    speaks `protocols` (a tuple of names of 1 to 10 bytes).

    Sizes in bytes: `tx_size`, the one send buffer (a frame costs 6 on top of its payload);
    `rx_size`, one for each connection, bounds what can be received (a frame costs up to 161 on top
    of its payload, larger ones are discarded and counted). Counts: `max_pins`, `max_peers`,
    `max_connections`, `max_contacts`. `store` keeps identity, contacts and pins; without one they
    last until the power goes. ValueError when a name cannot be, or a size: `tx_size` is 64 to
    32768, `rx_size` 640 to 32768, a count 1 to 254.
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
        # What is done only once is not kept in a board's memory.
        from .starting import check_sizes, load_tables, make_tables

        counts = (max_contacts, max_pins, max_peers, max_connections)
        check_sizes(tx_size, rx_size, counts)
        if store is None:
            from .memory_store import MemoryStore

            store = MemoryStore()
        self.stats = Stats()
        self._service = Service(name, protocols)
        # The app's handlers, None where there is none.
        self._events = {
            "ready": None,
            "online": None,
            "offline": None,
            "frame": None,
            "drain": None,
        }
        self._node = Node(
            self._events,
            self._service,
            store,
            self.stats,
            make_tables(max_contacts, max_pins),
            (tx_size, rx_size, max_peers, max_connections),
        )
        self.peer = PeerApi(self._node)
        self._told_ready = False
        self._closed = False
        load_tables(self._node)
        self._node.give_back()

    @property
    def identity(self):
        """Our own identity, and contacts: create, export, import_, list, remove."""
        # Made anew each time: its code stays in memory only as long as its user keeps it.
        from .identity_api import IdentityApi

        return IdentityApi(self._node)

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
        if event not in self._events:
            known = ", ".join(sorted(self._events))
            raise ValueError("no such event: %r; there are: %s" % (event, known))
        if handler is not _DECORATE:
            self._events[event] = handler
            return handler

        def decorate(function):
            self._events[event] = function
            return function

        return decorate

    def discover(self, max_hosts=8):
        """Listen to Wish local discovery from now on: contacts are also called where they announce
        themselves. Remembers up to `max_hosts` (1 to 254; 71 bytes each). A Discovery, always the
        same; OSError when UDP port 9090 is not to be had."""
        if self._node.discovery is None:
            # Who does not ask for it does not have it in memory.
            from .discovery import Discovery

            self._node.discovery = Discovery(self._node, max_hosts)
        return self._node.discovery

    def retry_now(self):
        """The network is there again: hosts that could not be reached are dialled at once, as if
        nothing had failed. Who has refused us is not asked sooner for that."""
        from .calls import retry

        retry(self._node)

    def poll(self, timeout_ms=0):
        """One turn; it waits at most `timeout_ms`, and ends as soon as the network brings something
        or something is due: it is no pause. Returns the ms until it wants to run again, 0 when
        there is more to do at once. RuntimeError when a handler calls it."""
        if self._node.turning:
            raise RuntimeError("poll() was called from a handler")
        if self._closed:
            return timeout_ms
        self._node.turning = True
        try:
            if not self._told_ready and self._node.identity is not None:
                self._told_ready = True
                if self._events["ready"]:
                    self._events["ready"]()
            return self._node.turn(timeout_ms)
        finally:
            self._node.turning = False

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
