"""`uwish logs`."""

import contextlib
import itertools
import json

import click

from ..board.deploy import MANIFEST
from ..board.layout import Deployed
from ..board.listen import Listener
from ..board.names import Names
from ..board.report import Report
from ..names import printable
from .board_options import port_option, stopped_board
from .options import json_option


@click.command()
@port_option
@click.option("--restart", is_flag=True, help="Restart the board first, to see all of it.")
@click.option(
    "--lines", type=click.IntRange(1), help="End after so many lines (default: with Ctrl-C)."
)
@json_option("each line")
def logs(port, restart, lines, as_json):
    """Show what a device says, as it comes; the device goes on with its work.

    Behind a short name of the library in a traceback stands what it means in the sources: of the
    build that the board has (--restart), or else of the last that was deployed from here.
    """
    build = transport = None
    if restart:
        with stopped_board(port, Report()) as board:
            build = Deployed(board.read(MANIFEST)).build
            transport = board.restart_and_leave_open()
    names = Names(build)
    click.echo(f"listening at {port}; Ctrl-C ends it", err=True)

    def gone():
        click.echo(f"{port} went away: waiting for it", err=True)

    with Listener(port, transport, gone=gone) as listener:
        heard = (line for line in listener.lines() if line is not None)
        with contextlib.suppress(KeyboardInterrupt):
            for line in itertools.islice(heard, lines):
                line = names.explain(line)
                click.echo(json.dumps({"line": line}) if as_json else printable(line))
