"""`uwish gateway`."""

import asyncio

import click

from uwish.service import Service

from ..announce import announce_options, announcing
from ..errors import Failure, Senseless, Unreadable
from ..events import JsonLines
from ..fleet import fleet_part
from ..listener import parse_address
from ..metrics.part import measuring, metrics_options
from ..mqtt import mqtt_options, publishing
from ..ops.friend_requests import befriending, friend_option
from ..ops.notify import notifying
from ..option_group import refuse_alone
from ..serve import serve
from ..show import Show
from ..storage.part import storage_options, storing
from ..timekeeper import time_option, timekeeping
from ..web import page_options, serving_page
from .options import json_option, make_state, state_option


@click.command()
@state_option
@click.option(
    "--listen",
    "address",
    metavar="HOST:PORT",
    default="0.0.0.0:37009",
    show_default=True,
    help="Where devices call; port 0 takes any free one.",
)
@click.option(
    "--name",
    default="gateway",
    show_default=True,
    help="Our app's name, its service id for others; at most 32 bytes.",
)
@click.option(
    "--protocol",
    "protocols",
    metavar="NAME",
    multiple=True,
    default=("sensor",),
    show_default=True,
    help="The protocol we speak, at most 10 bytes; may be given more than once.",
)
@click.option("--alias", help="Our identity's alias, when it is made now (default: gateway).")
@click.option(
    "--workers",
    type=click.IntRange(0, 64),
    metavar="N",
    help="Processes that compute for handshakes (default: one less than processors, 2 to 4).",
)
@friend_option
@announce_options
@storage_options
@mqtt_options
@time_option
@metrics_options
@page_options
@json_option("each event, one a line,")
def gateway(state, alias, workers, as_json, **options):
    """Serve devices, show every frame, decoded, and keep it (`uwish readings`).

    The first start makes the state directory with an identity and no contacts. Who is no contact
    (`uwish device add`) is turned away. Ends by Ctrl-C or SIGTERM, and tells the devices; a second
    one ends it at once. SIGHUP has the contacts read again. Options that are always the same may
    stand in DIR/gateway.toml.

    Exit status: 0 ended as it should, 1 it could not start, 2 an option or setting makes no sense.
    """
    host, port, service, parts = understand(**options)
    make_state(state, alias)
    make_tell = JsonLines if as_json else Show
    asyncio.run(serve(state, host, port, service, make_tell, parts, workers))


def understand(**options):
    """(host, port, Service, parts) of the options that say what to serve; a Senseless when one of
    them makes no sense, an Unreadable when a file that it names cannot be read."""
    try:
        return _understand(**options)
    except Unreadable:
        raise
    except Failure as failure:
        raise Senseless(failure.message) from None


def _understand(
    address,
    name,
    protocols,
    friend_requests,
    announce,
    no_time,
    metrics,
    metrics_devices,
    metrics_readings,
    http,
    http_names,
    **storage,
):
    refuse_alone("mqtt", "metrics", "http")
    host, port = parse_address(address)
    if len(set(protocols)) < len(protocols):
        raise Failure("the same --protocol is given twice")
    try:
        service = Service(name, protocols)
    except ValueError as error:
        raise Failure(str(error)) from None
    mqtt = {name: storage.pop(name) for name in list(storage) if name.startswith("mqtt")}
    stored = not storage["no_store"] and storage["raw"] == "all"
    parts = [
        notifying,
        *befriending(friend_requests),
        *announcing(announce, host),
        *storing(**storage),
        *timekeeping(no_time),
        fleet_part,
    ]
    parts += measuring(metrics, metrics_devices, metrics_readings)
    parts += serving_page(http, http_names)
    parts += publishing(stored, **mqtt)
    return host, port, service, parts
