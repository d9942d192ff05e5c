"""Storage as a part of a running gateway (see serve), and the options of the command for it."""

import contextlib
import sqlite3

import click

from ..option_group import Number, option_group
from .causes import unusable
from .store import FLUSH_S, MAX_UNWRITTEN, Storage

_MB = 1 << 20

storage_options = option_group(
    click.option("--no-store", is_flag=True, help="Keep nothing."),
    click.option(
        "--keep-days",
        type=Number(0, 36_500, min_open=True),
        metavar="DAYS",
        help="Remove what is older (default: keep it for ever).",
    ),
    click.option(
        "--keep-mb",
        type=click.IntRange(min=1),
        metavar="MB",
        help="Remove the oldest when the database is larger (default: no limit).",
    ),
    click.option(
        "--raw",
        type=click.Choice(("all", "other", "none")),
        default="all",
        show_default=True,
        help="Keep frames as they came: all, those that hold no readings, or none.",
    ),
    click.option(
        "--flush-ms",
        type=click.IntRange(1, 60_000),
        default=int(FLUSH_S * 1000),
        show_default=True,
        help="Write this often; a crash or a power cut costs no more than what came since.",
    ),
    click.option(
        "--max-unwritten",
        type=click.IntRange(1, 10_000_000),
        metavar="FRAMES",
        default=MAX_UNWRITTEN,
        show_default=True,
        help="Hold devices back when so many wait to be written.",
    ),
)


def storing(no_store, keep_days, keep_mb, raw, flush_ms, max_unwritten):
    """The parts that these options ask for: one, or none."""
    if no_store:
        return []
    keep_bytes = None if keep_mb is None else keep_mb * _MB

    @contextlib.asynccontextmanager
    async def part(running):
        path = running.state.readings_path
        try:
            storage = Storage(
                path,
                flush_s=flush_ms / 1000,
                max_unwritten=max_unwritten,
                keep_days=keep_days,
                keep_bytes=keep_bytes,
                raw=raw,
            )
        except sqlite3.Error as error:
            raise unusable(path, error) from None
        running.bus.add(storage)
        running.storage = storage
        storage.start(running.loop, running.bus.relieved, running.warn)
        try:
            yield storage
        finally:
            storage.close()

    return [part]
