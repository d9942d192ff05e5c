"""How long things are kept: by age, and by the size of the database.

Rows are numbered by the time they arrived, so what is too old is the beginning of a table. It is
cut off in pieces, between two writes, so that no write waits long. The file does not shrink: room
that became free is used again.
"""

_PIECE = 5000  # rows of a table in one go
_PIECES = 20  # in one turn
_EVERY_S = 30  # between two looks, when the last one had nothing to do
_DAY_US = 86_400_000_000
_TABLES = ("reading", "frame", "presence")


class Retention:
    """Keeps what is younger than `keep_days`, as long as all of it fits into `keep_bytes`; None
    means no limit."""

    def __init__(self, keep_days=None, keep_bytes=None):
        self._keep_days = keep_days
        self._keep_bytes = keep_bytes
        self._next = 0.0

    def turn(self, db, now):
        """Remove some of what is too old or too much at `now` (seconds since 1970)."""
        if now < self._next:
            return
        for _ in range(_PIECES):
            limit = self._limit(db, now)
            if limit is None or not sum(_cut(db, table, limit) for table in _TABLES):
                self._next = now + _EVERY_S
                return

    def _limit(self, db, now):
        """The row number up to which rows can go; None when nothing has to."""
        limits = []
        if self._keep_days is not None:
            limits.append(int(now * 1e6 - self._keep_days * _DAY_US))
        if self._keep_bytes is not None and used_bytes(db) > self._keep_bytes:
            limits += self._oldest(db)
        return max(limits, default=None)

    def _oldest(self, db):
        # Of all tables alike: everything up to the time at which a piece of the one that goes back
        # furthest is over.
        ends = []
        for table in _TABLES:
            first = f"SELECT id FROM {table} ORDER BY id LIMIT {_PIECE}"
            count, last = db.execute(f"SELECT count(*), max(id) FROM ({first})").fetchone()
            if count:
                ends.append(last)
        return [min(ends)] if ends else []


def used_bytes(db):
    """The size of what is in the database, without the room that is free."""
    pages, free, size = (
        db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def _cut(db, table, limit):
    cursor = db.execute(
        f"DELETE FROM {table} WHERE id IN "
        f"(SELECT id FROM {table} WHERE id <= ? ORDER BY id LIMIT {_PIECE})",
        (limit,),
    )
    return cursor.rowcount
