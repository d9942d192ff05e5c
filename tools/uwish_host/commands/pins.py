"""`uwish pins`."""

import contextlib
import re
from pathlib import Path

import click

from uwish.addresses import split_transport
from uwish.documents import Document

from ..board.enrol import Enrolment
from ..board.report import Report
from ..errors import Failure
from .board_options import named_port_option, stopped_board
from .options import json_option

_FULL = 507


def _host_id(context, option, value):
    if value is not None and not re.fullmatch("[0-9a-fA-F]{64}", value):
        raise click.BadParameter("a host is named by 64 hex digits")
    return value


@click.group(invoke_without_command=True)
@named_port_option
@json_option("the pins")
@click.pass_context
def pins(context, port, as_json):
    """Whom a device keeps a connection to: list, pin, unpin, forget. The device restarts
    afterwards."""
    context.obj = port, as_json
    if context.invoked_subcommand is None:
        context.invoke(list_)


@pins.command("list")
@click.pass_obj
def list_(given):
    """Show the pins of the device."""
    _change(given, lambda device: None)


@pins.command()
@click.argument("whom", metavar="DOCUMENT|CONTACT")
@click.option("--address", "transport", metavar="wish://HOST:PORT", help="Where it is reached.")
@click.option(
    "--host", "rhid", metavar="HEX", callback=_host_id, help="Only this host of it (default: any)."
)
@click.option("--policy", type=click.Choice(["always", "eager"]), default="always")
@click.option("--priority", type=click.IntRange(0, 255), default=0, help="0 is the highest.")
@click.pass_obj
def pin(given, whom, transport, rhid, policy, priority):
    """Keep a connection to somebody: DOCUMENT is a file with his identity document, raw or in hex;
    CONTACT an alias or the first digits of a uid that the device knows already."""
    transports = _checked(transport)
    document = _document(whom)
    if transports and document is None:
        raise Failure(
            f"--address goes with a DOCUMENT, and there is no file {whom}: `uwish provision "
            "--address` changes where a gateway is found"
        )

    def change(device):
        if document is not None:
            uid = device.add_contact(document, transports)
        else:
            uid = _find(device, whom, ", or give a file with the identity document")
        if device.pin(uid, rhid, policy, priority) == _FULL:
            raise Failure("the device's pin table is full: unpin somebody first")

    _change(given, change)


@pins.command()
@click.argument("whom", metavar="CONTACT")
@click.option(
    "--host",
    "rhid",
    metavar="HEX",
    callback=_host_id,
    help="The pin of this host (default: any host).",
)
@click.pass_obj
def unpin(given, whom, rhid):
    """Do not keep a connection to somebody any more; he stays a contact (see forget)."""

    def change(device):
        if device.unpin(_find(device, whom), rhid) != 200:
            raise Failure(f"the device has no such pin: {whom}")

    _change(given, change)


@pins.command()
@click.argument("whom", metavar="CONTACT")
@click.pass_obj
def forget(given, whom):
    """Remove a contact from the device, with all of its pins: its tables have room then."""
    _change(given, lambda device: device.forget(_find(device, whom)))


def _change(given, change):
    port, as_json = given
    report = Report(as_json)
    with stopped_board(port(), report) as board:
        board.step = "reading its pins"
        with report.step("asking the device"):
            device = Enrolment(board)
            change(device)
            known = {contact["uid"]: contact for contact in device.contacts()}
            found = device.pins()
        board.restart()
    report.list("pins", [_shown(pin, known) for pin in found], "no pins: uwish provision")
    report.finish()


def _shown(pin, known):
    contact = known.get(pin["ruid"])
    fields = {
        **pin,
        "alias": contact and contact["alias"],
        "transports": contact["transports"] if contact else [],
    }
    text = "{}  {}  {}, priority {}  {}".format(
        fields["alias"] or "(no contact any more)",
        f"{pin['ruid'][:12]}@{(pin['rhid'] or 'any host')[:12]}",
        pin["policy"],
        pin["priority"],
        ", ".join(fields["transports"]) or "no address",
    )
    return text, fields


def _find(device, whom, otherwise=""):
    """The uid, in hex, of one contact of the device; `otherwise` is what else one may try."""
    others = [contact for contact in device.contacts() if not contact["own"]]
    found = [contact for contact in others if contact["alias"] == whom]
    if not found and len(whom) >= 6:
        found = [contact for contact in others if contact["uid"].startswith(whom.lower())]
    if len(found) == 1:
        return found[0]["uid"]
    if found:
        raise Failure(f"{whom!r} means {len(found)} contacts: give more digits of the uid")
    raise Failure(f"the device knows no {whom!r}: see `uwish pins list`{otherwise}")


def _document(whom):
    """The document in the file `whom`, None when there is no such file."""
    path = Path(whom)
    if not path.is_file():
        return None
    data = path.read_bytes()
    with contextlib.suppress(ValueError):  # then it is raw
        data = bytes.fromhex(data.decode())
    try:
        Document(data)
    except ValueError as error:
        raise Failure(f"{whom}: {error}") from None
    return data


def _checked(transport):
    if transport is None:
        return []
    try:
        split_transport(transport)
        return [transport]
    except ValueError as error:
        raise Failure(str(error)) from None
