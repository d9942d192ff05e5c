"""Questions to storage, beside the event loop: one thread with its own connection, read-only, that
answers them one after the other and gives up on what takes too long."""

import asyncio
import contextlib
import os
import sqlite3
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

from ..errors import Failure
from ..storage.schema import open_for_reading
from . import keepsakes, points

MAX_WAITING = 32  # questions; beyond, who asks has to come again
_LONGEST_S = 20.0
_FRAMES_S = 1.5  # frames have no index by device: what was found until then has to do
_OPS = 2_000_000  # steps of SQLite between two looks at the clock, some 50 ms
_NICE = 5  # devices come first
_KEPT = 256  # answers


class Unavailable(Exception):
    """No answer now; the text says why, and whether to come again."""


class History:
    """The database at `path`, made by storage. Times are seconds since 1970, `uid` is in hex."""

    def __init__(self, path, clock=time.monotonic):
        self._path = path
        self._clock = clock
        self._pool = ThreadPoolExecutor(1, "history", self._begin)
        self._waiting = 0
        self._db = None
        self._end = 0.0
        self._closed = False
        self._plots = OrderedDict()  # question: (good until, task)

    async def series(self, uid):
        """Of everything that can be plotted: a list of points.Series."""
        return await self._ask(_LONGEST_S, points.series, uid)

    async def plot(self, uid, wanted, span, now):
        """points.Points of the last `span` seconds of `wanted` (Series). The same question is asked
        of the database again after half the time that a point stands for."""
        key = (uid, wanted, span)
        good_until, task = self._plots.get(key, (0.0, None))
        if task is None or self._clock() >= good_until or (task.done() and task.exception()):
            ask = self._ask(_LONGEST_S, points.points, uid, wanted, now - span, now)
            task = asyncio.ensure_future(ask)
            task.add_done_callback(_look_at)  # also when nobody waits for it any more
            self._plots[key] = (self._clock() + min(60.0, span / points.COUNT / 2), task)
            self._plots.move_to_end(key)
            while len(self._plots) > _KEPT:
                self._plots.popitem(last=False)
        # Shared: one who goes away does not take it from the others.
        return await asyncio.shield(task)

    async def presence(self, uid, since, until):
        """keepsakes.presence: who it was here and when."""
        return await self._ask(_LONGEST_S, keepsakes.presence, uid, since, until)

    async def frames(self, uid, until):
        """keepsakes.frames: the last ones, and whether that is all."""
        return await self._ask(_FRAMES_S, keepsakes.frames, uid, until, self._overdue)

    def close(self):
        """End; who waits for an answer is told so."""
        self._closed = True
        self._pool.submit(self._end_connection)
        self._pool.shutdown()

    async def _ask(self, budget_s, function, *arguments):
        if self._waiting >= MAX_WAITING:
            raise Unavailable("too many questions at once: ask again in some seconds")
        if self._closed:
            raise Unavailable("the gateway is ending")
        self._waiting += 1
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(
                self._pool, self._answer, budget_s, function, arguments
            )
        finally:
            self._waiting -= 1

    # In the thread

    @staticmethod
    def _begin():
        with contextlib.suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, 0, _NICE)  # of this thread, on Linux

    def _answer(self, budget_s, function, arguments):
        self._end = time.monotonic() + budget_s
        try:
            if self._db is None:
                # Closed by `close`, after this thread has ended.
                self._db = open_for_reading(self._path)
                self._db.set_progress_handler(self._overdue, _OPS)
            return function(self._db, *arguments)
        except Failure as failure:
            raise Unavailable(str(failure)) from None
        except sqlite3.Error as error:
            if self._overdue():
                raise Unavailable("it took too long: ask for less") from None
            raise Unavailable(f"storage: {error}") from None

    def _end_connection(self):
        if self._db is not None:
            self._db.close()

    def _overdue(self):
        return self._closed or time.monotonic() > self._end


def _look_at(task):
    if not task.cancelled():
        task.exception()
