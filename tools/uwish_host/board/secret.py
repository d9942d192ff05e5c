"""A password for a device: from a person who is not shown what he types, or from a file."""

import sys

import click

from ..errors import Failure

_LONGEST = 64  # IEEE 802.11i: 8 to 63 characters, or 64 hex digits
_SHORTEST = 8


def ask_password(network, file):
    """The password of the Wi-Fi `network`, "" for an open one: the first line of `file` ("-" is
    standard input), else asked for. Never an argument: other users see those in the list of
    processes."""
    if file is None:
        if not sys.stdin.isatty():
            raise Failure("nobody to ask for the password: give --password-file, - for stdin")
        password = click.prompt(
            f"password of {network} (empty: an open network)",
            default="",
            show_default=False,
            hide_input=True,
            err=True,
        )
    else:
        password = _first_line(file)
    password = password.rstrip("\r\n")
    # Not a word of it is in these sentences.
    if password and not _SHORTEST <= len(password.encode()) <= _LONGEST:
        raise Failure(
            f"a Wi-Fi password has {_SHORTEST} to {_LONGEST} characters; nothing was changed"
        )
    return password


def _first_line(file):
    if file == "-":
        line = sys.stdin.readline()
    else:
        with open(file, encoding="utf-8", errors="replace") as lines:
            line = lines.readline()
    if not line:  # most likely a mistake: what should have written it failed
        name = "standard input" if file == "-" else file
        raise Failure(f"{name} is empty: an empty line stands for an open network")
    return line
