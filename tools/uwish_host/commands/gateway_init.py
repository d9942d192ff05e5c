"""`uwish gateway init`."""

import json
import shlex

import click

from ..names import fingerprint, printable
from . import settings
from .options import json_option, state_option

# Files that may be there only when it runs, as the secrets of a container.
_LATER = ("mqtt_password_file", "mqtt_ca")


def make_init(serving, understand):
    """The command, which takes all options of the command `serving` to keep them as settings.
    `understand(**options)` refuses those that make no sense."""

    @click.command("init")
    @state_option
    @click.option("--alias", default="gateway", show_default=True, help="What it is called.")
    @json_option("what was made")
    @click.pass_context
    def init(ctx, state, alias, as_json, workers, **options):
        """Make the state directory: a new identity, no contacts, and settings.

        All options of `uwish gateway` that are given here are kept in DIR/gateway.toml, and need
        not be given again. A directory that has an identity is refused.
        """
        understand(**{**options, **dict.fromkeys(_LATER)})
        state.create(alias)
        settings.save(state.settings_path, settings.given(ctx, serving))
        own = state.identity()
        if as_json:
            shown = {"directory": str(state.directory), "alias": own.alias, "uid": own.uid.hex()}
            click.echo(json.dumps({**shown, "hid": own.hid.hex()}))
            return
        first, second = fingerprint(own.uid)
        where = shlex.quote(str(state.directory))
        click.echo(
            f"""made a new identity in {printable(str(state.directory))}: {printable(own.alias)}
fingerprint  {first}
             {second}

next:
  uwish gateway --state {where}                        # run it, or make it a service:
  uwish gateway unit --state {where}
  uwish provision --gateway {where} --port PORT ...    # a board on USB
  uwish identity export --state {where} > gateway.bin  # for any other device
  uwish device add --state {where} DEVICE.bin          # who may connect
  uwish identity backup --state {where} FILE           # its key exists only here so far"""
        )

    present = {option.name for option in init.params}
    init.params += [
        option for option in settings.options(serving).values() if option.name not in present
    ]
    return init
