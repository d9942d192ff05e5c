"""Frames that storage has kept, in order, for whoever has to catch up.

Storage numbers frames by the microsecond they arrived, always rising (storage/schema.py), and
writes them in that order. So `Numbers` finds the number of a frame when it arrives, long before it
was written, and by its number a frame in memory and one in the database are the same.
"""

import asyncio
import concurrent.futures
import sqlite3

from ..decode import decode
from ..errors import Failure
from ..sink import Device, Frame
from ..storage.schema import open_for_reading

_DEVICE = "SELECT luid, ruid, rhid, rsid, protocol, alias FROM device WHERE id = ?"


class HistoryError(Exception):
    """The database cannot be read now."""


class Numbers:
    """Gives each frame its number; `last` is the number before the first."""

    def __init__(self, last=0):
        self.last = last

    def next(self, frame):
        """The number of the frame that came now."""
        self.last = max(self.last + 1, int(frame.time * 1e6))
        return self.last


class History:
    """The frames in the database at `path`, read in a thread of its own. HistoryError when that is
    not possible."""

    def __init__(self, path):
        self._path = path
        self._db = None
        self._thread = concurrent.futures.ThreadPoolExecutor(1, "mqtt history")

    async def close(self):
        """Let go of the database."""
        await self._run(self._close)
        self._thread.shutdown()

    async def last(self):
        """The number of the newest frame; 0 when there is none."""
        return await self._run(self._last)

    async def count(self, after):
        """How many have greater numbers."""
        return await self._run(self._count, after, 2**63 - 1)

    async def skip(self, after, keep):
        """(the number after which there are only the newest `keep` frames, how many there are
        between `after` and that)."""
        return await self._run(self._skip, after, keep)

    async def frames(self, after, upto, limit):
        """The first `limit` of those with after < number <= upto, as [(number, Frame)]; and False
        when more of them may still be written."""
        return await self._run(self._frames, after, upto, limit)

    async def _run(self, function, *arguments):
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, function, *arguments)
        except (sqlite3.Error, Failure) as error:
            raise HistoryError(f"cannot read what waits: {error}") from None

    # In the thread

    def _open(self):
        if self._db is None:
            self._db = open_for_reading(self._path)
        return self._db

    def _close(self):
        if self._db is not None:
            self._db.close()

    def _last(self):
        return self._open().execute("SELECT max(id) FROM frame").fetchone()[0] or 0

    def _count(self, after, upto):
        sql = "SELECT count(*) FROM frame WHERE id > ? AND id <= ?"
        return self._open().execute(sql, (after, upto)).fetchone()[0]

    def _skip(self, after, keep):
        sql = "SELECT id FROM frame WHERE id > ? ORDER BY id DESC LIMIT 1 OFFSET ?"
        row = self._open().execute(sql, (after, keep)).fetchone()
        number = after if row is None else row[0]
        return number, self._count(after, number)

    def _frames(self, after, upto, limit):
        db = self._open()
        # Asked first: what is written after this question does not look as if it were missing.
        all_written = self._last() >= upto
        rows = db.execute(
            "SELECT id, device, data FROM frame WHERE id > ? AND id <= ? ORDER BY id LIMIT ?",
            (after, upto, limit),
        ).fetchall()
        devices = {}
        found = []
        for number, row, data in rows:
            device = devices.get(row)
            if device is None:
                *ids, protocol, alias = db.execute(_DEVICE, (row,)).fetchone()
                device = devices[row] = Device(b"".join(ids), protocol, alias)
            frame = Frame(device, data, number / 1e6)
            frame._decoded = decode(data, frame.time)  # here, and not in the event loop
            found.append((number, frame))
        return found, all_written
