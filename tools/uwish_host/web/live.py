"""What changes, as server-sent events (HTML, 9.2): at most one a second to each client, with what
differs from what that client was told before.

There is no queue: who reads slowly is told less often, and finds out what is so by then. Who takes
nothing for ten seconds is hung up on; a browser comes back by itself and begins anew.
"""

import asyncio
import contextlib
import json
import random
import socket

from aiohttp import web

from .api import asked, find
from .fields import device_fields
from .selection import Selection

MAX_CLIENTS = 64
INTERVAL_S = 1.0
_BEAT_S = 15.0  # a sign of life when nothing changes
_STUCK_S = 10.0
_SEND_BYTES = 64 << 10
_RETRY_MS = 2000  # until a browser comes back
_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "X-Accel-Buffering": "no",  # nginx passes them on at once
}


class Live:
    """Handlers for `site` (Site); `clients` counts who listens."""

    def __init__(self, site):
        self.clients = 0
        self._site = site
        self._tasks = set()

    def routes(self):
        """All of them, and where."""
        return [
            web.get("/api/fleet/events", self.fleet),
            web.get("/api/device/{uid}/events", self.device),
        ]

    async def fleet(self, request):
        """The devices that a page of the fleet shows."""
        selection = asked(Selection.of, request.query)
        told = {}

        async def news():
            site = self._site
            page = selection.of_fleet(site.fleet)
            shown = await site.encoded(page.rows)
            shown["head"] = head = json.dumps({**site.totals(), "layout": page.layout})
            news = [text for uid, text in shown.items() if told.get(uid) != text]
            told.clear()
            told.update(shown)
            if not news:
                return None
            rows = ", ".join(text for text in news if text is not head)
            return f'{head[:-1]}, "list": [{rows}]}}'

        return await self._serve(request, "fleet", news)

    async def device(self, request):
        """One device, all its readings."""
        row = find(self._site, request)
        told = None

        async def news():
            nonlocal told
            if self._site.fleet.row(row.uid) is not row:
                raise ConnectionAbortedError  # no contact any more: its page is gone as well
            fields = device_fields(row)
            if fields == told:
                return None
            told = fields
            return json.dumps(fields)

        return await self._serve(request, "device", news)

    async def close(self, app):
        """End all of them: the gateway ends."""
        for task in self._tasks:
            task.cancel()

    async def _serve(self, request, event, news):
        response = web.StreamResponse(headers=_HEADERS)
        if request.method == "HEAD":
            return web.Response(headers=_HEADERS)
        if self.clients >= MAX_CLIENTS:
            raise web.HTTPServiceUnavailable(
                text="Too many pages are open already.", headers={"Retry-After": "10"}
            )
        self.clients += 1
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            # What the system keeps for a client is bounded as well.
            sock = request.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BYTES)
            await response.prepare(request)
            with contextlib.suppress(ConnectionError, TimeoutError, asyncio.CancelledError):
                await self._tell(request, response, event, news)
        finally:
            self.clients -= 1
            self._tasks.discard(task)
            if request.transport is not None:
                request.transport.abort()  # nothing that still waits is worth waiting for
        return response

    async def _tell(self, request, response, event, news):
        site = self._site
        loop = asyncio.get_running_loop()
        text = f"retry: {_RETRY_MS}\n\n"
        heard = loop.time()
        while request.transport is not None and not request.transport.is_closing():
            said = await news()
            if said is not None:
                head = json.dumps({"run": site.run, "now": site.clock()})
                said = f"{head[:-1]}, {said[1:]}"
                text += f"event: {event}\ndata: {said}\n\n"
            elif not text and loop.time() - heard >= _BEAT_S:
                text = ": still here\n\n"
            if text:
                heard = loop.time()
                async with asyncio.timeout(_STUCK_S):
                    await response.write(text.encode())
                text = ""
            # Not all clients in the same moment, as they would be after a restart.
            await asyncio.sleep(INTERVAL_S * random.uniform(0.9, 1.1))
