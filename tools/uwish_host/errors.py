"""The one exception for what a person has to know and can mend."""

import click


class Failure(click.ClickException):
    """One clear sentence: what is wrong, where, and what to try. The command ends with status 1."""
