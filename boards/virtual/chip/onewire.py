"""`onewire`: a bus with at most one DS18B20, which `uwish sim-control sensor` puts there."""

from . import bus


class OneWireError(Exception):
    """Nobody answers."""


class OneWire:
    """The bus at `pin`."""

    def __init__(self, pin):
        self.pin = pin.id

    def reset(self, required=False):
        """True when somebody answers; OneWireError when that is `required`."""
        there = bus.ask("ds18b20", self.pin) is not None
        if required and not there:
            raise OneWireError
        return there

    def scan(self):
        """The ROM codes that answer."""
        if not self.reset():
            return []
        # Family, serial number; the CRC is not anybody's who does not check it.
        return [bytearray((0x28, self.pin, 0x16, 0xA2, 0x79, 0x4B, 0x04, 0x00))]
