"""The fleet as a sink: a row for each contact, kept up to date at a small cost for each frame.

Reading a frame is what costs (it is decoded, unless another sink did that), so not all are: four a
second of a device, eight at once, and 2,000 a second of all, which gives sensors their whole trend.
Of a device that says more the last frame is read when somebody looks at its row: its trend is a
sample then, and its latest values are those of frames of that kind.
"""

import time

from ..sink import Device, Sink
from .row import Row

MAX_NAMES_OF_ALL = 100_000  # some 1.5 KB each when their trends are full
_EAGER_OF_ALL = 2000  # frames a second


class Fleet(Sink):
    """`contacts()` gives {uid: Contact} of whoever may connect; without it whoever comes is a row.
    `luid` is our identity (32 bytes). For the event loop: rows change with what happens there.

    `version` (int) grows with every change.
    """

    name = "fleet"

    def __init__(self, contacts=None, luid=bytes(32), clock=time.time):
        self.version = 0
        self._contacts = contacts
        self._luid = luid
        self.clock = clock
        self._rows = {}  # uid: Row
        self._row_of = {}  # sink.Device: Row, of those that are online
        self._sorted = None
        self._names = _Names()
        self._second = 0.0  # until when `_credit` is for
        self._credit = 0
        self._follow_contacts()

    def rows(self):
        """A Row for each device, by alias."""
        if self._sorted is None:
            self._sorted = sorted(
                self._rows.values(),
                key=lambda row: (row.alias.casefold(), row.alias, row.device.ruid),
            )
        return list(self._sorted)

    def row(self, uid):
        """The Row of the device with this uid (hex), None when there is none."""
        try:
            return self._rows.get(bytes.fromhex(uid))
        except ValueError:
            return None

    def totals(self):
        """Of all rows: devices, online, frames, rate (frames a second), full, reconnects,
        readings (names), ignored."""
        rows = self._rows.values()
        return {
            "devices": len(rows),
            "online": sum(row.online for row in rows),
            "frames": sum(row.frames for row in rows),
            "rate": sum(row.rate for row in rows),
            "full": sum(row.full for row in rows),
            "reconnects": sum(row.reconnects for row in rows),
            "readings": self._names.count,
            "ignored": sum(row.ignored for row in rows),
        }

    def frame(self, frame):
        """See Sink."""
        row = self._row_of.get(frame.device)
        if row is None:
            row = self._enter(frame.device)
        self.version = row.version = self.version + 1
        if row.take(frame):
            now = frame.time
            if not 0.0 <= self._second - now <= 1.0:
                self._second = now + 1.0
                self._credit = _EAGER_OF_ALL
            if self._credit:
                self._credit -= 1
                row.read()

    def presence(self, presence):
        """See Sink."""
        device = presence.device
        if presence.online:
            row = self._enter(device)
        else:
            self._row_of.pop(device, None)
            row = self._rows.get(device.ruid)
            if row is None:
                return  # no contact any more
        row.moved(presence)
        self._sorted = None
        self._changed(row)

    def event(self, name, fields):
        """See Sink."""
        if name == "connected":
            row = self.row(fields["ruid"])
            if row is not None:
                row.connected(fields["rhid"])
                self._changed(row)
        elif name == "sent":
            row = self.row(fields["peer"]["ruid"])
            if row is not None and fields["status"] == 507:
                row.full += 1
                self._changed(row)
        elif name == "contacts":
            self._follow_contacts()

    def _changed(self, row):
        self.version += 1
        row.version = self.version

    def _enter(self, device):
        row = self._rows.get(device.ruid)
        if row is None:
            row = self._add(device)
        self._row_of[device] = row
        return row

    def _add(self, device):
        row = self._rows[device.ruid] = Row(device, self._names, self.clock)
        self._sorted = None
        return row

    def _follow_contacts(self):
        if self._contacts is None:
            return
        contacts = self._contacts()
        for uid in [uid for uid in self._rows if uid not in contacts]:
            row = self._rows.pop(uid)
            row.forget()
            for device in row.apps:
                self._row_of.pop(device, None)
        for uid, contact in contacts.items():
            row = self._rows.get(uid)
            if row is None:
                row = self._add(_never_seen(self._luid, uid, contact.alias))
            elif row.alias != contact.alias:
                row.device = Device(row.device.key, row.device.protocol, contact.alias)
            else:
                continue
            self._changed(row)
        self._sorted = None
        self.version += 1


class _Names:
    """How many names of readings all rows have together."""

    def __init__(self):
        self.count = 0

    def take(self):
        """True when there is room for one more."""
        if self.count >= MAX_NAMES_OF_ALL:
            return False
        self.count += 1
        return True


def _never_seen(luid, uid, alias):
    device = Device(luid + uid + bytes(64), "", alias)
    device.name = ""
    return device
