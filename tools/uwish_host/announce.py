"""The gateway says where it is, as a part of it (see serve), with the options of the command for
that: Wish local discovery (WIRE.md 6), which desktop cores and devices hear, and mDNS (see mdns).

Both tell a whole local network the gateway's alias and uid, and nothing secret. They let nobody in.
"""

import asyncio
import contextlib
import ipaddress
import socket

import click
import ifaddr

from uwish.announcement import PORT, announce

from .errors import Failure
from .option_group import option_group

INTERVAL_S = 5.0  # as often as a desktop core does
_BROADCAST = "255.255.255.255"

announce_options = option_group(
    click.option(
        "--announce/--no-announce",
        default=None,
        help="Tell the local network where we are (default: yes, unless we listen on loopback).",
    ),
)


def announcing(announce, host):
    """The parts that these options ask for, for a gateway that listens on `host`: one, or none.
    A Failure when it was asked for and nobody could come."""
    reachable = not _is_loopback(host)
    if announce and not reachable:
        raise Failure(f"nobody else reaches {host}: listen on another address, or --no-announce")
    if announce is False or not reachable:
        return []

    @contextlib.asynccontextmanager
    async def part(running):
        from .mdns import Mdns  # it takes longer to load than most commands take in all

        mdns = Mdns(running.gateway.identity, running.address[1], running.warn)
        announcer = Announcer(running, mdns)
        announcer.start()
        try:
            yield announcer
        finally:
            await announcer.stop()

    return [part]


def own_addresses(host):
    """The IPv4 addresses at which others reach who listens on `host`, an address."""
    # "%" begins the interface of an IPv6 address.
    listening = ipaddress.ip_address(host.partition("%")[0])
    if listening.version == 4 and not listening.is_unspecified:
        return [] if listening.is_loopback else [host]
    if not listening.is_unspecified:
        return []
    # Also for IPv6's wildcard: Linux lets callers with IPv4 in there.
    found = (ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4)
    return sorted({ip for ip in found if not ipaddress.ip_address(ip).is_loopback})


class Announcer:
    """Announces the gateway of `running` (serve.Running) on each of its addresses, which may come
    and go, and has `mdns` (Mdns) publish them; `addresses` finds them."""

    def __init__(self, running, mdns, addresses=own_addresses):
        self._running = running
        self._mdns = mdns
        self._addresses = addresses
        self._told = None  # the addresses that the user knows of
        self._failing = set()
        self._task = None

    def start(self):
        """Begin; needs the event loop."""
        self._task = self._running.loop.create_task(self._run())

    async def stop(self):
        """End, and take back what mDNS has told."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        await self._mdns.close()

    async def _run(self):
        while True:
            try:
                addresses = self._addresses(self._running.address[0])
            except OSError as error:
                self._fail("", f"cannot find our addresses: {error.strerror or error}")
                addresses = []
            for address in addresses:
                self._broadcast(address)
            if addresses != self._told:
                self._told = addresses
                await self._mdns.publish(addresses)
                fields = {"addresses": addresses, "name": self._mdns.name}
                self._running.bus.event("announcing", fields)
            await asyncio.sleep(INTERVAL_S)

    def _broadcast(self, address):
        identity = self._running.gateway.identity
        transport = f"wish://{address}:{self._running.address[1]}"
        datagram = announce(identity.alias, identity.uid, identity.hid, identity.public, transport)
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.setblocking(False)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
                # Which address it comes from also says which network it goes to.
                sock.bind((address, 0))
                sock.sendto(datagram, (_BROADCAST, PORT))
        except OSError as error:
            self._fail(address, f"cannot announce on {address}: {error.strerror or error}")
        else:
            self._failing.discard(address)

    def _fail(self, what, text):
        # Once, and not again every 5 s.
        if what not in self._failing:
            self._failing.add(what)
            self._running.warn(text)


def _is_loopback(host):
    # As the user has said it; a name is looked up like listening will.
    try:
        address = socket.getaddrinfo(host or None, None, flags=socket.AI_PASSIVE)[0][4][0]
    except (OSError, UnicodeError):
        return False  # listening on it fails anyhow, and says so
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback
