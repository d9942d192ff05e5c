"""`uwish readings`."""

import csv
import io
import itertools
import json
import sqlite3
import time

import click

from ..moment import parse_moment, show_moment
from ..names import printable
from ..storage import Database
from ..storage.causes import unusable
from .options import state_option

# The columns of each kind, in order; the widths of a table are for what is usual.
_COLUMNS = {
    "readings": {"time": 23, "device": 16, "name": 32, "value": 14, "unit": 8, "uid": 0},
    "frames": {"time": 23, "device": 16, "protocol": 10, "size": 5, "data": 0, "uid": 0},
    "presence": {"time": 23, "device": 16, "protocol": 10, "online": 6, "reason": 0, "uid": 0},
    "devices": {"device": 16, "name": 16, "protocol": 10, "online": 6, "since": 23, "uid": 0},
}

_FORMULA = tuple("=+-@")  # how a text begins that a spreadsheet would compute
_MOST = 10**9  # rows


@click.command()
@state_option
@click.option("--device", metavar="DEVICE", help="An alias, or the first 6 digits of a uid.")
@click.option("--name", metavar="PATTERN", help="Readings of this name; * and ? stand for others.")
@click.option("--since", metavar="TIME", help="15m, 2h, 7d, or 2026-05-04T12:00.")
@click.option("--until", metavar="TIME", help="The same; exclusive.")
@click.option(
    "--last", type=click.IntRange(1, _MOST), metavar="N", help="Only so many, the latest."
)
@click.option("--frames", is_flag=True, help="Frames as they came, not readings.")
@click.option("--presence", is_flag=True, help="Who came and went.")
@click.option("--devices", is_flag=True, help="Who was ever here.")
@click.option("--csv", "as_csv", is_flag=True, help="Write CSV (RFC 4180).")
@click.option("--json", "as_json", is_flag=True, help="Write a JSON object a line.")
def readings(state, device, name, since, until, last, frames, presence, devices, as_csv, as_json):
    """Show what was stored: readings, and with an option frames, presence, devices.

    Times are the devices' own where these have a clock. The gateway may run meanwhile.
    """
    what = _one_of(frames=frames, presence=presence, devices=devices) or "readings"
    form = _one_of(csv=as_csv, json=as_json)
    now = time.time()
    asked = {
        "device": device,
        "since": None if since is None else parse_moment(since, now),
        "until": None if until is None else parse_moment(until, now),
        "last": last,
    }
    if what == "readings":
        asked["name"] = name
    elif name is not None:
        raise click.UsageError("--name is for readings")
    if what == "devices":
        if any(value is not None for value in asked.values()):
            raise click.UsageError("--devices shows all of them")
        asked = {}
    if None not in (since, until) and asked["since"] >= asked["until"]:
        raise click.UsageError("--since is not before --until: there is no time between them")
    state.require()
    write = {None: _write_table, "csv": _write_csv, "json": _write_json}[form]
    try:
        with Database(state.readings_path) as database:
            write(getattr(database, what)(**asked), _COLUMNS[what])
    except sqlite3.Error as error:
        raise unusable(state.readings_path, error) from None


def _one_of(**flags):
    """The name of the one that is set, None without any."""
    given = [name for name, is_set in flags.items() if is_set]
    if len(given) > 1:
        raise click.UsageError(f"--{given[0]} or --{given[1]}, not both")
    return given[0] if given else None


def _write_json(rows, columns):
    for row in rows:
        click.echo(json.dumps(row))


def _write_csv(rows, columns):
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    cells_of = ([_harmless(row[column]) for column in columns] for row in rows)
    for cells in itertools.chain([columns], cells_of):
        writer.writerow(cells)
        click.echo(out.getvalue(), nl=False)
        out.seek(0)
        out.truncate()


def _harmless(value):
    # Texts come from devices: none may steer a terminal, or be a formula to a spreadsheet.
    if not isinstance(value, str):
        return value
    text = "\n".join(map(printable, value.split("\n")))
    return f"'{text}" if text.lstrip()[:1] in _FORMULA else text


def _write_table(rows, columns):
    shown = [column for column in columns if column != "uid"]
    click.echo(_line(shown, shown, columns))
    for row in rows:
        click.echo(_line([_cell(column, row[column]) for column in shown], shown, columns))


def _line(cells, shown, columns):
    cells = zip(cells, shown, strict=True)
    return "  ".join(f"{cell:<{columns[column]}}" for cell, column in cells).rstrip()


def _cell(column, value):
    if value is None:
        return ""
    if column in ("time", "since"):
        return show_moment(value)
    if isinstance(value, bool):
        return str(value).lower()
    return printable(str(value))
