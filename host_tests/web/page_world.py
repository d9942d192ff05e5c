"""The web page in a thread of the test: a fleet that the test feeds, and somebody who asks."""

import asyncio
import http.client
import json
import threading

from uwish_host.fleet import Fleet
from uwish_host.listener import open_socket
from uwish_host.sink import Bus, Device, Frame, Presence
from uwish_host.storage import Storage
from uwish_host.web.door import Door
from uwish_host.web.history import History
from uwish_host.web.server import make_app
from uwish_host.web.site import Site

GIVE_UP_S = 60
NOW = 1_700_000_000.0
EVIL = '<script>alert("x")</script>'


def device(number=0, alias=None, protocol="sensor", name=b"app"):
    """One of many."""
    ids = b"".join((base + number).to_bytes(2, "big") * 16 for base in (0xA000, 0xB000, 0xC000))
    return Device(ids + name.ljust(32, b"\0"), protocol, alias or f"lamp {number}")


def uid(number=0):
    """Its identity, as in addresses of pages."""
    return device(number).ruid.hex()


class Answer:
    """`status`, `headers`, `body` (bytes) of an answer."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)


class World:
    """A page with storage in the folder `folder`, without any when that is None."""

    def __init__(self, folder=None, address="127.0.0.1", names=(), alias="gateway", at=NOW):
        self.now = at
        self.warnings = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.fleet = Fleet(clock=self.clock)
        self.bus = Bus(self.fleet, clock=self.clock)
        self.storage = self.history = None
        if folder is not None:
            self.storage = Storage(folder / "readings.db", flush_s=0.001)
            self.bus.add(self.storage)
            self.storage.start(self._loop, self.bus.relieved, self.warnings.append)
            self.history = History(folder / "readings.db")
        self.site = Site(self.fleet, self.history, alias, self.warnings.append, self.clock)
        sock = open_socket("127.0.0.1", 0)
        self.port = sock.getsockname()[1]
        self.door = Door(sock, make_app(self.site, address, names))
        self.wait(self.door.open())

    def clock(self):
        return self.now

    def wait(self, coroutine):
        """What it returns, run in the event loop of the page."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(GIVE_UP_S)

    def call(self, function, *arguments):
        """The same of a function."""

        async def run():
            return function(*arguments)

        return self.wait(run())

    def came(self, who, at=None):
        self.call(self.tell, Presence(who, True, self.now if at is None else at))

    def went(self, who, reason="lost", at=None):
        self.call(self.tell, Presence(who, False, self.now if at is None else at, reason))

    def sent(self, who, data, at=None):
        self.call(self.tell, Frame(who, data, self.now if at is None else at))

    def tell(self, item):
        """What sinks are told: a Frame or Presence; in the event loop."""
        for sink in (self.fleet, self.storage):
            if sink is not None and isinstance(item, Frame):
                sink.frame(item)
            elif sink is not None:
                sink.presence(item)

    def ask(self, path, method="GET", headers=(), host=None):
        """An Answer; `host` is what the Host header says."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=GIVE_UP_S)
        try:
            connection.putrequest(method, path, host is not None, True)
            if host is not None:
                connection.putheader("Host", host)
            for name, value in dict(headers).items():
                connection.putheader(name, value)
            connection.endheaders()
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def stream(self, path):
        """A Stream of events."""
        return Stream(self.port, path)

    def stored(self, count):
        """Wait until so many frames are in the database."""
        while self.storage.written < count:
            threading.Event().wait(0.002)

    def close(self):
        self.wait(self.door.close())
        self.call(self.site.close)
        if self.history is not None:
            self.history.close()
            self.storage.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Stream:
    """Events of `path`, as an EventSource reads them."""

    def __init__(self, port, path):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=GIVE_UP_S)
        self._connection.request("GET", path)
        self.response = self._connection.getresponse()

    def line(self):
        """The next line; "" at the end."""
        return self.response.readline().decode().rstrip("\n")

    def next(self, name):
        """The fields of the next event, which is of this name."""
        while not (line := self.line()).startswith("event:"):
            assert not self.response.isclosed()
        assert line == f"event: {name}"
        return json.loads(self.line().removeprefix("data: "))

    def close(self):
        self.response.close()
        self._connection.close()
