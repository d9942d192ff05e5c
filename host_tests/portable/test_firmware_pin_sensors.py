"""What a pin tells by itself: a voltage, a level, edges."""

import sys
import unittest

sys.path.insert(0, "firmware")

import ticks
from fakes_board import FakeADC, FakePin
from sensors_case import SensorsCase

from uwish.status import FULL


class PinSensorsTest(SensorsCase, unittest.TestCase):
    def test_adc(self):
        FakeADC.microvolts = [1000000, 1000008]
        sensor = self.load("adc", pin=34)
        self.assertEqual(sensor._adc.attenuation, FakeADC.ATTN_11DB)
        self.assertEqual(self.read(sensor), {"voltage": ("V", 1.000004)})
        sensor = self.load("adc", pin=34, name="battery", scale=2, offset=-0.5, samples=1)
        FakeADC.microvolts = [2000000]
        self.assertEqual(self.read(sensor), {"battery": ("V", 3.5)})
        sensor = self.load("adc", pin=34, name="battery", scale=100, unit="lx", attenuation="0db")
        self.assertEqual(self.read(sensor), {"battery": ("lx", 200)})
        self.assertEqual(sensor._adc.attenuation, FakeADC.ATTN_0DB)

    def test_adc_options(self):
        for options, words in (
            ({"pin": 5}, "no voltage at pin 5"),
            ({"pin": 34, "attenuation": "12db"}, "attenuation: must be"),
            ({"pin": 34, "scale": "2"}, "scale: must be a number"),
            ({"pin": 34, "offset": None}, "offset: must be a number"),
            ({"pin": 34, "samples": 0}, "samples: must be 1 to 64"),
            ({"pin": 34, "samples": 1.5}, "samples: must be 1 to 64"),
            ({"pin": 34, "unit": 5}, "unit: must be text"),
        ):
            self.assertTrue(words in self.fault("adc", **options), self.fault("adc", **options))

    def test_digital_level_and_change(self):
        sensor = self.load("digital", pin=14, pull="up", name="door", invert=True)
        self.assertEqual(sensor._pin.pull, FakePin.PULL_UP)
        self.assertFalse(sensor.urgent)  # nobody knows the old level, so there is no change
        FakePin.levels[14] = 1
        self.assertEqual(self.read(sensor), {"door": ("", False)})
        self.assertFalse(sensor.urgent)
        FakePin.levels[14] = 0
        self.assertTrue(sensor.urgent)
        self.assertEqual(self.read(sensor), {"door": ("", True)})
        self.assertFalse(sensor.urgent)
        self.assertEqual(list(self.read(self.load("digital", pin=14))), ["input"])

    def test_digital_counts_edges(self):
        sensor = self.load("digital", pin=14, name="door", count="rising", debounce_ms=20)
        pin = sensor._pin
        self.assertEqual(pin.trigger, FakePin.IRQ_RISING)
        digital = sys.modules["sensors.digital"]
        for now, count in ((0, 1), (19, 1), (20, 2), (39, 2), (45, 3), (0x3FFFFFF0, 4), (5, 5)):
            digital.now_ms = lambda now=now: now
            if now == 0x3FFFFFF0:
                sensor._edge = 0x3FFFFF00
            pin.handler(pin)
            self.assertEqual(sensor.count, count)
        digital.now_ms = ticks.now_ms
        self.assertEqual(self.read(sensor)["door-count"], ("count", 5))
        self.assertEqual(self.read(sensor, 12), {"door": ("", False)})
        self.assertEqual(self.status, FULL)

    def test_digital_options(self):
        for options, words in (
            ({"pin": 14, "pull": "sideways"}, "pull: must be"),
            ({"pin": 14, "count": "all"}, "count: must be"),
            ({"pin": 14, "debounce_ms": "1"}, "debounce_ms: must be a number"),
        ):
            self.assertTrue(words in self.fault("digital", **options))


if __name__ == "__main__":
    unittest.main()
