"""Options that several commands have."""

import functools
from pathlib import Path

import click

from ..state import State


class Directory(click.Path):
    """A directory's name, as pathlib.Path: not an empty one, which would be where one is."""

    def __init__(self, **options):
        super().__init__(path_type=Path, **options)

    def convert(self, value, param, ctx):
        """See click.ParamType."""
        if value == "":
            self.fail("an empty name: is a variable of the shell not set?", param, ctx)
        return super().convert(value, param, ctx)


def state_option(function, readable=True):
    """`--state DIR`, given to the command as a State; into a `readable` one we must be
    allowed to look."""

    @click.option(
        "--state",
        "directory",
        metavar="DIR",
        required=True,
        envvar="UWISH_STATE",
        type=Directory(readable=readable),
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
