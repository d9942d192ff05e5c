"""The fleet as the watcher knows it: what the gateway has told so far, and in which order to show
it."""

import math
from collections import Counter

from ..fleet.row import SMOOTH_S

ORDERS = {
    "alias": lambda device: (),
    "online": lambda device: (not device["online"], device["since"] or 0),
    "gone": lambda device: (device["online"], -(device["since"] or 0)),
    "rate": lambda device: -device["shown_rate"],
    "last": lambda device: -(device["last"] or 0),
    "507": lambda device: -device["full"],
    "reconnects": lambda device: -device["reconnects"],
}


class View:
    """`devices` by uid (see feed.row_fields), `totals`, `time` (seconds since 1970 at which that
    was so; None before the first turn is complete)."""

    def __init__(self):
        self.devices = {}
        self.totals = {}
        self.time = None

    def take(self, message):
        """A message of the feed: True when it completes a turn."""
        for device in message["devices"]:
            device["at"] = message["time"]
            self.devices[device["uid"]] = device
        if "totals" not in message:
            return False
        for uid in message["gone"]:
            self.devices.pop(uid, None)
        self.totals = message["totals"]
        self.time = message["time"]
        return True

    def sorted(self, order, now):
        """All devices in this order (a key of ORDERS), equal ones by alias; each with `shown_rate`,
        what has become of its frame rate by `now`, and `label`, its alias, with the beginning of
        its uid when others are called the same."""
        devices = list(self.devices.values())
        aliases = Counter(device["alias"] for device in devices)
        for device in devices:
            # The gateway only says what changes; without frames a rate falls by itself.
            since = max(0.0, now - device["at"])
            device["shown_rate"] = device["rate"] * math.exp(-since / SMOOTH_S)
            alias = device["alias"]
            device["label"] = alias if aliases[alias] == 1 else f"{alias} {device['uid'][:6]}"
        key = ORDERS[order]
        devices.sort(key=lambda device: (key(device), device["alias"].casefold(), device["uid"]))
        return devices
