"""The watchdog timer, in real time."""


class Watchdog:
    """Calls `bites(timeout_ms)` unless it is fed in time."""

    def __init__(self, loop, bites):
        self._loop = loop
        self._bites = bites
        self._timer = None
        self._timeout_ms = 0

    def start(self, timeout_ms):
        """From now on it wants to be fed."""
        self._timeout_ms = timeout_ms
        self.feed()

    def feed(self):
        """Begin its time anew, when it runs."""
        if self._timer:
            self._timer.cancel()
        if self._timeout_ms:
            self._timer = self._loop.call_later(
                self._timeout_ms / 1000, self._bites, self._timeout_ms
            )

    def stop(self):
        """Only a hard reset does this."""
        self._timeout_ms = 0
        self.feed()
