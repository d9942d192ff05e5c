"""The device's work: read the sensors every interval, send one SenML frame to every peer, and do
what a peer's SenML says.

A frame that the send buffer refuses (507) is not tried again: the next reading is newer. Nothing is
read while nobody is online, and the first frame goes out as soon as somebody is.
"""

import gc
import time

from commands import Commands

from uwish.compat import elapsed, tick_add
from uwish.senml import Pack
from uwish.status import FULL, NOT_FOUND, OK

if hasattr(time, "ticks_ms"):

    def now_ms():
        """The time in ms, modulo 2**30."""
        return time.ticks_ms() & 0x3FFFFFFF

else:

    def now_ms():
        """The time in ms, modulo 2**30."""
        return time.monotonic_ns() // 1000000 & 0x3FFFFFFF


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


class Agent:
    """Handles the events of `app`, a `uwish.App`. `sensors`: as `sensors/__init__.py` describes
    them. `base_name` goes before the names of all records: together they are to be unique in the
    world (RFC 8428 section 4.5.1). `frame_size` is the longest frame, in bytes. `clock()` gives the
    seconds since the start of the year `epoch`, or None: then receivers take their own time.

    `report(event, detail)` is told what happens: "online", "offline" (the peer), "frame" (the Pack
    sent), "setting" ((name, number set or sentence that says why not)), "failed" (the error).
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
        self._sensors = sensors
        self._base_name = base_name
        self._report = report
        self._clock = clock
        self._pack = Pack(bytearray(frame_size), epoch)
        self._peers = []
        self._due = now_ms()
        self._interval_changed = True  # every peer is told the interval once, and after a change
        self._commands = Commands(base_name, self._on_setting)
        self._commands.add("interval", "s", 0.05, 86400, self._set_interval)
        app.on("online", self._on_online)
        app.on("offline", self._on_offline)
        app.on("frame", self._on_frame)

    def step(self, longest_ms):
        """One turn of the app, waiting for the network at most `longest_ms`, and what is due."""
        wait = longest_ms
        if self._peers:
            wait = max(0, min(wait, elapsed(self._due, now_ms())))
        self.app.poll(wait)
        if self._peers and elapsed(now_ms(), self._due) >= 0:
            self.send_reading()

    def run(self):
        """Work for ever."""
        while True:
            self.step(1000)

    def send_reading(self):
        """Read all sensors, and send what they say to every peer that is online."""
        # From now, not from when it was due: after a long handshake nothing is made up for.
        self._due = tick_add(now_ms(), self.interval_ms)
        self._read()
        pack = self._pack
        for peer in self._peers:
            self._count(self._send(peer))
        self._report("frame", pack)

    def _read(self):
        pack = self._pack
        pack.clear()
        pack.base(self._base_name, self._clock() if self._clock else None)
        if self._interval_changed:
            pack.number("interval", self.interval_ms, -3, "s")
            self._interval_changed = False
        for sensor in self._sensors:
            try:
                status = sensor.read(pack)
            except (OSError, ValueError) as error:
                self.counts.failed_readings += 1
                self._report("failed", error)
                continue
            if status == FULL:
                self.counts.cut += 1

    def _send(self, peer):
        pack = self._pack
        if not hasattr(gc, "mem_alloc"):
            return self.app.peer.send(peer, pack.buf, pack.length)
        before = gc.mem_alloc()
        status = self.app.peer.send(peer, pack.buf, pack.length)
        taken = gc.mem_alloc() - before
        if self.counts.heap_per_send is None or taken > self.counts.heap_per_send:
            self.counts.heap_per_send = taken
        return status

    def _count(self, status):
        counts = self.counts
        if status == OK:
            counts.accepted += 1
        elif status == FULL:
            counts.refused += 1
        elif status == NOT_FOUND:
            counts.not_found += 1
        else:
            counts.too_large += 1

    def _on_online(self, peer):
        self._peers.append(peer)
        self._interval_changed = True
        self._due = now_ms()
        self._report("online", peer)

    def _on_offline(self, peer):
        self._peers.remove(peer)
        self._report("offline", peer)

    def _on_frame(self, peer, data):
        self.counts.received += 1
        self.counts.obeyed += self._commands.obey(data)

    def _set_interval(self, seconds):
        self.interval_ms = int(seconds * 1000 + 0.5)
        self._interval_changed = True
        self._due = now_ms()

    def _on_setting(self, name, outcome):
        self._report("setting", (name, outcome))
