"""The page's connections: few, so that none of the files a process may open are missing for
devices; and who says nothing has to leave."""

import asyncio
import logging

from aiohttp import web

from ..listener import show_address

MAX_CONNECTIONS = 256
_REQUEST_S = 10.0  # for the first whole request of a connection
_KEEP_S = 30.0  # a connection that nobody uses is kept
_STOP_S = 2.0  # for answers under way when the gateway ends

# What anybody may send is no news; errors of ours are told by server.py.
_NO_LOG = logging.getLogger("uwish.page")
_NO_LOG.disabled = True


class Door:
    """Serves `app` (aiohttp) on `sock`, which is listening; `url` is where."""

    def __init__(self, sock, app):
        self.url = f"http://{show_address(sock.getsockname())}/"
        self._sock = sock
        self._runner = web.AppRunner(
            app,
            access_log=None,
            logger=_NO_LOG,
            handle_signals=False,
            keepalive_timeout=_KEEP_S,
            shutdown_timeout=_STOP_S,
            max_line_size=4096,
            max_field_size=4096,
        )
        self._server = None
        self._silent = {}  # transport: the timer that ends it
        app.middlewares.append(self._heard)

    async def open(self):
        """Let in who calls."""
        await self._runner.setup()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._admit, sock=self._sock)

    async def close(self):
        """Hang up on everybody, and listen no more."""
        if self._server is not None:
            self._server.close()
        self._sock.close()
        await self._runner.cleanup()

    def _admit(self):
        server = self._runner.server
        if len(server.connections) + len(self._silent) >= MAX_CONNECTIONS:
            return _Refused()
        return _Caller(self._silent, server)

    @web.middleware
    async def _heard(self, request, handler):
        timer = self._silent.pop(request.transport, None)
        if timer is not None:
            timer.cancel()
        return await handler(request)


class _Refused(asyncio.Protocol):
    def connection_made(self, transport):
        transport.abort()


class _Caller(asyncio.Protocol):
    """Who has not said anything yet. With his first byte aiohttp takes over; the timer runs on
    until a request is complete."""

    def __init__(self, silent, server):
        self._silent = silent
        self._server = server
        self._transport = None

    def connection_made(self, transport):
        self._transport = transport
        loop = asyncio.get_running_loop()
        self._silent[transport] = loop.call_later(_REQUEST_S, self._give_up)

    def connection_lost(self, error):
        timer = self._silent.pop(self._transport, None)
        if timer is not None:
            timer.cancel()

    def data_received(self, data):
        handler = self._server()
        self._transport.set_protocol(handler)
        handler.connection_made(self._transport)
        handler.data_received(data)

    def _give_up(self):
        self._silent.pop(self._transport, None)
        self._transport.abort()
