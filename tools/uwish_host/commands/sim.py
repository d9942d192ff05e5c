"""`uwish sim`."""

import sys
from pathlib import Path

import click

from ..events import JsonLines
from ..sim import tell
from ..sim.run import run
from ..sim.settings import HEAP, Settings, parse_size
from .options import Directory, json_option

_STATE = "virtual-board"


def board_option(function):
    """`--state DIR`, given to the command as `directory`."""

    return click.option(
        "--state",
        "directory",
        metavar="DIR",
        default=_STATE,
        show_default=True,
        envvar="UWISH_BOARD",
        type=Directory(file_okay=False),
        help="Where the board is kept: its flash, its port, its control socket.",
    )(function)


@click.command()
@board_option
@click.option(
    "--flash",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The flash's image (default: flash.bin in DIR); made when missing.",
)
@click.option("--size", default="2M", show_default=True, help="Bytes of a new flash: 2M, 512k …")
@click.option("--heap", default=HEAP, show_default=True, help="The interpreter's heap.")
@click.option(
    "--board",
    metavar="DIR",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Another board folder than boards/virtual that has a start.py.",
)
@click.option(
    "--wifi",
    "ssid",
    metavar="SSID",
    help="The only Wi-Fi there is; its password is asked for. Without: any name and password do.",
)
@click.option("--wifi-open", is_flag=True, help="That Wi-Fi has no password.")
@click.option(
    "--all", "everything", is_flag=True, help="Show each change of a pin and prompt, too."
)
@json_option("each event, one a line,")
def sim(directory, flash, size, heap, board, ssid, wifi_open, everything, as_json):
    """Run a virtual board: a port for mpremote and for uwish, without hardware.

    Everything that takes --port takes the path it prints; DIR/port is the same board each time.
    Its files stay in DIR. What happens to it is printed; `uwish sim-control` makes it happen.
    Ends by Ctrl-C or SIGTERM, as a power cut.
    """
    networks = None
    if ssid is not None:
        networks = {ssid: None if wifi_open else ask_password(ssid)}
    elif wifi_open:
        raise click.UsageError("--wifi-open belongs to --wifi SSID")
    parse_size(heap)  # the interpreter would only fail
    settings = Settings(
        flash=flash or directory / "flash.bin",
        size=parse_size(size),
        heap=heap,
        networks=networks,
        board=board,
    )
    show = JsonLines(sys.stdout) if as_json else _show if everything else _Digest()

    def report(event, fields):
        if event != "output":
            show(event, fields)

    def ready(broker, link):
        if as_json:
            show("port", {"port": broker.port.path, "link": str(link)})
        else:
            click.echo(f"port: {broker.port.path} (also {link})")

    run(directory, settings, report, ready)


def ask_password(ssid):
    """The password of a Wi-Fi, from a person."""
    return click.prompt(f"Password of the Wi-Fi {ssid}", hide_input=True, err=True)


def _show(event, fields):
    click.echo(f"board: {tell.sentence(event, fields)}")


class _Digest:
    """Shows what a person wants to read: an LED blinks, and a tool at the raw prompt is answered
    by a prompt each time."""

    def __init__(self):
        self._at_prompt = False

    def __call__(self, event, fields):
        if event in ("pin", "pixel") or (event == "prompt" and self._at_prompt):
            return
        self._at_prompt = event == "prompt"
        _show(event, fields)
