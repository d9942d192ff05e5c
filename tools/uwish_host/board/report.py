"""What a command tells while it works: lines and progress bars for a person, or one object of JSON
for a program."""

import contextlib
import json
import sys

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn

from ..names import printable


class Report:
    """Lines go to stdout as things happen; with `as_json` there is one object at the end instead.
    Bars go to stderr, and only when that is a terminal on which one can draw."""

    def __init__(self, as_json=False):
        self.fields = {}
        self._as_json = as_json

    def say(self, name, text, /, **fields):
        """One thing that is known or done now: `text` for people, `fields` (or `text`) for
        programs, under the name `name`."""
        self.fields[name] = fields or text
        if not self._as_json:
            click.echo(f"{name:<9} {printable(text)}")

    def list(self, name, entries, otherwise):
        """Several of a kind: `entries` of (text for people, fields for programs); `otherwise` is
        what people read when there is none."""
        self.fields[name] = [fields for _, fields in entries]
        if not self._as_json:
            for text, _ in entries or [(otherwise, None)]:
                click.echo(printable(text))

    def note(self, text):
        """Something to do about it, on stderr: no program reads it."""
        click.echo(text, err=True)

    @contextlib.contextmanager
    def step(self, title, total=None):
        """A bar while the block runs; gives a function: `advance(amount=1)`, `advance(to=N)` or
        `advance(title=TEXT)`. Without `total` the bar only shows that something goes on."""
        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn())
        if total is not None:
            columns += (TaskProgressColumn(),)
        console = Console(stderr=True)
        drawn = sys.stderr.isatty() and not console.is_dumb_terminal
        bars = Progress(*columns, console=console, transient=True, disable=not drawn)
        with bars:
            task = bars.add_task(title, total=total)

            def advance(amount=1, to=None, title=None):
                if title is not None:
                    bars.update(task, description=title)
                elif to is not None:
                    bars.update(task, completed=to)
                else:
                    bars.advance(task, amount)

            yield advance

    def finish(self):
        """Write the object, when one was asked for."""
        if self._as_json:
            click.echo(json.dumps(self.fields))


def kilobytes(size):
    """A size in bytes for people."""
    return f"{size / 1000:.0f} KB" if size >= 10000 else f"{size / 1000:.1f} KB"
