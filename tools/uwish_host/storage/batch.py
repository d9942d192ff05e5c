"""What waits to be written, as the parameters of INSERTs, and how it gets into the database fast.

CPython lets go of its lock around each step of SQLite and then has to get it back from a busy event
loop, which lets it go only every few milliseconds: row by row that makes some 300 rows a second. So
rows go in by statements of up to 2048 rows, one step each, during which the event loop runs on.
"""

import functools

_SIZES = (2048, 128, 8, 1)  # rows of a statement; each is compiled once
_COLUMNS = {"device": 8, "series": 5, "frame": 3, "fresh": 4, "presence": 4}


class Batch:
    """Rows for each table, as flat lists; `frames` counts what came, `bytes` about what it takes in
    memory, for the limits."""

    __slots__ = ("bytes", "device", "frame", "frames", "fresh", "presence", "series")

    def __init__(self):
        self.frames = self.bytes = 0
        self.device = []
        self.series = []
        self.frame = []
        self.fresh = []
        self.presence = []

    def rows(self):
        """How many rows it has, of all tables."""
        return sum(len(getattr(self, table)) // columns for table, columns in _COLUMNS.items())

    def readings(self):
        """How many it has."""
        return len(self.fresh) // _COLUMNS["fresh"]

    def __bool__(self):
        return bool(self.frames or self.presence or self.device)

    def write(self, db):
        """Into `db`, in one transaction, which is rolled back when anything fails."""
        db.execute("BEGIN IMMEDIATE")
        try:
            for table, columns in _COLUMNS.items():
                _insert(db, table, columns, getattr(self, table))
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise


def _insert(db, table, columns, values):
    at = 0
    left = len(values) // columns
    for size in _SIZES:
        while left >= size:
            db.execute(_statement(table, columns, size), values[at : at + size * columns])
            at += size * columns
            left -= size


@functools.cache
def _statement(table, columns, rows):
    row = f"({', '.join('?' * columns)})"
    sql = f"INSERT INTO {table} VALUES {', '.join([row] * rows)}"
    if table == "device":
        # Known already: it is called something else now.
        sql += " ON CONFLICT (id) DO UPDATE SET alias = excluded.alias, name = excluded.name"
    return sql
