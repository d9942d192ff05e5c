"""The database `readings.db`: its tables, and how an older one becomes one of today.

Goals: what is committed survives a crash, and with `synchronous=FULL` a power cut as well; writing
costs little however many devices there are, also of what a memory card can take in its life;
anybody with `sqlite3` can read it (the view `readings`).

    device    who: the five parts of a peer; alias and name as they were last
    series    one quantity of one device: a SenML name, its unit, and its kind
    fresh     readings that came lately, in the order they came: series, time (seconds since 1970,
              as the device or the gateway has it), value
    sorted    all the others, by series and time
    reading   both (a view)
    frame     what came, as it came
    presence  who came and went when, and why

Rows of fresh, frame and presence are numbered by the time they arrived, in microseconds since 1970,
always rising: so age needs no column and no index, and a table is only ever appended to at its end
and cut off at its beginning. Sorting each reading in at once would write a page of 4 KB for each
series that has one; instead many are sorted in together, now and then (tidy.py).

Kinds of series: "number", "text", "boolean" (0 or 1), "data" (BLOB), "sum".
"""

import os
import sqlite3

from ..errors import Failure
from .causes import unusable

APPLICATION = 0x75776973  # "uwis", in the file's header (SQLite's application_id)
_BUSY_S = 10  # how long a reader's lock is waited for
_WAL_BYTES = 64 << 20  # what the write-ahead log is cut down to
_CHECKPOINT_PAGES = 8000  # 32 MB; the same pages change again and again, and are copied once
_CACHE_KB = 32_000  # at most: the newest page of each series, of thousands

_V1 = """
CREATE TABLE device (
    id INTEGER PRIMARY KEY,
    luid BLOB NOT NULL, ruid BLOB NOT NULL, rhid BLOB NOT NULL, rsid BLOB NOT NULL,
    protocol TEXT NOT NULL,
    alias TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (luid, ruid, rhid, rsid, protocol)
);
CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    device INTEGER NOT NULL REFERENCES device,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    kind TEXT NOT NULL,
    UNIQUE (device, name, unit, kind)
);
CREATE TABLE fresh (
    id INTEGER PRIMARY KEY,
    series INTEGER NOT NULL REFERENCES series,
    time REAL NOT NULL,
    value NOT NULL
);
CREATE TABLE sorted (
    series INTEGER NOT NULL REFERENCES series,
    time REAL NOT NULL,
    id INTEGER NOT NULL,
    value NOT NULL,
    PRIMARY KEY (series, time, id)
) WITHOUT ROWID;
CREATE VIEW reading AS
    SELECT id, series, time, value FROM sorted UNION ALL SELECT id, series, time, value FROM fresh;
CREATE TABLE frame (
    id INTEGER PRIMARY KEY,
    device INTEGER NOT NULL REFERENCES device,
    data BLOB NOT NULL
);
CREATE TABLE presence (
    id INTEGER PRIMARY KEY,
    device INTEGER NOT NULL REFERENCES device,
    online INTEGER NOT NULL,
    reason TEXT
);
CREATE VIEW readings AS
    SELECT device.alias AS device, lower(hex(device.ruid)) AS uid, series.name AS name,
        series.unit AS unit, reading.value AS value, reading.time AS time,
        reading.id / 1e6 AS arrived, series.kind AS kind
    FROM reading JOIN series ON series.id = reading.series JOIN device ON device.id = series.device;
"""

# One for each version, which it makes from the one before. None is ever changed afterwards.
STEPS = [_V1]


def open_for_writing(path):
    """The database at `path`, made or brought up to date: a sqlite3.Connection. For one writer, in
    one thread at a time. A Failure when it is something else, damaged, out of reach, or of a newer
    uwish."""
    try:
        if not path.exists():
            # The owner's alone, as are the files that SQLite puts beside it.
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600))
        db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES}")
            db.execute("PRAGMA synchronous = FULL")
            db.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
            db.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
            _migrate(db, path)
        except BaseException:
            db.close()
            raise
    except (sqlite3.Error, OSError) as error:
        raise unusable(path, error) from None
    return db


def open_for_reading(path):
    """The same, for reading beside the writer; a Failure when there is none."""
    if not path.exists():
        raise Failure(f"nothing was stored yet: there is no {path}")
    try:
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_S)
        version = db.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.Error as error:
        raise unusable(path, error) from None
    if version != len(STEPS):
        db.close()
        if version > len(STEPS):
            raise _newer(path)
        raise Failure(
            f"{path} is of an older uwish: start the gateway once, it brings it up to date"
        )
    return db


def _migrate(db, path):
    application = db.execute("PRAGMA application_id").fetchone()[0]
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if application not in (0, APPLICATION) or (version and not application):
        raise Failure(f"{path} is a database of another program: it was left as it is")
    if version > len(STEPS):
        raise _newer(path)
    for number in range(version, len(STEPS)):
        # A step is done whole or not at all; so is the number that says so.
        db.executescript(
            f"BEGIN IMMEDIATE; {STEPS[number]}; PRAGMA application_id = {APPLICATION}; "
            f"PRAGMA user_version = {number + 1}; COMMIT"
        )


def _newer(path):
    return Failure(f"{path} was written by a newer uwish: use that one; it was left as it is")
