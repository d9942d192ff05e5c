"""Durations, counted by how long they were."""

import bisect


class Histogram:
    """How many values were at most each of `bounds` (ascending), and their `sum`; for one thread
    that adds and others that look."""

    def __init__(self, bounds):
        self.sum = 0.0
        self._bounds = tuple(bounds)
        self._counts = [0] * (len(self._bounds) + 1)

    def add(self, value):
        """One more."""
        self._counts[bisect.bisect_left(self._bounds, value)] += 1
        self.sum += value

    def buckets(self):
        """[(bound, how many values were at most that)], the last bound being "+Inf": as Prometheus
        has it."""
        found = []
        total = 0
        for bound, count in zip((*self._bounds, "+Inf"), self._counts, strict=True):
            total += count
            found.append((str(bound), total))
        return found
