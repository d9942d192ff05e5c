"""`uwish device`: who may connect."""

import json
import sys

import click
from rich.console import Console
from rich.table import Table

from uwish.documents import Document, check_alias

from .. import contacts_file
from ..admission import admit, dismiss, tell_gateway
from ..contacts_file import Contact
from ..errors import Failure
from ..names import printable
from .device_requests import approve, decline, requests
from .options import json_option, make_state, state_option

_MAX_DOCUMENT = 65536  # bytes; far more than any document has


@click.group()
def device():
    """The devices (and desktop cores) that may connect."""


@device.command()
@state_option
@click.argument("document")
@click.option("--alias", help="What to call it here, instead of by the alias in its document.")
@json_option("the device")
def add(state, document, alias, as_json):
    """Let a device in: DOCUMENT is its identity document, as a file, in hex, or - for stdin.

    Adding a known device again updates its addresses, and its alias if one is given. A running
    gateway knows at once.
    """
    try:
        parsed = Document(_read(document))
        check_alias(parsed.alias if alias is None else alias)
    except ValueError as error:
        raise Failure(f"{_shorten(document)}: {error}") from None
    make_state(state)
    if alias is None:
        # A person may have chosen another than the device did.
        known = state.contacts().get(parsed.uid)
        alias = parsed.alias if known is None else known.alias
    contact = Contact(parsed.public, alias, parsed.transports)
    done = admit(state, contact)
    if as_json:
        click.echo(json.dumps({"result": done, **contact.fields()}))
    else:
        click.echo(f"{done}: {printable(alias)} {contact.uid.hex()}")


@device.command("list")
@state_option
@json_option("the list")
def list_(state, as_json):
    """Show who may connect, and who is online at a running gateway."""
    contacts = state.contacts()
    online = _online(state)
    rows = []
    for contact in sorted(contacts.values(), key=lambda contact: contact.alias.casefold()):
        peers = None if online is None else [p for p in online if p["ruid"] == contact.uid.hex()]
        rows.append({**contact.fields(), "online": peers})
    if as_json:
        click.echo(json.dumps(rows))
    elif not rows:
        click.echo("no devices yet: uwish device add", err=True)
    elif sys.stdout.isatty():
        Console().print(_table(rows))
    else:
        for row in rows:
            click.echo("\t".join(_cells(row)))


@device.command()
@state_option
@click.argument("which", metavar="DEVICE")
@json_option("the device")
def remove(state, which, as_json):
    """Shut a device out: DEVICE is its alias, or the first digits of its uid. Its connection to a
    running gateway ends at once."""
    contact = dismiss(state, lambda contacts: contacts_file.find(contacts, which))
    if as_json:
        click.echo(json.dumps({"result": "removed", **contact.fields()}))
    else:
        click.echo(f"removed: {printable(contact.alias)} {contact.uid.hex()}")


for command in (requests, approve, decline):
    device.add_command(command)


def _read(argument):
    """The document's bytes: from stdin, a file, or the argument itself; raw or in hex."""
    if argument == "-":
        data = sys.stdin.buffer.read(_MAX_DOCUMENT)
        return _from_hex(data) or data
    try:
        with open(argument, "rb") as file:
            data = file.read(_MAX_DOCUMENT)
    except (OSError, ValueError) as error:
        data = _from_hex(argument.encode(errors="replace"))
        if not data:
            reason = getattr(error, "strerror", None) or "no such file"
            raise Failure(f"{_shorten(argument)}: {reason}, and it is no hex either") from None
        return data
    return _from_hex(data) or data


def _from_hex(data):
    try:
        return bytes.fromhex(data.decode())
    except ValueError:
        return None


def _shorten(text):
    return text if len(text) <= 40 else text[:37] + "..."


def _online(state):
    """The peers online, None when no gateway runs."""
    answer = tell_gateway(state, op="online")
    return None if answer is None else answer["online"]


def _cells(row):
    peers = row["online"]
    names = sorted(f"{peer['name']}/{peer['protocol']}" for peer in peers or ())
    shown = "?" if peers is None else ", ".join(names) or "-"
    return [
        printable(row["alias"]),
        row["uid"],
        printable(shown),
        printable(", ".join(row["transports"])) or "-",
    ]


def _table(rows):
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title, options in (
        ("device", {"style": "cyan"}),
        ("uid", {"overflow": "fold"}),
        ("online", {"style": "green"}),
        ("transports", {}),
    ):
        table.add_column(title, **options)
    for row in rows:
        alias, uid, shown, transports = _cells(row)
        table.add_row(alias, uid[:12], shown, transports)
    return table
