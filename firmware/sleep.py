"""A device that sleeps between readings: wake, read, connect, send, wait until the network has
taken it, sleep.

What it could not send waits in a Backlog, which outlasts the sleep and goes first at the next wake.
Handed to the network is not received: a frame is forgotten only when the connection has held for a
while after that. When it is lost before, all of this wake's frames go out again, so that a peer may
get one twice; with the same time in it, if the clock is known.
"""

import clock
from agent import Agent
from backlog import AGE, Backlog
from kept import BACKLOG
from ticks import now_ms

from uwish.compat import const, elapsed
from uwish.log import info, warn
from uwish.status import OK, TOO_LARGE

# After the last frame was handed over: TCP delivers it, and a peer's settings arrive.
_LISTEN_MS = const(700)
_SHORTEST_MS = const(1000)  # of sleep


class SleepingAgent(Agent):
    """An Agent that keeps what it reads until it was sent. Call `begin` before the first step."""

    def begin(self, kept, store, options, woken):
        """`kept` is the Kept; `store` a FileStore when the frames are to wait on flash, else None;
        `options` the configuration's `sleep`; `woken`: out of sleep, not by power or reset."""
        self._kept = kept
        self._store = store
        self._budget_ms = int(options.get("budget_s", 30) * 1000)
        self._stay_ms = 0 if woken else int(options.get("stay_s", 60) * 1000)
        self._began = now_ms()
        self._quiet_since = self._began  # since then nothing was on its way
        self._has_read = False
        self._flying = 0  # copies of one frame that the send buffer has
        self._again = False  # the connection was lost: rewind, once nothing is on its way
        self._sent = 0
        self._dropped = 0
        saved = store.load("backlog") if store else kept.backlog
        if not woken:
            kept.interval_ms = 0
        elif kept.interval_ms:
            self.interval_ms = kept.interval_ms
        self._backlog = Backlog(BACKLOG, saved or b"")
        if self._backlog.count:
            info("sleep: %d frames wait from before", self._backlog.count)
        self._out = bytearray(len(self._readings.pack.buf) + AGE)

    @property
    def waiting(self):
        """How many frames wait."""
        return self._backlog.count

    def clock_jumped(self, seconds):
        """The clock was set this far forward."""
        self._backlog.clock_jumped(seconds)

    def work(self):
        """Read when it is due, connected or not, and hand over what waits."""
        while self._notices:
            pack = self._readings.begin()
            if pack.string(*self._notices.pop(0)) == OK:
                self._keep(pack)
        now = now_ms()
        if self._is_due(now):
            self._interval_changed = True  # each wake is a connection of its own
            self._keep(self._take())
            self._has_read = True
        self._hand_over(now)

    def sleep_ms(self, now):
        """How long to sleep now, 0 to stay awake."""
        awake = elapsed(now, self._began)
        if awake < self._stay_ms:
            return 0
        if not (self._has_read and not self._backlog.count):
            if awake < max(self._budget_ms, self._stay_ms):
                return 0
            warn("sleep: %d frames wait for the next wake", self._backlog.count)
        return max(self.interval_ms - elapsed(now, self._read_at), _SHORTEST_MS)

    def save(self):
        """Keep the frames that wait, over the sleep."""
        if self._store:
            try:
                self._store.save("backlog", self._backlog.data())
            except OSError as e:
                warn("sleep: %d frames cannot be kept on flash: %s", self._backlog.count, e)
        else:
            self._kept.backlog = self._backlog.data()
            self._kept.save()

    def _keep(self, pack):
        timeless = clock.now() is None
        if not self._backlog.push(pack.buf, pack.length, clock.since_start(), timeless):
            self.counts.too_large += 1
        elif not self._store:
            self.save()  # RTC memory does not wear, and a crash may come before the network
        self._report("frame", pack)

    def _hand_over(self, now):
        stats = self.app.stats
        backlog = self._backlog
        if self._flying:
            if stats.sent - self._sent >= self._flying:
                backlog.pass_on()
            elif stats.dropped == self._dropped:
                return
            self._flying = 0
            self._quiet_since = now
        if self._again:
            self._again = False
            backlog.rewind()
        if not self.peers:
            return
        if backlog.passed < backlog.count:
            self._send_next(now)
        elif backlog.count and elapsed(now, self._quiet_since) >= _LISTEN_MS:
            backlog.forget_passed()

    def _send_next(self, now):
        stats = self.app.stats
        self._sent = stats.sent
        self._dropped = stats.dropped
        length = self._backlog.read(self._out, clock.since_start())
        for peer in self.peers:
            status = self.app.peer.send(peer, self._out, length)
            self.counts.add(status)
            if status == OK:
                self._flying += 1
            elif status == TOO_LARGE:
                self._backlog.pass_on()
                self._quiet_since = now
                return

    def _on_offline(self, peer):
        self._again = True
        Agent._on_offline(self, peer)

    def _set_interval(self, seconds):
        Agent._set_interval(self, seconds)
        self._kept.interval_ms = self.interval_ms

    def _on_online(self, peer):
        due = self._due
        Agent._on_online(self, peer)
        self._due = due  # a wake has one reading, and it was not made for this peer alone
