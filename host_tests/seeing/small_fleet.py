"""A fleet without a gateway: devices, frames and times that the test chooses."""

import cbor2

from uwish_host.fleet import Fleet
from uwish_host.sink import Device, Frame, Presence

LUID = b"\x09" * 32
START = 1_700_000_000.0


class Contact:
    def __init__(self, alias):
        self.alias = alias


class Clock:
    """Says `now`, which the test sets."""

    def __init__(self, now=START):
        self.now = now

    def __call__(self):
        return self.now


def uid(number):
    return number.to_bytes(32, "big")


def device(number=1, alias=None, host=0, protocol="sensor"):
    key = LUID + uid(number) + bytes([host]) * 32 + b"app".ljust(32, b"\0")
    return Device(key, protocol, alias or f"lamp {number}")


def pack(**values):
    """SenML of these readings, a unit for numbers."""
    labels = {bool: 4, str: 3, bytes: 8}
    return cbor2.dumps(
        [
            {0: name.replace("__", "/"), labels.get(type(value), 2): value, 1: "Cel"}
            for name, value in values.items()
        ]
    )


class World:
    """A Fleet that is told what happens."""

    def __init__(self, *aliases):
        self.clock = Clock()
        self.contacts = {uid(i): Contact(alias) for i, alias in enumerate(aliases, 1)}
        self.fleet = Fleet(lambda: self.contacts, LUID, self.clock)

    def says(self, data, of=None, after_s=0.0):
        self.clock.now += after_s
        self.fleet.frame(Frame(of or device(), data, self.clock.now))

    def comes(self, of=None, after_s=0.0):
        self.clock.now += after_s
        self.fleet.presence(Presence(of or device(), True, self.clock.now))

    def goes(self, reason, of=None, after_s=0.0):
        self.clock.now += after_s
        self.fleet.presence(Presence(of or device(), False, self.clock.now, reason))

    def changes_contacts(self, contacts):
        self.contacts = contacts
        self.fleet.event("contacts", {"count": len(contacts)})

    def row(self, number=1):
        return self.fleet.row(uid(number).hex())
