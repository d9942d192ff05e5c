"""`uwish watch`."""

import contextlib
import sys

import click
from rich.console import Console

from ..errors import Failure
from ..fleet.feed import MAX_S, MIN_S
from ..option_group import Number
from ..watch.lines import json_lines, json_once, print_once
from ..watch.live import watch_live
from ..watch.table import Style
from ..watch.view import ORDERS
from .options import json_option, state_option

_WIDE = 140  # columns where there is no terminal


@click.command()
@state_option
@click.option(
    "--sort",
    "order",
    type=click.Choice(tuple(ORDERS)),
    default="alias",
    show_default=True,
    help="By alias; who came last; who is gone; frames/s; last frame; 507s; reconnects.",
)
@click.option("--name", metavar="PATTERN", help="Show the reading of this name; * and ? as usual.")
@click.option(
    "--interval",
    "every_s",
    type=Number(MIN_S, MAX_S),
    metavar="SECONDS",
    default=1.0,
    show_default=True,
    help="How often the gateway is to say what has changed.",
)
@click.option("--once", is_flag=True, help="Show it once (as when it goes to no terminal).")
@click.option("--ascii", "ascii_only", is_flag=True, help="Use nothing but ASCII.")
@json_option("a line for each device, then for each change (with --once: only the former),")
def watch(state, order, name, every_s, once, ascii_only, as_json):
    """Watch the devices of a running gateway: who is here, what they say, how they fare.

    A device that is at another gateway of the same identity is offline at this one.

    Any number of people may watch, at any time. Keys: n and p turn pages, s changes the order, q
    ends it, and so does Ctrl-C.
    """
    with contextlib.suppress(KeyboardInterrupt):
        if as_json and once:
            json_once(state, click.echo, name)
        elif as_json:
            json_lines(state, click.echo, every_s, name)
        else:
            _show(state, order, name, every_s, once, ascii_only)


def _show(state, order, name, every_s, once, ascii_only):
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    style = Style(ascii_only or not utf8)
    terminal = sys.stdout.isatty()
    console = Console(highlight=False, markup=False, width=None if terminal else _WIDE)
    if once or not terminal:
        print_once(state, console, order, style, name)
    elif console.is_dumb_terminal:
        raise Failure("nothing can be drawn on this terminal (TERM): use --once or --json")
    else:
        watch_live(state, console, order, style, every_s, name)
