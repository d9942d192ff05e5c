"""Temperature and humidity of the air: DHT22 (AM2302), by MicroPython's own driver `dht`."""

from uwish.status import OK

from . import label, pin

OPTIONS = ("pin",)


class Sensor:
    """`temperature` in degrees Celsius and `humidity` in %RH, to a tenth, from the data line at
    option `pin` (with a resistor of 4.7 to 10 kOhm to 3.3 V). It measures every two seconds at
    most; asked earlier it says the same again."""

    def __init__(self, options):
        try:
            import dht
        except ImportError:
            raise OSError("this firmware was built without its driver, dht") from None
        self._driver = dht.DHT22(pin(options))
        self._temperature = label(options, "temperature")
        self._humidity = label(options, "humidity")

    def read(self, pack):
        try:
            self._driver.measure()
        except OSError:
            raise OSError("the DHT22 does not answer: check its pin and the resistor") from None
        except Exception as e:  # the driver's own "checksum error" is nothing more special
            raise OSError("the DHT22 was not understood: %s" % e) from None
        tenths = round(self._driver.temperature() * 10)
        status = pack.number(self._temperature, tenths, -1, "Cel")
        if status != OK:
            return status
        return pack.number(self._humidity, round(self._driver.humidity() * 10), -1, "%RH")
