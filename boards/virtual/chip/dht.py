"""`dht`, the driver frozen into stock firmware: what it reads is set by
`uwish sim-control sensor`."""

from . import bus


class DHTBase:
    """A sensor at `pin`; `measure` raises OSError 110 when none is there."""

    def __init__(self, pin):
        self._pin = pin.id
        self._measured = (0, 0)

    def measure(self):
        """Read it."""
        self._measured = bus.ask("dht", self._pin)


class DHT22(DHTBase):
    """To a tenth."""

    def temperature(self):
        """Degrees Celsius."""
        return self._measured[0]

    def humidity(self):
        """%RH."""
        return self._measured[1]


class DHT11(DHTBase):
    """Whole numbers."""

    def temperature(self):
        """Degrees Celsius."""
        return int(self._measured[0])

    def humidity(self):
        """%RH."""
        return int(self._measured[1])
