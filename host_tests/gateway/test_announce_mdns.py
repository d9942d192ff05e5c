"""The gateway's name in .local, and its service: asked for by the protocol itself, and by another
program's library."""

import asyncio
import socket

from announce_world import GATEWAY_PORT, Running, run
from loopback import ADDRESS
from zeroconf import ServiceStateChange
from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf

from uwish_host.mdns import SERVICE

MDNS = ("224.0.0.251", 5353)


def test_the_name_in_local_is_answered_with_our_address():
    async def main():
        running = Running()
        mdns = running.mdns()
        assert mdns.name is None
        await mdns.publish([ADDRESS])
        try:
            assert mdns.name == f"uwish-{running.identity.uid.hex()[:8]}.local"
            assert socket.inet_aton(ADDRESS) in await asked_by_mdns(mdns.name)
        finally:
            await mdns.close()
        assert mdns.name is None
        assert running.warnings == []

    run(main())


def test_the_service_is_there_and_taken_back():
    async def main():
        running = Running()
        mdns = running.mdns()
        await mdns.publish([ADDRESS])
        changes = asyncio.Queue()
        looking = AsyncZeroconf(interfaces=[ADDRESS])
        browser = AsyncServiceBrowser(
            looking.zeroconf,
            SERVICE,
            handlers=[lambda name, state_change, **_: changes.put_nowait((name, state_change))],
        )
        try:
            name, change = await changes.get()
            assert change is ServiceStateChange.Added
            service = await looking.async_get_service_info(SERVICE, name)
            assert service.parsed_addresses() == [ADDRESS]
            assert service.port == GATEWAY_PORT
            assert service.server == mdns.name + "."
            assert service.decoded_properties["uid"] == running.identity.uid.hex()
            assert service.decoded_properties["alias"] == "house"
            await mdns.close()
            while (name, change) != (name, ServiceStateChange.Removed):
                name, change = await changes.get()
        finally:
            await mdns.close()
            await browser.async_cancel()
            await looking.async_close()

    run(main())


async def asked_by_mdns(name):
    """The answer to a query for the A record of `name`, as a device asks for it (RFC 6762, 5.1)."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    query = b"\0\0\0\0\0\1\0\0\0\0\0\0" + labels + b"\0\0\1\0\1"
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(ADDRESS))
        sock.sendto(query, MDNS)
        return await loop.sock_recv(sock, 2000)
