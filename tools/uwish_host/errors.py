"""The one exception for what a person has to know and can mend."""

import click


class Failure(click.ClickException):
    """One clear sentence: what is wrong, where, and what to try. The command ends with status 1."""


class Senseless(Failure):
    """The same of options and settings that can never work, whatever the machine does: the command
    ends with status 2, and systemd does not try again (ops/unit.py)."""

    exit_code = 2


class Unreadable(Failure):
    """The same of a file that an option names: it may be there the next time."""
