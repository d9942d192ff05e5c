"""What the announcing part of a gateway is given in tests."""

import asyncio

from uwish.identity import Identity
from uwish_host.mdns import Mdns

GIVE_UP_S = 60
GATEWAY_PORT = 37009


class Running:
    """What a part of a gateway is given."""

    def __init__(self, host="0.0.0.0"):
        self.loop = asyncio.get_running_loop()
        self.address = (host, GATEWAY_PORT)
        self.gateway = self
        self.identity = Identity.create("house")
        self.bus = self
        self.events = asyncio.Queue()
        self.warnings = []
        self.warn = self.warnings.append

    def event(self, name, fields):
        self.events.put_nowait((name, fields))

    def mdns(self):
        return Mdns(self.identity, GATEWAY_PORT, self.warn)


def run(main):
    asyncio.run(asyncio.wait_for(main, GIVE_UP_S))
