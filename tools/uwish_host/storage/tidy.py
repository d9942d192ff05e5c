"""Sorting readings in: from `fresh` to `sorted`, many at a time.

A page of `sorted` is written for each series among them, so the more at a time the better; but the
thread that does it does not write what comes meanwhile.
"""

_ROWS = 50_000  # are sorted in at once, in some tenths of a second
_EVERY_S = 600  # or after that time, however few they are


class Tidy:
    """`fresh` is the number of rows there now."""

    def __init__(self, fresh):
        self._fresh = fresh
        self._next = None

    def added(self, rows):
        """So many more were written."""
        self._fresh += rows

    def turn(self, db, now):
        """Sort in what is there, if it is time (seconds) to do so."""
        if self._next is None:
            self._next = now + _EVERY_S
        if self._fresh < _ROWS and now < self._next:
            return
        moved = _move(db)
        self._fresh -= moved
        if moved < _ROWS:
            self._next = now + _EVERY_S


def _move(db):
    """Up to _ROWS, and how many that were. The newest row stays: it tells the next start where the
    numbers go on."""
    (limit,) = db.execute(
        f"SELECT max(id) FROM (SELECT id FROM fresh ORDER BY id LIMIT {_ROWS})"
        " WHERE id < (SELECT max(id) FROM fresh)"
    ).fetchone()
    if limit is None:
        return 0
    db.execute("BEGIN IMMEDIATE")
    try:
        db.execute(
            "INSERT INTO sorted SELECT series, time, id, value FROM fresh WHERE id <= ?"
            " ORDER BY series, time, id",
            (limit,),
        )
        moved = db.execute("DELETE FROM fresh WHERE id <= ?", (limit,)).rowcount
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return moved
