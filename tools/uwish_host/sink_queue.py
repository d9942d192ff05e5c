"""A sink with a bounded memory: the event loop puts in, one consumer takes out, at its own pace.

The consumer is a task of the event loop (`await queue.batch()`), or a thread (`queue.wait()`, then
`queue.take()`). When it is too slow the oldest goes, and is counted.
"""

import asyncio
import threading
from collections import deque

from .sink import Frame, Sink

_ITEM_BYTES = 200  # what an item costs over its data, about


class Queue(Sink):
    """At most `max_items` items, and `max_bytes` bytes by and large: Frame, Presence, and with
    `events` also (name, fields). `dropped` counts what was lost; `name` is for people."""

    def __init__(self, name, max_items=100_000, max_bytes=32 << 20, events=False):
        self.name = name
        self.dropped = 0
        self._max_items = max_items
        self._max_bytes = max_bytes
        self._bytes = 0
        self._items = deque()
        self._events = events
        self._closed = False
        self._waiting = None  # what `batch` or `wait` sleeps on
        self._lock = threading.Lock()

    def __len__(self):
        return len(self._items)

    @property
    def closed(self):
        """True when nothing more will come."""
        return self._closed

    def frame(self, frame):
        """See Sink."""
        self._put(frame)

    def presence(self, presence):
        """See Sink."""
        self._put(presence)

    def event(self, name, fields):
        """See Sink."""
        if self._events:
            self._put((name, fields))

    def close(self):
        """Nothing more will be put in: wakes the consumer, which takes what is left."""
        self._closed = True
        self._wake()

    def take(self, limit=1000):
        """What has come, oldest first, at most `limit` items; from any thread."""
        with self._lock:
            taken = [self._items.popleft() for _ in range(min(limit, len(self._items)))]
            self._bytes -= sum(map(_cost, taken))
        return taken

    async def batch(self, limit=1000):
        """Wait for something in the event loop, and take up to `limit` items; [] at the end."""
        while not self._items and not self._closed:
            event = asyncio.Event()
            self._waiting = event.set
            await event.wait()
        return self.take(limit)

    def wait(self, timeout_s):
        """Wait in a thread until there is something, or it was closed, or for that long."""
        event = threading.Event()
        self._waiting = event.set
        if not self._items and not self._closed:
            event.wait(timeout_s)
        self._waiting = None

    def _put(self, item):
        with self._lock:
            self._items.append(item)
            self._bytes += _cost(item)
            while len(self._items) > self._max_items or self._bytes > self._max_bytes:
                self._bytes -= _cost(self._items.popleft())
                self.dropped += 1
        self._wake()

    def _wake(self):
        waiting, self._waiting = self._waiting, None
        if waiting:
            waiting()


def _cost(item):
    return _ITEM_BYTES + (len(item.data) if isinstance(item, Frame) else 0)
