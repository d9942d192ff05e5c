"""`uwish sim` and `uwish sim-control`."""

import sys
from pathlib import Path

import click

from ..events import JsonLines
from ..sim import server, tell
from ..sim.run import run
from ..sim.settings import HEAP, Settings, parse_size
from .options import json_option

_STATE = "virtual-board"


def _board_option(function):
    return click.option(
        "--state",
        "directory",
        metavar="DIR",
        default=_STATE,
        show_default=True,
        envvar="UWISH_BOARD",
        type=click.Path(path_type=Path, file_okay=False),
        help="Where the board is kept: its flash, its port, its control socket.",
    )(function)


@click.command()
@_board_option
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
        networks = {ssid: None if wifi_open else _ask_password(ssid)}
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


def _ask_password(ssid):
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


@click.group("sim-control")
@_board_option
@click.pass_context
def sim_control(context, directory):
    """Do something to a running virtual board: press, unplug, switch off.

    Each command prints how the board stands then, one line of JSON.
    """
    context.obj = directory


def _ask(directory, op, **fields):
    answer = server.ask(directory, op=op, **{k: v for k, v in fields.items() if v is not None})
    JsonLines(sys.stdout)("status", answer)


_ON_OFF = {"on": True, "off": False, "up": True, "down": False}


@sim_control.command()
@click.pass_obj
def status(directory):
    """Say how the board stands."""
    _ask(directory, "status")


@sim_control.command()
@click.argument("state", type=click.Choice(["on", "off"]))
@click.pass_obj
def power(directory, state):
    """Give it power, or take it away."""
    _ask(directory, "power", on=_ON_OFF[state])


@sim_control.command()
@click.pass_obj
def reset(directory):
    """Press the reset button."""
    _ask(directory, "reset")


@sim_control.command("brown-out")
@click.pass_obj
def brown_out(directory):
    """Let the voltage sag for a moment."""
    _ask(directory, "brown-out")


@sim_control.command()
@click.argument("after", type=click.IntRange(min=0))
@click.option("--portion", type=click.FloatRange(0, 1, max_open=True), default=0.5)
@click.option("--restart", is_flag=True, help="The power comes back at once.")
@click.pass_obj
def cut(directory, after, portion, restart):
    """Let the power fail within the flash write that follows AFTER more."""
    _ask(directory, "cut", after=after, portion=portion, restart=restart)


@sim_control.command()
@click.pass_obj
def keep(directory):
    """Take `cut` back."""
    _ask(directory, "keep")


@sim_control.command()
@click.argument("state", required=False, type=click.Choice(["up", "down"]))
@click.option("--rssi", type=int, help="What the board hears it with, in dBm.")
@click.option("--refusal", type=int, help="What a wrong password looks like: 202, 204, 15 …")
@click.pass_obj
def wifi(directory, state, rssi, refusal):
    """Switch the access points on or off."""
    _ask(directory, "wifi", up=_ON_OFF.get(state), rssi=rssi, refusal=refusal)


@sim_control.command()
@click.pass_obj
def drop(directory):
    """Let it lose the Wi-Fi once."""
    _ask(directory, "drop")


@sim_control.command()
@click.argument("ssid")
@click.option("--open", "is_open", is_flag=True, help="It has no password.")
@click.pass_obj
def network(directory, ssid, is_open):
    """Add a Wi-Fi, or change its password, which is asked for. Only added ones are there."""
    _ask(directory, "network", ssid=ssid, password=None if is_open else _ask_password(ssid))


@sim_control.command()
@click.option("--reason", type=int, default=2, show_default=True, help="machine.wake_reason().")
@click.pass_obj
def wake(directory, reason):
    """End its deep sleep."""
    _ask(directory, "wake", reason=reason)


@sim_control.command()
@click.argument("number", type=int)
@click.argument("level", type=click.Choice(["0", "1"]))
@click.pass_obj
def pin(directory, number, level):
    """Drive an input."""
    _ask(directory, "pin", pin=number, level=int(level))


@sim_control.command()
@click.argument("number", type=int)
@click.argument("millivolts", type=float)
@click.pass_obj
def adc(directory, number, millivolts):
    """Put a voltage to an ADC pin."""
    _ask(directory, "adc", pin=number, millivolts=millivolts)


@sim_control.command()
@click.argument("celsius", type=int)
@click.pass_obj
def temperature(directory, celsius):
    """Set the chip's temperature."""
    _ask(directory, "temperature", celsius=celsius)


@sim_control.command()
@click.argument("number", type=int)
@click.argument("celsius", type=float, required=False)
@click.option("--humidity", type=float, help="In %RH, for a DHT22.")
@click.pass_obj
def sensor(directory, number, celsius, humidity):
    """Put a DHT22 or DS18B20 to a pin; without CELSIUS take it away."""
    _ask(directory, "sensor", pin=number, celsius=celsius, humidity=humidity)


@sim_control.command()
@click.pass_obj
def erase(directory):
    """Blank its flash; the power must be off."""
    _ask(directory, "erase")
