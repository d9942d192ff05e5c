"""Frames that wait to be published, in the order they came.

The newest are in memory, as many as `_IN_MEMORY`; the others are in the database, where storage has
put all of them anyway, and are read from there when their turn comes. So what waits outlasts a
restart, and costs no memory. Without storage there is only the memory.
"""

from collections import deque
from itertools import islice

DEFAULT_LIMIT = 1_000_000  # frames with storage
DEFAULT_MEMORY = 20_000  # and without
_IN_MEMORY = 20_000  # frames, when storage has them too
_BYTES = 32 << 20  # of frames in memory, about
_FRAME_BYTES = 600  # what a frame costs over its data, about
_READING_BYTES = 300  # and each reading in it
_SLACK = 100  # a limit that was passed by a hundredth is restored


class Backlog:
    """At most `limit` frames that are published one day; of more the oldest are left out, and
    counted in `dropped`. `numbers` (history.Numbers) goes on after the newest frame of `history`
    (history.History), which is None without storage. `published` is the number of the last frame
    that is done with, as are all before it; `waiting` frames of `history` are newer."""

    def __init__(self, limit, numbers, history=None, published=None, waiting=0):
        self.dropped = 0
        self.published = numbers.last if published is None else published
        self._limit = limit
        self._numbers = numbers
        self._history = history
        self._memory = deque()  # (number, frame)
        self._bytes = 0
        self._in_memory = limit if history is None else min(limit, _IN_MEMORY)
        self._gap = numbers.last  # all frames up to this number are in the database only
        self._given = self.published  # the number of the last frame that `next` gave
        self._waiting = waiting

    def __len__(self):
        return self._waiting

    @property
    def behind(self):
        """True when the next frame is in the database; then `next` may find nothing yet."""
        return self._given < self._gap

    def add(self, frame):
        """A frame came."""
        # First of all: where decoding fails it fails in storage, too, which has no such frame then.
        self._bytes += _cost(frame)
        self._memory.append((self._numbers.next(frame), frame))
        self._waiting += 1
        while len(self._memory) > self._in_memory or self._bytes > _BYTES:
            number = self._forget_oldest()
            if self._history is not None:
                self._gap = number
            elif number > self.published:
                self._skip_to(number, 1)

    async def next(self, limit):
        """The next frames, at most `limit`, as [(number, frame)]."""
        self._given = max(self._given, self.published)
        if self.behind:
            found = await self._from_history(limit)
        else:
            while self._memory and self._memory[0][0] <= self.published:
                self._forget_oldest()
            waiting = (item for item in self._memory if item[0] > self._given)
            found = list(islice(waiting, limit))
        if found:
            self._given = found[-1][0]
        return found

    def rewind(self):
        """Let `next` give again what was not settled."""
        self._given = self.published

    def settle(self, number):
        """The frame with this number, the first of those that were given and not settled yet, is
        done with."""
        if number > self.published:  # less when it was dropped meanwhile
            self.published = number
            self._waiting = max(0, self._waiting - 1)

    async def _from_history(self, limit):
        if self._waiting > self._limit + self._limit // _SLACK:
            number, count = await self._history.skip(self.published, self._limit)
            if number > self.published:
                self._skip_to(number, count)
                self._given = max(self._given, number)
        gap = self._gap
        found, all_written = await self._history.frames(self._given, gap, limit)
        if not found and all_written:
            # Retention was faster than we are.
            self._given = gap
            if self.published < gap:
                self._waiting = sum(number > gap for number, _ in self._memory)
        return found

    def _skip_to(self, number, count):
        self.published = number
        self.dropped += count
        self._waiting -= count

    def _forget_oldest(self):
        number, frame = self._memory.popleft()
        self._bytes -= _cost(frame)
        return number


def _cost(frame):
    return _FRAME_BYTES + len(frame.data) + _READING_BYTES * len(frame.readings)
