"""The gateway in mDNS (RFC 6762) and its service discovery (RFC 6763): the name under which devices
may dial it whatever its address is, and a service `_wish._tcp`.

The name is uwish-XXXXXXXX.local, with the first 8 hex digits of the gateway's uid, so that two
gateways never share one. A board's firmware looks such names up by itself (docs/API.md).
"""

import contextlib
import ipaddress
import logging

from zeroconf import Error, IPVersion, ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

SERVICE = "_wish._tcp.local."

# What it logs about networks that come and go is not for our users: they are told by `warn`.
logging.getLogger("zeroconf").addHandler(logging.NullHandler())


class Mdns:
    """Publishes who listens on `port` with the identity `identity`; warn(text) is told what does
    not work. `name` is None while nothing is published."""

    def __init__(self, identity, port, warn):
        self.name = None
        self._identity = identity
        self._port = port
        self._warn = warn
        self._zeroconf = None

    async def publish(self, addresses):
        """Publish these IPv4 addresses instead of those before; none: nothing."""
        await self.close()
        if not addresses:
            return
        name = f"uwish-{self._identity.uid.hex()[:8]}.local"
        try:
            # Anew each time: its sockets belong to the addresses it was made with.
            self._zeroconf = AsyncZeroconf(interfaces=addresses, ip_version=IPVersion.V4Only)
            await self._zeroconf.async_register_service(
                self._service(name, addresses), allow_name_change=True
            )
            self.name = name
        except (OSError, Error) as error:
            self._warn(f"mDNS is off: {error}")
            await self.close()

    async def close(self):
        """Take back what was published."""
        self.name = None
        if self._zeroconf is not None:
            zeroconf, self._zeroconf = self._zeroconf, None
            with contextlib.suppress(OSError, Error):  # its network may be gone
                await zeroconf.async_unregister_all_services()
            await zeroconf.async_close()

    def _service(self, name, addresses):
        # What a service is called may not look like a domain, so an alias goes into its record.
        return ServiceInfo(
            SERVICE,
            f"{name.removesuffix('.local')}.{SERVICE}",
            port=self._port,
            addresses=[ipaddress.IPv4Address(address).packed for address in addresses],
            properties={
                "alias": self._identity.alias,
                "uid": self._identity.uid.hex(),
                "hid": self._identity.hid.hex(),
            },
            server=name + ".",
        )
