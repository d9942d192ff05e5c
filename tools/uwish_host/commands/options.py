"""Options that several commands have."""

import functools
from pathlib import Path

import click

from ..state import State


def state_option(function, readable=True):
    """`--state DIR`, given to the command as a State; into a `readable` one we must be
    allowed to look."""

    @click.option(
        "--state",
        "directory",
        metavar="DIR",
        required=True,
        envvar="UWISH_STATE",
        type=click.Path(path_type=Path, readable=readable),
        help="The gateway's state directory (or the environment variable UWISH_STATE).",
    )
    @functools.wraps(function)
    def command(directory, **arguments):
        return function(state=State(directory), **arguments)

    return command


def json_option(what):
    """`--json`, given to the command as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help=f"Write {what} as JSON.")


def make_state(state, alias=None):
    """Make what is missing of the state, and say so when it is new: the directory may be a slip."""
    if state.initialise(alias):
        click.echo(f"made a new gateway identity in {state.directory}", err=True)
    for sentence in state.check_privacy():
        click.echo(f"warning: {sentence}", err=True)
