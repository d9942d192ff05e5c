"""The other gateways of our identity, as their broker tells of them: which of them run, and which
devices are at them.

When one is gone (its last will says so) its devices mostly come to others within seconds. For those
that do not, somebody has to say that they are offline: whoever of the others is still here, after
GRACE_S. That all of them say the same harms nobody.
"""

import time

GRACE_S = 15.0  # for a device to come back somewhere: a few rounds of its back-off
_MOST = 100_000  # devices; anybody at the broker may make some up
_LONGEST = 64  # characters of a text of theirs


class Others:
    """What is known besides the gateway `hid` (hex) itself."""

    def __init__(self, hid):
        self._hid = hid
        self._running = set()  # hids
        self._gone = {}  # {hid: since when, CLOCK_MONOTONIC}
        self._devices = {}  # {uid: (hid, name, protocol)} of devices that are online elsewhere

    def forget(self):
        """A broker is here that may know nothing; it tells soon what it does know."""
        self._running.clear()
        self._gone.clear()
        self._devices.clear()

    def gateway(self, hid, online):
        """The broker has said whether this one runs."""
        if hid == self._hid:
            return
        if online:
            self._running.add(hid)
            self._gone.pop(hid, None)
        else:
            self._running.discard(hid)
            self._gone.setdefault(hid, time.monotonic())

    def arrived(self, uid, fields):
        """A device is online at another gateway, whose `info` has these fields."""
        if uid in self._devices or len(self._devices) < _MOST:
            texts = (fields.get(name) for name in ("gateway", "name", "protocol"))
            self._devices[uid] = tuple(_text(text) for text in texts)

    def left(self, uid):
        """It is not there any more."""
        self._devices.pop(uid, None)

    def has(self, uid):
        """True when it is at one that is not known to be gone."""
        found = self._devices.get(uid)
        return found is not None and found[0] not in self._gone

    def we_speak(self):
        """True when it is ours to answer for devices that are nowhere: one of those that run has
        to."""
        return all(self._hid < hid for hid in self._running)

    def take_orphans(self):
        """{uid: (name, protocol)} of devices that were at a gateway which has been gone for some
        time, each once."""
        late = time.monotonic() - GRACE_S
        lost = {hid for hid, since in self._gone.items() if since <= late}
        if not lost:
            return {}
        found = {uid: rest for uid, (hid, *rest) in self._devices.items() if hid in lost}
        for uid in found:
            del self._devices[uid]
        return found


def _text(value):
    return value[:_LONGEST] if isinstance(value, str) else None
