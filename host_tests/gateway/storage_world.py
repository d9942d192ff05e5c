"""Things to store, and a look into what was stored."""

import contextlib
import sqlite3
import time

import cbor2

from uwish_host.sink import Device, Frame, Presence
from uwish_host.storage import Storage

GIVE_UP_S = 60


def device(number=0, alias=None, protocol="sensor"):
    """One of many."""
    parts = (bytes([9]) * 32, bytes([number]) * 32, bytes([number + 100]) * 32)
    return Device(b"".join(parts) + b"app".ljust(32, b"\0"), protocol, alias or f"lamp {number}")


def frame(data, at=1_700_000_000.0, of=None):
    return Frame(of or device(), data, at)


def senml(value, name="t", unit="Cel", at=None):
    """One reading as a frame's bytes (RFC 8428)."""
    record = {0: name, 4 if isinstance(value, bool) else 2: value}
    if unit:
        record[1] = unit
    if at is not None:
        record[6] = at
    return cbor2.dumps([record])


def presence(online, at, of=None, reason=None):
    return Presence(of or device(), online, at, reason)


class NoLoop:
    """Calls at once what an event loop would call soon."""

    @staticmethod
    def call_soon_threadsafe(function, *arguments):
        function(*arguments)


class Running:
    """A Storage that runs; `warnings` and `relieved` say what it has told."""

    def __init__(self, path, **options):
        self.warnings = []
        self.relieved = []
        self.storage = Storage(path, **{"flush_s": 0.005, **options})
        self.storage.start(NoLoop, lambda: self.relieved.append(True), self.warnings.append)

    def __enter__(self):
        return self.storage

    def __exit__(self, *_):
        self.storage.close()


def store(path, *items, **options):
    """Store frames and presences, and end."""
    with Running(path, **options) as storage:
        for item in items:
            if isinstance(item, Frame):
                storage.frame(item)
            else:
                storage.presence(item)


@contextlib.contextmanager
def looking(path):
    """The database, beside whoever writes it."""
    db = sqlite3.connect(path)
    try:
        yield db
    finally:
        db.close()


def rows(path, sql):
    """What this query finds."""
    with looking(path) as db:
        return db.execute(sql).fetchall()


def until(condition):
    """Wait for it; AssertionError when it takes too long."""
    deadline = time.monotonic() + GIVE_UP_S
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)
