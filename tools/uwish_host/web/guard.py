"""What every answer has in common: who may ask, how, and what a browser may do with the answer."""

import ipaddress
import socket

from aiohttp import web

# Nothing but our own files, no inline script or style, no frames. What a device has chosen to call
# itself could not run here even if it were not escaped.
_HEADERS = {
    "Server": "uwish",  # and not which versions of what
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_METHODS = ("GET", "HEAD")


class Hosts:
    """Which Host headers are answered. A page elsewhere whose name is made to lead here (DNS
    rebinding) would be allowed by the browser to read what we say; so names that others control are
    none of ours. `address` is what we listen on, `names` what else the user calls us."""

    def __init__(self, address, names=()):
        self._loopback = ipaddress.ip_address(address.partition("%")[0]).is_loopback
        self._names = {_plain(name) for name in names} | {"localhost"}
        if not self._loopback:
            self._names.add(_plain(socket.gethostname()))

    def knows(self, header):
        """True for a Host header (None when there was none) that means us."""
        name = _plain(_without_port(header or ""))
        if name in self._names or name.endswith(".localhost"):
            return True
        try:
            address = ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            # Names in .local are given by the local network, not by DNS.
            return not self._loopback and name.endswith(".local")
        return address.is_loopback or not self._loopback


def guarding(hosts):
    """A middleware: only GET and HEAD, only for our own names."""

    @web.middleware
    async def guard(request, handler):
        if not hosts.knows(request.headers.get("Host")):
            raise web.HTTPForbidden(
                text="This gateway does not answer to that host name. If it is one of its own, "
                "start it with --http-name NAME."
            )
        if request.method not in _METHODS:
            raise web.HTTPMethodNotAllowed(request.method, _METHODS, text="There is only GET.")
        return await handler(request)

    return guard


async def add_headers(request, response):
    """For every answer, before it is sent."""
    response.headers.update(_HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")


def _plain(name):
    return name.strip().rstrip(".").lower()


def _without_port(header):
    name, colon, port = header.rpartition(":")
    return name if colon and port.isdigit() and not name.endswith(":") else header
