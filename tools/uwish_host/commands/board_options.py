"""What the commands for boards have in common."""

import contextlib
import functools

import click

from ..board.port import Board, Lost
from ..board.ports import choose_port

_port = click.option(
    "--port",
    metavar="PORT",
    envvar="UWISH_PORT",
    help="The board's serial port, such as /dev/ttyUSB0 (default: the only one with a board).",
)


def port_option(function):
    """`--port`, given to the command as the name of a port that is there."""

    @_port
    @functools.wraps(function)
    def command(port, **arguments):
        return function(port=choose_port(port), **arguments)

    return command


def named_port_option(function):
    """`--port`, given to the command as a function that chooses it, or fails as it would."""

    @_port
    @functools.wraps(function)
    def command(port, **arguments):
        return function(port=lambda: choose_port(port), **arguments)

    return command


@contextlib.contextmanager
def stopped_board(port, report, restarts=True):
    """The Board at `port`, its programs stopped; a bar shows while it is called for. A command that
    fails, or is interrupted, lets it go on with its work, unless `restarts` is False."""
    with contextlib.ExitStack() as stack:
        with report.step(f"calling the board at {port}"):
            board = stack.enter_context(Board(port))
        try:
            yield board
        except Lost:
            raise
        except BaseException:
            if restarts:
                board.give_up()
            raise
