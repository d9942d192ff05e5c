"""How a gateway goes without losing anything.

It says so by closing its half of each connection, and goes on reading: what a device had handed to
its own system before it saw that, arrives before the device's own close does.
"""

import asyncio

# For devices to hang up: in all, and without a sign of any. It takes them a round trip, and a turn
# of their own loop.
LEAVE_S = 5.0
QUIET_S = 1.0
_LOOK_S = 0.02


async def leave(gateway):
    """Tell all devices that we are going, and take what they had sent before they heard of it; who
    has not hung up then is not waited for."""
    for link in gateway.links():
        link.leave()
    now = gateway.loop.time()
    deadline = now + LEAVE_S
    quiet = deadline
    last = None
    while (links := gateway.links()) and now < min(deadline, quiet):
        heard = len(links), sum(link.stats.bytes_in for link in links)
        if heard != last:
            last = heard
            quiet = now + QUIET_S
        await asyncio.sleep(_LOOK_S)
        now = gateway.loop.time()
