"""`uwish gateway`."""

import asyncio

import click

from uwish.service import Service

from ..errors import Failure
from ..events import JsonLines
from ..listener import parse_address
from ..serve import serve
from ..show import Show
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
@json_option("each event, one a line,")
def gateway(state, address, name, protocols, alias, as_json):
    """Serve devices, and show every frame, decoded.

    The first start makes the state directory with an identity and no contacts. Who is no contact
    (`uwish device add`) is turned away. Ends by Ctrl-C or SIGTERM, and tells the devices.
    """
    host, port = parse_address(address)
    try:
        service = Service(name, protocols)
    except ValueError as error:
        raise Failure(str(error)) from None
    make_state(state, alias)
    asyncio.run(serve(state, host, port, service, JsonLines if as_json else Show))
