"""The page that Prometheus asks for, made anew each time."""

import asyncio
import gzip
import ipaddress

from aiohttp import web
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import choose_encoder

from ..web.guard import Hosts
from .families import families
from .snapshot import take_snapshot

_COMPRESSION = 1  # of 9: text as repetitive as this gets hardly smaller by more


class Page:
    """For the gateway that `running` (serve.Running) describes; `counts` (Counts) hears of it.
    `options` are take_snapshot's."""

    def __init__(self, running, counts, **options):
        self._running = running
        self._counts = counts
        self._options = options
        self._snapshot = None
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._turn = asyncio.Lock()  # whoever asks, one page is made at a time

    def app(self, address):
        """The aiohttp application, which listens on `address`."""

        @web.middleware
        async def guard(request, handler):
            if hosts and not hosts.knows(request.headers.get("Host")):
                raise web.HTTPForbidden(text="ask for it by a name of this machine: localhost")
            return await handler(request)

        # A page elsewhere could lead a browser of this machine here (DNS rebinding).
        hosts = Hosts(address) if ipaddress.ip_address(address).is_loopback else None
        app = web.Application(middlewares=[guard], client_max_size=1)
        app.router.add_get("/metrics", self._answer)
        return app

    async def _answer(self, request):
        encode, kind = choose_encoder(request.headers.get("Accept", ""))
        compressed = "gzip" in request.headers.get("Accept-Encoding", "")
        async with self._turn:
            snapshot = await take_snapshot(self._running, self._counts, **self._options)
            body = await asyncio.to_thread(self._make, snapshot, encode, compressed)
        headers = {"Content-Type": kind, "Cache-Control": "no-store"}
        if compressed:
            headers["Content-Encoding"] = "gzip"
        return web.Response(body=body, headers=headers)

    def _make(self, snapshot, encode, compressed):
        collector = _Collector(snapshot)
        self._registry.register(collector)
        try:
            body = encode(self._registry)
        finally:
            self._registry.unregister(collector)
        return gzip.compress(body, _COMPRESSION) if compressed else body


class _Collector:
    def __init__(self, snapshot):
        self._snapshot = snapshot

    def describe(self):
        return []  # names of ours only: nothing to be checked against

    def collect(self):
        return families(self._snapshot)
