"""Runs a virtual board for `uwish sim`, until SIGINT or SIGTERM."""

import asyncio
import contextlib
import signal

from .. import files
from .broker import Broker
from .controls import Controls
from .server import ControlServer

_LINK = "port"


def run(directory, settings, report, ready):
    """Run the board whose state is in `directory`. `ready(broker, link)` once it has power; `link`
    is a name for its port that stays the same."""
    files.make_directory(directory)
    with files.locked(directory / "lock", busy=f"a virtual board runs in {directory} already"):
        asyncio.run(_serve(directory, settings, report, ready))


async def _serve(directory, settings, report, ready):
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    broker = Broker(loop, settings, report)
    server = ControlServer(directory, Controls(broker))
    link = directory / _LINK
    try:
        await server.start()
        link.unlink(missing_ok=True)
        link.symlink_to(broker.port.path)
        ready(broker, link)
        broker.switch_on()
        await stop.wait()
    finally:
        with contextlib.suppress(OSError):
            link.unlink()
        server.close()
        await broker.close()
