"""`uwish send`."""

import click

from .. import payload as payloads
from ..control import ControlClient
from ..names import printable
from .options import state_option

# The status of `uwish send` for each status of the frame.
EXIT = {200: 0, 404: 4, 413: 5, 507: 7}
_MEANING = {
    200: "accepted, on its way",
    404: "not online",
    413: "too large, it can never fit",
    507: "no room now: try again",
}


@click.command()
@state_option
@click.argument("device")
@click.option("--hex", "hex_", metavar="DIGITS", help="The payload in hex.")
@click.option("--json", "json_", metavar="VALUE", help="JSON, sent as CBOR.")
@click.option("--text", metavar="TEXT", help="Text, sent as UTF-8.")
@click.option(
    "--senml",
    metavar="NAME=VALUE",
    multiple=True,
    help="SenML, sent as CBOR: number (5 or 5:s with a unit), true, false, text; may be repeated.",
)
@click.option("--protocol", help="Only to a peer with this protocol.")
@click.option("--service", help="Only to the service of this name.")
def send(state, device, hex_, json_, text, senml, protocol, service):
    """Send one frame to a device that is online at the running gateway.

    DEVICE is its alias, the first 6 or more digits of its uid, or a peer's url.

    \b
    Status  exit
    200     0     accepted by the gateway, on its way
    404     4     no such device, or it is not online
    413     5     larger than the gateway or the device can ever take
    507     7     the send buffer for this device is full now: try again
            1     no gateway runs, or the payload makes no sense
            2     the options make no sense
    """
    given = {"--hex": hex_, "--json": json_, "--text": text, "--senml": senml or None}
    if sum(value is not None for value in given.values()) != 1:
        raise click.UsageError(f"give the payload by one of {', '.join(given)}")
    if hex_ is not None:
        payload = payloads.from_hex(hex_)
    elif json_ is not None:
        payload = payloads.from_json(json_)
    elif text is not None:
        payload = text.encode()
    else:
        payload = payloads.from_senml(senml)
    with ControlClient(state) as gateway:
        answer = gateway.request(
            op="send", device=device, data=payload.hex(), protocol=protocol, service=service
        )
    status = answer["status"]
    why = answer.get("text") or _MEANING[status]
    click.echo(f"{status} {printable(why)} ({len(payload)} bytes)")
    raise SystemExit(EXIT[status])
