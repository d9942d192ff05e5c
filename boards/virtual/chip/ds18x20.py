"""`ds18x20`: reads the sensor of `onewire`."""

from . import bus


class DS18X20:
    """The sensors on a bus."""

    def __init__(self, onewire):
        self._bus = onewire

    def scan(self):
        """Their ROM codes."""
        return self._bus.scan()

    def convert_temp(self):
        """Begin to measure."""
        self._bus.reset(True)

    def read_temp(self, rom):
        """Degrees Celsius, to a sixteenth."""
        celsius = bus.ask("ds18b20", self._bus.pin)
        if celsius is None:
            raise Exception("CRC error")
        return round(celsius * 16) / 16
