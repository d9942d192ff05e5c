"""`uwish gateway unit`."""

import functools
import os
import re
import shutil
import sys
from pathlib import Path

import click

from ..ops.unit import lies_in_a_home, make_unit
from .options import state_option


@click.command()
# It is root's or the service's, and only named here.
@functools.partial(state_option, readable=False)
@click.option(
    "--user", metavar="NAME", help="Run as this user (default: one made for the service)."
)
@click.option(
    "--memory-max",
    "memory",
    metavar="BYTES",
    default="512M",
    show_default=True,
    callback=lambda ctx, option, value: _memory(value),
    help="More than that and it is ended and started again; a device takes 20 KB.",
)
def unit(state, user, memory):
    """Print a systemd unit that runs `uwish gateway --state DIR`.

    The gateway's other options are read from DIR/gateway.toml (`uwish gateway init`).

    \b
      sudo uwish gateway init --state /var/lib/uwish --listen 0.0.0.0:37009
      uwish gateway unit --state /var/lib/uwish | sudo tee /etc/systemd/system/uwish.service
      sudo systemctl enable --now uwish
      sudo uwish device list --state /var/lib/uwish
    """
    directory = Path(os.path.abspath(state.directory))
    command = [*_program(), "gateway", "--state", directory]
    click.echo(make_unit(command, directory, user, memory), nl=False)
    if lies_in_a_home(command[0]):
        click.echo(
            f"note: {command[0]} is in a home directory; the service's user must be able to read "
            "it there, or install uwish elsewhere",
            err=True,
        )


def _program():
    """What starts this uwish: absolute paths."""
    script = shutil.which(sys.argv[0]) or shutil.which(
        "uwish", path=os.path.dirname(sys.executable)
    )
    if script and os.path.basename(script) == "uwish":
        return [os.path.abspath(script)]
    return [os.path.abspath(sys.executable), "-m", "uwish_host"]


def _memory(value):
    if not re.fullmatch(r"[1-9][0-9]*[KMGT%]?|infinity", value):
        raise click.BadParameter("a number with K, M or G, such as 512M")
    return value
