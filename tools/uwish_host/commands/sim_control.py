"""`uwish sim-control`."""

import sys

import click

from ..events import JsonLines
from ..option_group import Number
from ..sim import server
from .sim import ask_password, board_option

_ON_OFF = {"on": True, "off": False, "up": True, "down": False}
# Then -5 is a number, and no option that there is not.
_BELOW_ZERO = {"ignore_unknown_options": True}


@click.group("sim-control")
@board_option
@click.pass_context
def sim_control(context, directory):
    """Do something to a running virtual board: press, unplug, switch off.

    Each command prints how the board stands then, one line of JSON.
    """
    context.obj = directory


def _ask(directory, op, **fields):
    answer = server.ask(directory, op=op, **{k: v for k, v in fields.items() if v is not None})
    JsonLines(sys.stdout)("status", answer)


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
@click.option("--portion", type=Number(0, 1, max_open=True), default=0.5)
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
@click.option("--rssi", type=click.IntRange(-120, 0), help="What the board hears it with, in dBm.")
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
    _ask(directory, "network", ssid=ssid, password=None if is_open else ask_password(ssid))


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
@click.argument("millivolts", type=Number(0, 10_000))
@click.pass_obj
def adc(directory, number, millivolts):
    """Put a voltage to an ADC pin."""
    _ask(directory, "adc", pin=number, millivolts=millivolts)


@sim_control.command(context_settings=_BELOW_ZERO)
@click.argument("celsius", type=click.IntRange(-100, 300))
@click.pass_obj
def temperature(directory, celsius):
    """Set the chip's temperature."""
    _ask(directory, "temperature", celsius=celsius)


@sim_control.command(context_settings=_BELOW_ZERO)
@click.argument("number", type=int)
@click.argument("celsius", type=Number(-100, 300), required=False)
@click.option("--humidity", type=Number(0, 100), help="In %RH, for a DHT22.")
@click.pass_obj
def sensor(directory, number, celsius, humidity):
    """Put a DHT22 or DS18B20 to a pin; without CELSIUS take it away."""
    _ask(directory, "sensor", pin=number, celsius=celsius, humidity=humidity)


@sim_control.command()
@click.pass_obj
def erase(directory):
    """Blank its flash; the power must be off."""
    _ask(directory, "erase")
