"""The sensors of ESP32 boards: the chip's own, and what none of them may do when it is set up wrong
or not there."""

import sys
import unittest

sys.path.insert(0, "firmware")

import sensors
from fakes_board import Board
from sensors_case import SensorsCase

from uwish.status import OK


class BoardSensorsTest(SensorsCase, unittest.TestCase):
    def test_chip_temperature(self):
        self.assertEqual(self.read(self.load("chip")), {"chip-temperature": ("Cel", 41)})
        named = self.load("chip", name="roof")
        self.assertEqual(self.read(named), {"roof-chip-temperature": ("Cel", 41)})

    def test_chip_temperature_of_the_first_esp32(self):
        del self.chip.mcu_temperature
        self.chip.raw_temperature = lambda: 128
        self.assertEqual(self.read(self.load("chip")), {"chip-temperature": ("Cel", 53.3)})
        del self.chip.raw_temperature
        self.assertTrue("does not tell" in self.fault("chip"))

    def test_rssi(self):
        sensor = self.load("rssi")
        self.assertEqual(self.read(sensor), {})
        self.assertEqual(self.status, OK)
        self.network.wlan.linked = True
        self.assertEqual(self.read(sensor), {"rssi": ("dBW", -91)})

    def test_a_wrong_pin_gets_a_sentence(self):
        for name in ("dht22", "ds18b20", "digital", "adc"):
            for pin, words in (
                (99, "pin 99"),
                (20, "pin 20"),
                (None, "pin: must be the number"),
                ("4", "pin: must be the number"),
                (True, "pin: must be the number"),
            ):
                said = self.fault(name, pin=pin)
                self.assertTrue(words in said, said)

    def test_an_unknown_option_is_warned_of(self):
        self.load("dht22", sensor="dht22", pin=4, pni=5, name="roof")
        self.assertEqual(len(self.lines), 1)
        self.assertTrue("dht22 has no option pni" in self.lines[0])


class NothingThereTest(unittest.TestCase):
    """A board without any of it says so in a sentence."""

    def setUp(self):
        self.board = Board()

    def tearDown(self):
        self.board.remove()

    def test_no_driver(self):
        for name, words in (
            ("dht22", "without its driver, dht"),
            ("ds18b20", "without its driver, ds18x20"),
            ("chip", "does not tell its temperature"),
            ("rssi", "no Wi-Fi"),
        ):
            try:
                sensors.load(name, {"pin": 4})
            except OSError as e:
                self.assertTrue(words in str(e), str(e))
                continue
            self.fail(name)


if __name__ == "__main__":
    unittest.main()
