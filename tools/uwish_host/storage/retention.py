"""How long things are kept: by age, and by the size of the database.

What is too old is the beginning of a table, or of each series in `sorted`; it is cut off between
two writes. The file does not shrink: room that became free is used again.
"""

import math

from .belief import Belief

_AGE_S = 3600  # between two looks at the age, or a tenth of it when that is less
_SIZE_S = 30  # between two looks at the size
_PART = 50  # a database that is too large loses this part of its time, and again until it fits
_LEAST_S = 1.0
_DAY_S = 86400
_APPENDED = ("fresh", "frame", "presence")


class Retention:
    """Keeps what is younger than `keep_days`, as long as all of it fits into `keep_bytes`; None
    means no limit. `newest` and `tell` are for the clock (belief.Belief)."""

    def __init__(self, keep_days=None, keep_bytes=None, newest=None, tell=None):
        self._keep_s = None if keep_days is None else keep_days * _DAY_S
        self._keep_bytes = keep_bytes
        self._belief = Belief(newest, tell)
        self._next_age = -math.inf
        self._next_size = -math.inf
        self._reached = -math.inf  # all that is older was removed, since it became too large

    def turn(self, db, now, clock):
        """Remove what is too old, or some of what is too much, at `now` (seconds since 1970), if it
        is time for that by `clock` (seconds that nobody sets)."""
        ages = self._keep_s is not None and clock >= self._next_age
        sizes = self._keep_bytes is not None and clock >= self._next_size
        if ages or sizes:
            now = self._belief.time(now, clock)
        if ages:
            self._next_age = clock + min(_AGE_S, self._keep_s / 10)
            _cut(db, now - self._keep_s, now)
        if sizes:
            if used_bytes(db) <= self._keep_bytes:
                self._next_size = clock + _SIZE_S
                self._reached = -math.inf
                return
            oldest = _oldest(db)
            if oldest is not None:
                if oldest < self._reached <= now:
                    # It came meanwhile: a device whose clock is behind holds nothing up.
                    oldest = self._reached
                oldest = min(oldest, now)
                self._reached = oldest + max((now - oldest) / _PART, _LEAST_S)
                _cut(db, self._reached, now)
            _cut_ahead(db, now)


def used_bytes(db):
    """The size of what is in the database, without the room that is free."""
    pages, free, size = (
        db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def _cut(db, time, now):
    """Remove what is older than `time` (seconds since 1970): by arrival, and in `sorted` by its own
    time; but what is dated later than the day after `now` by arrival there too."""
    arrived = int(time * 1e6)
    db.execute("BEGIN IMMEDIATE")
    try:
        for table in _APPENDED:
            db.execute(f"DELETE FROM {table} WHERE id < ?", (arrived,))
        of_all = "DELETE FROM sorted WHERE series IN (SELECT id FROM series)"
        db.execute(f"{of_all} AND time < ?", (time,))
        db.execute(f"{of_all} AND time > ? AND id < ?", (now + _DAY_S, arrived))
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _cut_ahead(db, now):
    """Remove the same part of tables that only begin after `now`: the clock was ahead once, and
    their numbers, which always rise, have not come back with it."""
    for table in _APPENDED:
        first, last = db.execute(f"SELECT min(id), max(id) FROM {table}").fetchone()
        if first is not None and first > now * 1e6:
            limit = first + (last - first) // _PART + 1
            db.execute(f"DELETE FROM {table} WHERE id < ?", (limit,))


def _oldest(db):
    """The time (seconds since 1970) of what is oldest; None when there is nothing."""
    times = []
    for table in _APPENDED:
        (number,) = db.execute(f"SELECT min(id) FROM {table}").fetchone()
        if number is not None:
            times.append(number / 1e6)
    # The beginning of each series: a walk through all of `sorted` would take too long.
    (time,) = db.execute(
        "SELECT min((SELECT time FROM sorted WHERE series = series.id ORDER BY time LIMIT 1))"
        " FROM series"
    ).fetchone()
    if time is not None:
        times.append(time)
    return min(times, default=None)
