"""`uwish identity backup` and `restore`."""

import sys
import time
from pathlib import Path

import click

from .. import identity_file
from ..errors import Failure
from ..files import is_private
from ..names import printable
from ..ops import backup as backups
from .options import state_option

_SHORTEST = 8  # characters

_passphrase_option = click.option(
    "--passphrase-file",
    metavar="FILE",
    help="Read the passphrase from the first line of this file, - for stdin, /dev/fd/N for an open "
    "descriptor (default: it is asked for).",
)


@click.command()
@state_option
@click.argument("file", type=click.Path(path_type=Path))
@_passphrase_option
def backup(state, file, passphrase_file):
    """Write identity, contacts and settings to FILE, sealed with a passphrase.

    Whoever has FILE and the passphrase is this gateway. Without the passphrase nobody can use FILE,
    you included. What devices sent (readings.db) is not in it.
    """
    state.identity()  # what is wrong with it is said before anybody types
    count = backups.write(state, file, _passphrase(passphrase_file, new=True))
    click.echo(f"wrote {file}: the identity and {_contacts(count)}")


@click.command()
@state_option
@click.argument("file", type=click.Path(path_type=Path))
@_passphrase_option
@click.option(
    "--new-host",
    is_flag=True,
    help="Be another host of the same identity, beside the one the backup was made of.",
)
def restore(state, file, passphrase_file, new_host):
    """Make the state directory out of FILE, which `uwish identity backup` wrote.

    It becomes the host that the backup was made of, which must not run any more then: two of one
    host push each other out. With --new-host it is one more host of that identity.

    Contacts and settings that are in the directory already stay as they are; an identity is never
    replaced.
    """
    found = backups.read(file, lambda: _passphrase(passphrase_file, new=False))
    own = found.identity
    if new_host:
        own.hid = identity_file.new_hid()
    taken = state.restore(own, found.contacts, found.settings)
    host = "new host" if new_host else "host"
    click.echo(f"restored: {printable(own.alias)} {own.uid.hex()}, {host} {own.hid.hex()}")
    date = time.strftime("%Y-%m-%d %H:%M", time.localtime(found.time))
    if not taken:
        click.echo("the contacts that were here stay as they were")
    elif found.contacts:
        click.echo(
            f"{_contacts(len(found.contacts))} as of {date}: whom you have removed since may "
            "connect again, see `uwish device list`"
        )


def _contacts(count):
    return f"{count} contact" if count == 1 else f"{count} contacts"


def _first_line(path):
    # What comes out of a pipe is nobody else's.
    if path.is_file() and not is_private(path):
        raise Failure(f"others can read the passphrase in {path}: chmod 600 {path}")
    with open(path, encoding="utf-8", errors="replace") as lines:
        return lines.readline()


def _passphrase(file, new):
    """A passphrase, from a person or the first line of `file`. Never an argument: other users see
    those in the list of processes."""
    if file == "-":
        text = sys.stdin.readline()
    elif file is not None:
        text = _first_line(Path(file))
    elif not sys.stdin.isatty():
        raise Failure("nobody to ask for the passphrase: give --passphrase-file, - for stdin")
    else:
        text = click.prompt("passphrase", hide_input=True, confirmation_prompt=new, err=True)
    text = text.rstrip("\r\n")
    # Not a word of it is in these sentences.
    if new and len(text) < _SHORTEST:
        raise Failure(f"a passphrase has at least {_SHORTEST} characters; nothing was written")
    return text
