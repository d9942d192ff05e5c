"""`uwish identity`: our public side, for devices and desktop cores."""

import json
import sys

import click

from uwish.addresses import split_transport
from uwish.documents import MAX_TRANSPORTS

from ..errors import Failure
from ..names import fingerprint
from .identity_backup import backup, restore
from .options import json_option, state_option

_transports = click.option(
    "--transport",
    "transports",
    multiple=True,
    metavar="wish://HOST:PORT",
    help="An address at which we are reached, to be put in; up to 4.",
)


@click.group()
def identity():
    """The gateway's own identity: its public document. The private key is never shown."""


@identity.command()
@state_option
@click.option("--alias", help="Its alias (default: gateway); at most 47 bytes.")
def create(state, alias):
    """Make the state directory with an identity, unless there is one."""
    made = state.initialise(alias)
    own = state.identity()
    click.echo(f"{'made' if made else 'there is already'}: {own.alias} {own.uid.hex()}")


@identity.command()
@state_option
@_transports
@json_option("it")
def show(state, transports, as_json):
    """Show alias, uid, host id and the document in hex."""
    own = state.identity()
    fields = {
        "alias": own.alias,
        "uid": own.uid.hex(),
        "hid": own.hid.hex(),
        "public": own.public.hex(),
        "transports": list(transports),
        "document": _document(own, transports).hex(),
    }
    if as_json:
        click.echo(json.dumps(fields))
    else:
        fields["transports"] = " ".join(transports) or "-"
        for name, value in fields.items():
            click.echo(f"{name:<11} {value}")
        for line in fingerprint(own.uid):
            click.echo(f"fingerprint {line}")


@identity.command()
@state_option
@_transports
@click.option("--raw/--hex", "raw", default=None, help="Bytes, or hex (default: by the output).")
@click.option(
    "-o", "--output", type=click.File("wb"), default="-", help="A file (default: stdout)."
)
def export(state, transports, raw, output):
    """Write the document that devices and desktop cores import.

    It is BSON {alias, uid, pubkey, transports}; in hex when it goes to a terminal.
    """
    document = _document(state.identity(), transports)
    if raw is None:
        raw = not (output.name == "<stdout>" and sys.stdout.isatty())
    output.write(document if raw else document.hex().encode() + b"\n")


identity.add_command(backup)
identity.add_command(restore)


def _document(own, transports):
    try:
        for transport in transports:
            split_transport(transport)
    except ValueError as error:
        raise Failure(str(error)) from None
    if len(transports) > MAX_TRANSPORTS:
        raise Failure(f"a document has at most {MAX_TRANSPORTS} transports")
    return own.document(transports)
