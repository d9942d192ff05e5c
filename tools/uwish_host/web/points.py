"""Numbers of a device for a plot: thinned out here, so that a month is no more to send than a day.

Time is cut into equal pieces, and a piece becomes one point: the mean, and between what the numbers
were. SQLite does that piece by piece along the index of `sorted`, 0.25 µs a reading: a month with a
reading a second takes 0.6 s. Grouping all at once would sort them first, and take three times as
long.
"""

import json
import statistics

COUNT = 360  # points of a plot, at most
_KINDS = "('number', 'boolean', 'sum')"
_GAP = 4  # a pause so many times as long as usual is shown as one

_SUMS = "count(*), avg(time), avg(value), min(value), max(value)"
# All in one row: for each row CPython would wait for its lock, which a busy event loop has.
_PIECES = (
    "WITH RECURSIVE piece (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM piece WHERE i < :count - 1)"
    f" SELECT json_group_array((SELECT json_array({_SUMS}) FROM sorted WHERE series IN ({{}})"
    " AND time >= :since + i * :step AND time < :since + (i + 1) * :step)) FROM piece"
)
# Some ten thousand rows of all devices, not sorted in yet.
_FRESH = (
    f"SELECT CAST((time - :since) / :step AS INTEGER) AS piece, {_SUMS} FROM fresh"
    " WHERE series IN ({}) AND time >= :since AND time < :until GROUP BY piece"
)


class Series:
    """What can be plotted: `name`, `unit` ("" when there is none), `kind` ("number", "boolean" or
    "sum")."""

    __slots__ = ("kind", "name", "unit")

    def __init__(self, name, unit="", kind="number"):
        self.name = name
        self.unit = unit
        self.kind = kind

    def __eq__(self, other):
        return isinstance(other, Series) and self._key() == other._key()

    def __hash__(self):
        return hash(self._key())

    def _key(self):
        return self.name, self.unit, self.kind


class Points:
    """`step` (seconds that a point stands for) and the columns `time`, `mean`, `low`, `high`, of
    equal length, None in all but `time` where there is a gap."""

    __slots__ = ("high", "low", "mean", "step", "time")

    def __init__(self, step):
        self.step = step
        self.time = []
        self.mean = []
        self.low = []
        self.high = []

    def add(self, time, mean, low, high):
        """One more."""
        self.time.append(time)
        self.mean.append(mean)
        self.low.append(low)
        self.high.append(high)


def series(db, uid):
    """All Series of a device, in the order they first came."""
    rows = db.execute(
        "SELECT series.name, unit, kind FROM series JOIN device ON device.id = series.device"
        f" WHERE ruid = ? AND kind IN {_KINDS}"
        " GROUP BY series.name, unit, kind ORDER BY min(series.id)",
        (bytes.fromhex(uid),),
    )
    return [Series(*row) for row in rows]


def points(db, uid, wanted, since, until):
    """Points of the Series `wanted` in since <= time < until; those of all apps of the device."""
    rows = db.execute(
        "SELECT series.id FROM series JOIN device ON device.id = series.device"
        " WHERE ruid = ? AND series.name = ? AND unit = ? AND kind = ?",
        (bytes.fromhex(uid), wanted.name, wanted.unit, wanted.kind),
    )
    numbers = ", ".join(str(number) for (number,) in rows) or "NULL"
    step = (until - since) / COUNT
    values = {"since": since, "until": until, "step": step, "count": COUNT}
    (text,) = db.execute(_PIECES.format(numbers), values).fetchone()
    pieces = {i: sums for i, sums in enumerate(json.loads(text)) if sums[0]}
    for i, *sums in db.execute(_FRESH.format(numbers), values):
        i = min(i, COUNT - 1)
        pieces[i] = _together(pieces[i], sums) if i in pieces else sums
    return _columns([pieces[i][1:] for i in sorted(pieces)], step)


def _together(one, other):
    """The sums of two parts of a piece."""
    count = one[0] + other[0]
    share = one[0] / count
    time, mean = (one[i] * share + other[i] * (1 - share) for i in (1, 2))
    return count, time, mean, min(one[3], other[3]), max(one[4], other[4])


def _columns(rows, step):
    found = Points(step)
    gaps = [after[0] - before[0] for before, after in zip(rows, rows[1:], strict=False)]
    usual = max(statistics.median_low(gaps), step) if gaps else step
    for (time, mean, low, high), gap in zip(rows, [0.0, *gaps], strict=False):
        if gap > _GAP * usual:
            found.add(round(time - gap / 2, 3), None, None, None)
        found.add(round(time, 3), float(f"{mean:.9g}"), low, high)
    return found
