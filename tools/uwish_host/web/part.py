"""The page as a part of a running gateway (see serve), and the options of the command for it."""

import contextlib
import re

import click

from ..errors import Failure
from ..listener import open_socket, parse_address
from ..option_group import option_group

DEFAULT_HOST = "127.0.0.1"
_NAME = re.compile(r"[\w.-]+")  # of a host; with a port or a path no browser would ask for it

page_options = option_group(
    click.option(
        "--http",
        metavar="[HOST:]PORT",
        help="Show the fleet on a web page, on loopback when no HOST is given. Who reaches it sees "
        "everything: there is no password.",
    ),
    click.option(
        "--http-name",
        "http_names",
        metavar="NAME",
        multiple=True,
        help="Answer also to this host name (of a reverse proxy); may be given more than once.",
    ),
)


def serving_page(http, http_names):
    """The parts that these options ask for: one, or none. It needs the fleet's part before it, and
    that of storage for everything that was before now."""
    if http is None:
        return []
    for name in http_names:
        if not _NAME.fullmatch(name):
            raise Failure(f"--http-name takes a host name alone, such as fleet.example: {name!r}")
    host, port = parse_page_address(http)

    @contextlib.asynccontextmanager
    async def part(running):
        # These take longer to load than most commands take in all.
        from .door import Door
        from .history import History
        from .server import make_app
        from .site import Site

        sock = open_socket(host, port)
        history = History(running.state.readings_path) if running.storage else None
        site = Site(running.fleet, history, running.gateway.identity.alias, running.warn)
        door = Door(sock, make_app(site, sock.getsockname()[0], http_names))
        try:
            await door.open()
            running.bus.event("page", {"url": door.url})
            yield door
        finally:
            await door.close()
            site.close()
            if history is not None:
                history.close()

    return [part]


def parse_page_address(text):
    """("host", port) of "port", "host:port", "[IPv6]:port" or ":port" (all addresses)."""
    return parse_address(f"{DEFAULT_HOST}:{text}" if text.isdigit() else text)
