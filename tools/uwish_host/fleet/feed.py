"""The fleet for whoever follows it from outside (control.py): everything once, then what changes.

A turn says how things stand, not what happened since: who reads slowly is told less often, and
nothing piles up for him.
"""

import asyncio
import fnmatch
import re

_ROWS = 16  # of one message: about a millisecond of the event loop
POINTS = 24  # of a trend that is for a table
MIN_S, MAX_S = 0.1, 60


async def feed(fleet, say, every_s=1.0, name=None, whole=False):
    """Messages, as dicts that JSON has, for `await say(message)`, until that raises something: a
    turn of them every `every_s` seconds (0.1 to 60).

    Their "devices" are the rows that changed (see row_fields), "time" is when that was so (seconds
    since 1970). The last one of a turn has "totals" (see Fleet.totals) and "gone", uids that are no
    rows any more.
    ValueError for what is no such interval, TypeError for what is no name."""
    if not MIN_S <= every_s <= MAX_S:
        raise ValueError(f"a turn takes from {MIN_S} to {MAX_S} seconds")
    chosen = None if name is None else re.compile(fnmatch.translate(name)).match
    seen = -1
    known = set()
    while True:
        version = fleet.version
        rows = fleet.rows()
        now = {row.uid for row in rows}
        changed = [row for row in rows if row.version > seen]
        for start in range(0, len(changed), _ROWS):
            part = changed[start : start + _ROWS]
            devices = [row_fields(row, chosen, whole) for row in part]
            await say({"time": fleet.clock(), "devices": devices})
            await asyncio.sleep(0)
        await say(
            {
                "time": fleet.clock(),
                "devices": [],
                "totals": fleet.totals(),
                "gone": sorted(known - now),
            }
        )
        seen, known = version, now
        await asyncio.sleep(every_s)


def row_fields(row, chosen=None, whole=True):
    """A fleet.Row for JSON: alias, uid, online, since, reason, last, frames, rate, full,
    reconnects, names (how many readings it has) and readings: all, with their trends; or unless
    `whole` the one to show, which is the first with a name that `chosen` takes, the first number
    before anything else, with the last 24 points of its trend."""
    readings = row.readings
    if whole:
        shown = readings.values()
        if chosen:
            shown = [latest for latest in shown if chosen(latest.name)]
    else:
        shown = _to_show(readings, chosen)
    return {
        "alias": row.alias,
        "uid": row.uid,
        "online": row.online,
        "since": row.since,
        "reason": row.reason,
        "last": row.last,
        "frames": row.frames,
        "rate": round(row.rate, 3),
        "full": row.full,
        "reconnects": row.reconnects,
        "names": len(readings),
        "readings": [_latest_fields(latest, None if whole else -POINTS) for latest in shown],
    }


def _to_show(readings, chosen):
    first = None
    for latest in readings.values():
        if chosen is None or chosen(latest.name):
            if latest.numeric:
                return [latest]
            first = first or latest
    return [first] if first else []


def _latest_fields(latest, first):
    value = latest.value
    return {
        "name": latest.name,
        "unit": latest.unit,
        "value": value.hex() if isinstance(value, bytes) else value,
        "time": latest.time,
        "trend": latest.trend[first:],
    }
