"""`uwish gateway` serves; `uwish gateway init` and `unit` prepare that."""

import click
from click.core import ParameterSource

from ..errors import Senseless
from . import settings
from .gateway import gateway as serve_command
from .gateway import understand
from .gateway_init import make_init
from .gateway_unit import unit


class ServeByDefault(click.Group):
    """A group whose own options are those of the command `serving`, which runs when none of the
    others is named."""

    def __init__(self, serving, **options):
        super().__init__(serving.name, help=serving.help, params=serving.params, **options)
        self._serving = serving

    def make_context(self, info_name, args, parent=None, **extra):
        """See click.Command: a context of the command that is meant."""
        if args and (args[0] in self.commands or args[0] in ("-h", "--help")):
            return super().make_context(info_name, args, parent, **extra)
        serving = self._serving
        # First only to learn which state: its settings are what the options are by default.
        asked = serving.make_context(info_name, list(args), parent, resilient_parsing=True, **extra)
        if asked.args:
            self._refuse(asked, asked.args[0])
        directory = asked.params.get("directory")
        if directory is None:
            return serving.make_context(info_name, args, parent, **extra)
        path = directory / "gateway.toml"
        extra["default_map"] = settings.load(path, serving)
        try:
            return serving.make_context(info_name, args, parent, **extra)
        except click.BadParameter as error:
            source = error.param and error.ctx.get_parameter_source(error.param.name)
            if source != ParameterSource.DEFAULT_MAP:
                raise
            raise Senseless(f"{path}: {settings.name_of(error.param)}: {error.message}") from None

    def _refuse(self, ctx, word):
        if word in self.commands:
            ctx.fail(f"{word!r} comes before all options: uwish gateway {word} ...")
        ctx.fail(f"No such command {word!r}.")

    def get_params(self, ctx):
        """See click.Command: those that may stand before the name of another command."""
        return [option for option in (self.get_help_option(ctx),) if option]

    def format_usage(self, ctx, formatter):
        """See click.Command."""
        formatter.write_usage(ctx.command_path, "[OPTIONS]")
        formatter.write_usage(ctx.command_path, "COMMAND [ARGS]...")

    def format_options(self, ctx, formatter):
        """See click.Command: the options of serving, and the other commands."""
        with click.Context(self._serving, info_name=ctx.info_name, parent=ctx.parent) as inner:
            self._serving.format_options(inner, formatter)
        self.format_commands(ctx, formatter)


gateway = ServeByDefault(serve_command)
gateway.add_command(make_init(serve_command, understand))
gateway.add_command(unit)
