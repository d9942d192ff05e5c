"""How long things are kept: by age, and by the size of the database.

What is too old is the beginning of a table, or of each series in `sorted`; it is cut off between
two writes. The file does not shrink: room that became free is used again.
"""

import math

_AGE_S = 3600  # between two looks at the age, or a tenth of it when that is less
_SIZE_S = 30  # between two looks at the size
_PART = 50  # a database that is too large loses this part of its time, and again until it fits
_LEAST_S = 1.0
_DAY_S = 86400
_APPENDED = ("fresh", "frame", "presence")


class Retention:
    """Keeps what is younger than `keep_days`, as long as all of it fits into `keep_bytes`; None
    means no limit."""

    def __init__(self, keep_days=None, keep_bytes=None):
        self._keep_s = None if keep_days is None else keep_days * _DAY_S
        self._keep_bytes = keep_bytes
        self._next_age = -math.inf
        self._next_size = -math.inf

    def turn(self, db, now, clock):
        """Remove what is too old, or some of what is too much, at `now` (seconds since 1970), if it
        is time for that by `clock` (seconds that nobody sets)."""
        if self._keep_s is not None and clock >= self._next_age:
            self._next_age = clock + min(_AGE_S, self._keep_s / 10)
            _cut(db, now - self._keep_s)
        if self._keep_bytes is not None and clock >= self._next_size:
            if used_bytes(db) <= self._keep_bytes:
                self._next_size = clock + _SIZE_S
                return
            oldest = _oldest(db)
            if oldest is not None:
                _cut(db, oldest + max((now - oldest) / _PART, _LEAST_S))


def used_bytes(db):
    """The size of what is in the database, without the room that is free."""
    pages, free, size = (
        db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def _cut(db, time):
    """Remove what is older than `time` (seconds since 1970): by arrival, and in `sorted` by its own
    time."""
    db.execute("BEGIN IMMEDIATE")
    try:
        for table in _APPENDED:
            db.execute(f"DELETE FROM {table} WHERE id < ?", (int(time * 1e6),))
        db.execute(
            "DELETE FROM sorted WHERE series IN (SELECT id FROM series) AND time < ?", (time,)
        )
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


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
