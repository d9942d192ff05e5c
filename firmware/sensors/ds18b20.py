"""Temperature at the end of a cable: DS18B20, by MicroPython's own drivers `onewire`, `ds18x20`."""

from binascii import hexlify

from uwish.status import FULL, OK

from . import label, pin

OPTIONS = ("pin",)


class Sensor:
    """`temperature` in degrees Celsius, to a sixteenth, from the bus at option `pin` (with a
    resistor of 4.7 kOhm to 3.3 V). With several on the bus each has its serial number in the name,
    `temperature-0316a2794b04`. OSError when there is none at the start.

    A measurement takes 750 ms (data sheet, 12 bits): it is begun by `prepare` and nobody waits."""

    prepare_ms = 750

    def __init__(self, options):
        try:
            import ds18x20
            import onewire
        except ImportError:
            raise OSError("this firmware was built without its driver, ds18x20") from None
        self._bus = ds18x20.DS18X20(onewire.OneWire(pin(options)))
        self._roms = self._bus.scan()
        if not self._roms:
            raise OSError("no DS18B20 answers: check its pin and the resistor")
        self._labels = [label(options, "temperature")]
        if len(self._roms) > 1:
            # Bytes 1 to 6 of a ROM code are the serial number (data sheet, figure 6).
            self._labels = [
                label(options, "temperature-" + str(hexlify(rom[1:7]), "ascii"))
                for rom in self._roms
            ]

    def prepare(self):
        try:
            self._bus.convert_temp()
        except Exception as e:  # onewire raises OneWireError when nobody answers a reset
            raise OSError("no DS18B20 answers: %s" % e) from None

    def read(self, pack):
        status = OK
        silent = 0
        for rom, name in zip(self._roms, self._labels):
            try:
                celsius = self._bus.read_temp(rom)
            except Exception:  # a CRC error is a bare Exception in the driver
                celsius = None
            # 85 exactly is what it says after power-on, before it has measured (data sheet).
            if celsius is None or celsius == 85:
                silent += 1
            elif pack.number(name, round(celsius * 10000), -4, "Cel") == FULL:
                status = FULL
        if silent == len(self._roms):
            raise OSError("no DS18B20 has measured: check the cable and its power")
        return status
