"""Options that belong together, such as all that a part of the gateway has."""

import click
from click.core import ParameterSource

from .errors import Failure


def option_group(*options):
    """One decorator for these click options; the command is given their values by their names, and
    its help shows them in this order."""

    def decorate(function):
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


class Number(click.FloatRange):
    """A click.FloatRange without `nan`, which no comparison keeps out of any range."""

    def convert(self, value, param, ctx):
        """See click.ParamType."""
        number = super().convert(value, param, ctx)
        if number != number:
            self.fail(f"{value!r} is no number.", param, ctx)
        return number


def refuse_alone(*mains):
    """A Failure when the command that runs was given an option, `--mqtt-user`, without the one that
    it belongs to, the one of `mains` its name begins with, `--mqtt`: it would do nothing."""
    ctx = click.get_current_context()
    for main in mains:
        if ctx.params[main] is None:
            for option in ctx.command.params:
                source = ctx.get_parameter_source(option.name)
                if option.name.startswith(f"{main}_") and source != ParameterSource.DEFAULT:
                    raise Failure(f"{option.opts[0]} does nothing without --{main}: give that too")
