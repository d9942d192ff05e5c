"""The sink that keeps everything: rows are made in the event loop, a thread writes them.

    frame() -> Batch -> the thread: one transaction every `flush_s` seconds

What was committed stays, whatever becomes of the process or the power. What was not is at most what
came within `flush_s` and the time one write takes, and never more than `max_unwritten` frames, or
64 MB: when that much waits, devices are not read from until it is written. So a disk that is full
or slow costs no readings, it holds the devices back.
"""

import sqlite3
import threading
import time

from ..histogram import Histogram
from ..rate_limit import RateLimit
from ..sink import Sink
from .batch import Batch
from .retention import Retention
from .rows import Rows
from .schema import open_for_writing
from .tidy import Tidy

FLUSH_S = 0.25
MAX_UNWRITTEN = 20_000  # frames
_MAX_BYTES = 64 << 20  # that wait, about: a frame can have thousands of readings
_RETRY_S = 1.0  # after a write that failed
_WRITE_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Storage(Sink):
    """Keeps what happens in the database at `path`. `keep_days` and `keep_bytes` say how long
    (None: for ever); `raw` whether frames are kept besides the readings in them: "all", "other"
    (those without readings) or "none".

    `written` counts the frames that are safe, the last of them since `written_at` (seconds of
    CLOCK_MONOTONIC), `rows` the rows that took, `lost` the frames that
    could not be written at all, and `failures` the writes that had to be repeated. `write_s` has
    the seconds that writes took (Histogram).
    """

    name = "storage"

    def __init__(
        self,
        path,
        flush_s=FLUSH_S,
        max_unwritten=MAX_UNWRITTEN,
        keep_days=None,
        keep_bytes=None,
        raw="all",
    ):
        self.written = 0
        self.written_at = 0.0
        self.rows = 0
        self.write_s = Histogram(_WRITE_S)
        self.lost = 0
        self.failures = 0
        self._db = open_for_writing(path)
        self._rows = Rows(self._db, raw, self._tell)
        self._flush_s = flush_s
        self._max_unwritten = max_unwritten
        newest = self._rows.newest() / 1e6 or None
        self._retention = Retention(keep_days, keep_bytes, newest, self._complain)
        self._tidy = Tidy(self._db.execute("SELECT count(*) FROM fresh").fetchone()[0])
        self._batch = Batch()
        self._unwritten = 0  # frames: in `_batch`, and on their way to the disk
        self._writing = 0  # bytes on their way
        self._closing = False
        # The condition's own lock, taken without its detour through Python: for every frame.
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._limit = RateLimit(burst=3, per_s=0.1)
        self._congested = False
        self._relieved = self._warn = None
        self._thread = threading.Thread(target=self._run, name="storage", daemon=True)

    def start(self, loop, relieved, warn):
        """Begin to write; `relieved` (Bus.relieved) and `warn` are called in `loop`."""
        self._relieved = lambda: loop.call_soon_threadsafe(relieved)
        self._warn = lambda text: loop.call_soon_threadsafe(warn, text)
        self._rows.gateway_was_down(self._batch)
        self._thread.start()

    def close(self):
        """Write what waits, and end."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()
        self._db.close()

    def frame(self, frame):
        """See Sink."""
        with self._lock:
            self._rows.add_frame(self._batch, frame)
            self._unwritten += 1
            if (
                self._unwritten >= self._max_unwritten
                or self._batch.bytes + self._writing >= _MAX_BYTES
            ):
                self._congested = True
                self._changed.notify()
            elif self._batch.frames == 1:
                self._changed.notify()

    def presence(self, presence):
        """See Sink."""
        with self._changed:
            self._rows.add_presence(self._batch, presence)
            if self._batch.bytes + self._writing >= _MAX_BYTES:
                self._congested = True
            self._changed.notify()

    def congested(self):
        """See Sink."""
        return self._congested

    def unwritten(self):
        """How many frames wait to be safe."""
        return self._unwritten

    # In the thread

    def _run(self):
        while True:
            with self._changed:
                while not self._batch and not self._closing:
                    self._changed.wait()
                end = time.monotonic() + self._flush_s
                while not self._closing and not self._congested and time.monotonic() < end:
                    self._changed.wait(end - time.monotonic())
                batch, self._batch = self._batch, Batch()
                self._writing = batch.bytes
                closing = self._closing
            if batch:
                self._write(batch)
            self._settle(batch.frames)
            if closing and not self._batch:
                return
            self._clean()

    def _write(self, batch):
        """Write it, however long that takes; but what cannot be written is lost."""
        while True:
            last_try = self._closing
            try:
                began = time.monotonic()
                batch.write(self._db)
                self.write_s.add(time.monotonic() - began)
                self.rows += batch.rows()
                self.written += batch.frames
                self.written_at = time.monotonic()
                self._tidy.added(batch.readings())
                return
            except sqlite3.OperationalError as error:
                # Full, busy, read-only, an error of the disk: that may change.
                self.failures += 1
                self._complain(f"{error}: devices are held back until it works again")
                if not last_try:
                    with self._changed:
                        if not self._closing:
                            self._changed.wait(_RETRY_S)
                    continue
            except Exception as error:
                self._complain(f"{type(error).__name__}: {error}")
            self.lost += batch.frames
            self._tell(f"{batch.frames} frames are lost")
            return

    @property
    def ignored(self):
        """Readings that are not kept: their identities had made up too many names for them."""
        return self._rows.ignored

    def _complain(self, text):
        if self._limit.passes():
            self._tell(text)

    def _tell(self, text):
        self._warn(f"storage: {text}")

    def _settle(self, frames):
        with self._changed:
            self._unwritten -= frames
            self._writing = 0
            relieved = (
                self._congested
                and self._unwritten <= self._max_unwritten // 2
                and self._batch.bytes <= _MAX_BYTES // 2
            )
            if relieved:
                self._congested = False
        if relieved:
            self._relieved()

    def _clean(self):
        try:
            self._tidy.turn(self._db, time.monotonic())
            self._retention.turn(self._db, time.time(), time.monotonic())
        except sqlite3.Error as error:
            self._complain(f"cannot sort or remove what is there: {error}")
