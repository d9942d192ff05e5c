"""The command `uwish`: what it is called with, and how it ends."""

import click

from . import __version__
from .commands.bench import bench
from .commands.deploy import deploy
from .commands.device import device
from .commands.doctor import doctor
from .commands.flash import flash
from .commands.gateway import gateway
from .commands.identity import identity
from .commands.logs import logs
from .commands.pins import pins
from .commands.provision import provision
from .commands.readings import readings
from .commands.send import send
from .commands.sim import sim, sim_control
from .errors import Failure


class Commands(click.Group):
    """Turns what the system refuses into one sentence."""

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

    A first device, in four steps:

    \b
      uwish identity export --state DIR > gateway.bin    # put this on the device
      uwish device add --state DIR device.bin            # the document the device exports
      uwish gateway --state DIR --listen 0.0.0.0:37009   # shows what arrives
      uwish send --state DIR DEVICE --text hello         # from another terminal
    """


for command in (
    gateway,
    readings,
    send,
    device,
    identity,
    flash,
    deploy,
    provision,
    pins,
    logs,
    doctor,
    bench,
    sim,
    sim_control,
):
    main.add_command(command)
