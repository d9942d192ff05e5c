"""How often something may be told: not every knock at the door is news."""

import time


class RateLimit:
    """Lets `burst` through at once and `per_s` in the long run; counts the others."""

    def __init__(self, burst=20, per_s=5, clock=time.monotonic):
        self.suppressed = 0
        self._burst = burst
        self._per_s = per_s
        self._clock = clock
        self._tokens = burst
        self._then = clock()

    def passes(self, cost=1):
        """True when this one may be told, which is as much as `cost` usual ones (`burst` at most);
        else it is counted."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._then) * self._per_s)
        self._then = now
        if self._tokens < cost:
            self.suppressed += 1
            return False
        self._tokens -= cost
        return True

    def take_suppressed(self):
        """How many were not told since the last question."""
        count, self.suppressed = self.suppressed, 0
        return count
