"""Metrics as a part of a running gateway (see serve), and the options of the command for it."""

import contextlib

import click

from ..listener import open_socket
from ..option_group import option_group
from ..web.part import parse_page_address
from .counts import Counts

MAX_READINGS = 10_000

metrics_options = option_group(
    click.option(
        "--metrics",
        metavar="[HOST:]PORT",
        help="Serve metrics for Prometheus at /metrics, on loopback when no HOST is given.",
    ),
    click.option(
        "--metrics-devices/--no-metrics-devices",
        default=True,
        show_default=True,
        help="Have metrics of each device, not only of the gateway.",
    ),
    click.option(
        "--metrics-readings",
        type=click.IntRange(0, 1_000_000),
        metavar="N",
        default=MAX_READINGS,
        show_default=True,
        help="Have at most so many readings in them.",
    ),
)


def measuring(metrics, metrics_devices, metrics_readings):
    """The parts that these options ask for: one, or none. It needs the fleet's part before it."""
    if metrics is None:
        return []
    host, port = parse_page_address(metrics)

    @contextlib.asynccontextmanager
    async def part(running):
        # These take longer to load than most commands take in all.
        from ..web.door import Door
        from .page import Page

        counts = Counts()
        page = Page(running, counts, devices=metrics_devices, max_readings=metrics_readings)
        sock = open_socket(host, port)
        door = Door(sock, page.app(sock.getsockname()[0]))
        running.bus.add(counts)
        try:
            await door.open()
            running.bus.event("metrics", {"url": f"{door.url}metrics"})
            yield page
        finally:
            running.bus.remove(counts)
            await door.close()

    return [part]
