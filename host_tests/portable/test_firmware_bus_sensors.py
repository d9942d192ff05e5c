"""DHT22 and DS18B20, with drivers and chips that work, fail, and are not there."""

import sys
import unittest

sys.path.insert(0, "firmware")

from sensors_case import DHT22, OTHER, ROM, Bus, SensorsCase

from uwish.status import FULL


class BusSensorsTest(SensorsCase, unittest.TestCase):
    def test_dht22(self):
        sensor = self.load("dht22", pin=4)
        self.assertEqual(sensor._driver.pin.number, 4)
        expected = {"temperature": ("Cel", -2.5), "humidity": ("%RH", 45.7)}
        self.assertEqual(self.read(sensor), expected)
        sensor = self.load("dht22", pin=4, name="roof")
        self.assertEqual(sorted(self.read(sensor)), ["roof-humidity", "roof-temperature"])
        self.assertEqual(self.read(sensor, 35), {"roof-temperature": ("Cel", -2.5)})
        self.assertEqual(self.status, FULL)

    def test_dht22_fails(self):
        sensor = self.load("dht22", pin=4)
        for error, words in (
            (OSError(116), "does not answer: check its pin"),
            (Exception("checksum error"), "checksum error"),
        ):
            DHT22.error = error
            try:
                self.read(sensor)
            except OSError as e:
                self.assertTrue(words in str(e), str(e))
                continue
            self.fail("nothing was raised")

    def test_ds18b20(self):
        sensor = self.load("ds18b20", pin=5)
        self.assertEqual(sensor.prepare_ms, 750)
        sensor.prepare()
        self.assertEqual(self.read(sensor), {"temperature": ("Cel", -0.0625)})
        self.assertEqual(Bus.events, ["convert", "read"])

    def test_several_ds18b20(self):
        Bus.roms = [ROM, OTHER]
        sensor = self.load("ds18b20", pin=5)
        expected = {
            "temperature-0316a2794b04": ("Cel", -0.0625),
            "temperature-000000000001": ("Cel", 21.5),
        }
        self.assertEqual(self.read(sensor), expected)
        # One that has been unplugged silences no other; nor does one that has lost its power.
        for bad in (None, 85):
            Bus.celsius[ROM] = bad
            self.assertEqual(sorted(self.read(sensor)), ["temperature-000000000001"])
        Bus.celsius[OTHER] = None
        with self.assertRaises(OSError):
            self.read(sensor)

    def test_ds18b20_not_there(self):
        Bus.roms = []
        self.assertTrue("no DS18B20 answers" in self.fault("ds18b20", pin=5))
        Bus.roms = [ROM]
        sensor = self.load("ds18b20", pin=5)
        Bus.roms = []
        with self.assertRaises(OSError):
            sensor.prepare()


if __name__ == "__main__":
    unittest.main()
