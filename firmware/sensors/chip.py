"""How warm the chip is: not the room, but a sensor that every ESP32 has."""

from . import label

OPTIONS = ()


class Sensor:
    """`chip-temperature`, in degrees Celsius: `esp32.mcu_temperature` (whole degrees; S2, S3, C3,
    C6), or else `esp32.raw_temperature` of the first ESP32 (degrees Fahrenheit, and some of those
    were made without a sensor that works)."""

    def __init__(self, options):
        try:
            import esp32
        except ImportError:
            raise OSError("this board's chip does not tell its temperature") from None
        self._celsius = getattr(esp32, "mcu_temperature", None)
        self._fahrenheit = getattr(esp32, "raw_temperature", None)
        if not self._celsius and not self._fahrenheit:
            raise OSError("this board's chip does not tell its temperature")
        self._label = label(options, "chip-temperature")

    def read(self, pack):
        if self._celsius:
            return pack.number(self._label, self._celsius(), 0, "Cel")
        tenths = (self._fahrenheit() - 32) * 50 // 9
        return pack.number(self._label, tenths, -1, "Cel")
