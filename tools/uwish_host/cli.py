"""The command `uwish`: what it is called with, and how it ends."""

from importlib import import_module

import click

from . import __version__
from .errors import Failure

# In the order of the help: what is called, and the module it is in. Only what is called is
# imported, or every call would wait for the libraries of all others.
_COMMANDS = {
    "gateway": "gateway_group",
    "readings": "readings",
    "watch": "watch",
    "send": "send",
    "device": "device",
    "identity": "identity",
    "flash": "flash",
    "deploy": "deploy",
    "provision": "provision",
    "pins": "pins",
    "logs": "logs",
    "doctor": "doctor",
    "bench": "bench",
    "sim": "sim",
    "sim-control": "sim_control",
}


class Commands(click.Group):
    """Imports the command that is called, and turns what the system refuses into one sentence."""

    def list_commands(self, ctx):
        """See click.Group."""
        return list(_COMMANDS)

    def get_command(self, ctx, name):
        """See click.Group."""
        if name not in _COMMANDS:
            return None
        module = import_module(f".commands.{_COMMANDS[name]}", __package__)
        return getattr(module, name.replace("-", "_"))

    def invoke(self, ctx):
        """See click.Group."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise Failure(f"{where}{error.strerror or error}") from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="uwish")
def main():
    """A gateway for Wish devices, and the tools around it.

    From an empty board on USB to its readings (`uwish sim` is a board without hardware):

    \b
      uwish gateway --state DIR --listen 0.0.0.0:37009   # in a terminal of its own
      uwish flash --port PORT --erase FIRMWARE.bin       # MicroPython
      uwish deploy --port PORT                           # the library and the firmware
      uwish provision --port PORT --gateway DIR --wifi SSID
      uwish doctor --port PORT                           # when something does not work
    """
