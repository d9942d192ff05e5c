"""The device's work: read the sensors every interval, send one SenML frame to every peer, and do
what a peer's SenML says.

A frame that the send buffer refuses (507) is not tried again: the next reading is newer. Nothing is
read while nobody is online, and the first frame goes out as soon as somebody is. A sensor that has
something urgent is heard at once, but no more often than once a second.
"""

import gc

from commands import Commands
from readings import Readings
from ticks import now_ms

from uwish.compat import const, elapsed, tick_add
from uwish.status import FULL, NOT_FOUND, OK

_URGENT_MS = const(1000)  # between two readings that did not wait for the interval


class Counts:
    """How `app.peer.send` answered: `accepted` (200), `not_found`, `too_large`, `refused` (507);
    `heap_per_send`, the most bytes that one call took (None where the interpreter does not tell);
    frames `received`, settings `obeyed`, readings that failed, and that were cut from a frame."""

    def __init__(self):
        self.accepted = 0
        self.not_found = 0
        self.too_large = 0
        self.refused = 0
        self.heap_per_send = None
        self.received = 0
        self.obeyed = 0
        self.failed_readings = 0
        self.cut = 0

    def add(self, status):
        """`send` returned `status`."""
        if status == OK:
            self.accepted += 1
        elif status == FULL:
            self.refused += 1
        elif status == NOT_FOUND:
            self.not_found += 1
        else:
            self.too_large += 1


class Agent:
    """Handles the events of `app`, a `uwish.App`. `sensors`: as `sensors/__init__.py` describes
    them. `base_name` goes before the names of all records: together they are to be unique in the
    world (RFC 8428 section 4.5.1). `frame_size` is the longest frame, in bytes. `clock()` gives the
    seconds since the start of the year `epoch`, or None: then receivers take their own time.

    `report(event, detail)` is told what happens: "online", "offline" (the peer), "frame" (the Pack
    sent), "setting" ((name, number set or sentence that says why not)), "failed" (the error).
    `commands` takes further settings; `peers` are those that are online.
    """

    def __init__(
        self,
        app,
        sensors,
        base_name,
        interval_ms,
        report,
        frame_size=256,
        clock=None,
        epoch=1970,
    ):
        self.app = app
        self.counts = Counts()
        self.interval_ms = interval_ms
        self.peers = []
        self.commands = Commands(base_name, self._on_setting)
        self.commands.add("interval", "s", 0.05, 86400, self._set_interval)
        self._report = report
        self._readings = Readings(
            sensors, base_name, frame_size, clock, epoch, self.counts, self._report
        )
        self._notices = []
        self._due = now_ms()
        self._read_at = self._due
        self._prepared = False
        self._interval_changed = True  # every peer is told the interval once, and after a change
        app.on("online", self._on_online)
        app.on("offline", self._on_offline)
        app.on("frame", self._on_frame)

    @property
    def telling(self):
        """True while something of `tell` has not been sent."""
        return bool(self._notices)

    def tell(self, name, text):
        """Send this text as the record `name`, in a frame of its own, before all readings."""
        self._notices.append((name, text))

    def step(self, longest_ms):
        """One turn of the app, waiting for the network at most `longest_ms`, and what is due."""
        self.poll(longest_ms)
        self.work()

    def poll(self, longest_ms):
        """One turn of the app."""
        wait = longest_ms
        if self.peers:
            wait = max(0, min(wait, self._wait_ms(now_ms())))
        self.app.poll(wait)

    def work(self):
        """What is due."""
        if not self.peers:
            return
        while self._notices:
            self._send_notice(self._notices.pop(0))
        if self._is_due(now_ms()):
            self.send_reading()

    def run(self):
        """Work for ever."""
        while True:
            self.step(1000)

    def send_reading(self):
        """Read all sensors, and send what they say to every peer that is online."""
        pack = self._take()
        for peer in self.peers:
            self.counts.add(self._send(peer))
        self._report("frame", pack)

    def _wait_ms(self, now):
        wait = elapsed(self._due, now)
        return wait if self._prepared else wait - self._readings.prepare_ms

    def _is_due(self, now):
        if self._readings.urgent() and elapsed(now, self._read_at) >= _URGENT_MS:
            self._due = now
        if not self._prepared and self._wait_ms(now) <= 0:
            self._prepared = True
            if self._readings.prepare_ms:
                self._readings.prepare()
                ready = tick_add(now, self._readings.prepare_ms)
                if elapsed(ready, self._due) > 0:
                    self._due = ready
        return elapsed(now, self._due) >= 0

    def _take(self):
        # From now, not from when it was due: after a long handshake nothing is made up for.
        self._read_at = now_ms()
        self._due = tick_add(self._read_at, self.interval_ms)
        self._prepared = False
        if self._interval_changed:
            pack = self._readings.take(self.interval_ms, self.commands.takes("time"))
        else:
            pack = self._readings.take(0)
        self._interval_changed = False
        return pack

    def _send_notice(self, notice):
        pack = self._readings.begin()
        if pack.string(*notice) == OK:
            for peer in self.peers:
                self.counts.add(self._send(peer))

    def _send(self, peer):
        pack = self._readings.pack
        if not hasattr(gc, "mem_alloc"):
            return self.app.peer.send(peer, pack.buf, pack.length)
        before = gc.mem_alloc()
        status = self.app.peer.send(peer, pack.buf, pack.length)
        taken = gc.mem_alloc() - before
        if self.counts.heap_per_send is None or taken > self.counts.heap_per_send:
            self.counts.heap_per_send = taken
        return status

    def _on_online(self, peer):
        self.peers.append(peer)
        self._interval_changed = True
        self._due = now_ms()
        self._report("online", peer)

    def _on_offline(self, peer):
        self.peers.remove(peer)
        self._report("offline", peer)

    def _on_frame(self, peer, data):
        self.counts.received += 1
        self.counts.obeyed += self.commands.obey(data)

    def _set_interval(self, seconds):
        self.interval_ms = int(seconds * 1000 + 0.5)
        self._interval_changed = True
        self._due = now_ms()

    def _on_setting(self, name, outcome):
        self._report("setting", (name, outcome))
