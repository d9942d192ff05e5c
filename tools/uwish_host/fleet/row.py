"""One device of the fleet, which is a contact, whatever hosts, services and protocols it has."""

import math
import time

from .latest import Latest

SMOOTH_S = 10.0  # of the frame rate
MAX_NAMES = 1000  # of one device's readings
_MAX_HOSTS = 64
# Frames of a device that are read as they come: so many a second, and so many at once. Of more only
# the last one is kept, and read when somebody looks.
_EAGER = 4
_BURST = 8
_PER_FRAME = 1 / SMOOTH_S


class Row:
    """`device` (sink.Device: the app of it that came or spoke last; while none was ever here its
    rhid and rsid are zeros, its name and protocol empty), `online` (bool: any of its apps), `since`
    (seconds since 1970 of the last change of that; None when there was none), `reason` (why it
    went: a name of events.REASON_NAMES, None while it is here), `last` (time of the last frame,
    None before it).

    Counted since the gateway started: `frames`, `full` (our frames it had no room for: 507),
    `reconnects` (connections of a host that had been here before). `ignored` counts readings
    with one name too many. `version` is the fleet's at the row's last change.
    """

    __slots__ = (
        *("apps", "device", "frames", "full", "hosts", "ignored", "last", "online", "reason"),
        *("reconnects", "since", "version", "_clock", "_credit", "_names", "_rate", "_readings"),
        "_waiting",
    )

    def __init__(self, device, names, clock=time.time):
        self.device = device
        self.online = False
        self.since = self.reason = self.last = None
        self.frames = self.full = self.reconnects = self.ignored = self.version = 0
        self.apps = set()  # those that are online: sink.Device
        self.hosts = set()  # host ids that were here, in hex
        self._names = names
        self._clock = clock
        self._rate = 0.0  # when the last frame came
        self._readings = {}
        self._waiting = None  # the last frame, not read yet
        self._credit = _BURST

    @property
    def alias(self):
        """The contact's."""
        return self.device.alias

    @property
    def uid(self):
        """Of its identity, in hex."""
        return self.device.ruid.hex()

    @property
    def rate(self):
        """Frames a second: those of the last 10 s or so, older ones count less and less."""
        if self.last is None:
            return 0.0
        return self._rate * math.exp(-max(0.0, self._clock() - self.last) / SMOOTH_S)

    @property
    def readings(self):
        """{name: Latest}, of the last frames; not to be changed."""
        if self._waiting is not None:
            self.read()
        return self._readings

    def take(self, frame):
        """A Frame of it came. True when it may be read at once, as far as this device goes."""
        now = frame.time
        self.device = frame.device
        if self.last is not None:
            elapsed = now - self.last
            # A clock that is set back changes nothing.
            if elapsed > 0:
                self._rate *= math.exp(-elapsed / SMOOTH_S)
                credit = self._credit + elapsed * _EAGER
                self._credit = credit if credit < _BURST else _BURST
        self._rate += _PER_FRAME
        self.last = now
        self.frames += 1
        self._waiting = frame
        if self._credit < 1:
            return False
        self._credit -= 1
        return True

    def connected(self, rhid):
        """A connection of its host `rhid` (hex) was established."""
        if rhid in self.hosts:
            self.reconnects += 1
        elif len(self.hosts) < _MAX_HOSTS:
            self.hosts.add(rhid)

    def moved(self, presence):
        """An app of it came or went: a Presence."""
        before = self.online
        self.device = presence.device
        if presence.online:
            self.apps.add(presence.device)
        else:
            self.apps.discard(presence.device)
        self.online = bool(self.apps)
        if self.online != before:
            self.since = presence.time
            self.reason = None if self.online else presence.reason

    def read(self):
        """Read the last frame now; `take` comes first."""
        frame, self._waiting = self._waiting, None
        readings = self._readings
        for reading in frame.readings:
            latest = readings.get(reading.name)
            if latest is None:
                if len(readings) >= MAX_NAMES or not self._names.take():
                    self.ignored += 1
                    continue
                latest = readings[reading.name] = Latest(reading.name)
            latest.take(reading)

    def forget(self):
        """It is no row any more: its names are free for others."""
        self._names.count -= len(self._readings)
