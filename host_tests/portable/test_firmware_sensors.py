"""The sensors of any board, and of a Linux machine: from files of the test's own."""

import gc
import os
import sys
import unittest

sys.path.insert(0, "firmware")
sys.path.insert(0, "boards/unix")

import sensors
from senml_reader import Reader

from uwish.senml import Pack
from uwish.status import FULL, OK

FILE = "build/test-sensor"


def write(path, text):
    with open(path, "w") as f:
        f.write(text)


class SensorsTest(unittest.TestCase):
    def tearDown(self):
        for path in (FILE, FILE + ".d/thermal_zone1/temp", FILE + ".d/thermal_zone0/temp"):
            try:
                os.remove(path)
            except OSError:
                pass

    def read(self, sensor, name, unit):
        """The number it says, under this name and unit."""
        pack = Pack(bytearray(60))
        self.assertEqual(sensor.read(pack), OK)
        reader = Reader()
        self.assertTrue(reader.open(bytes(pack.buf[: pack.length])))
        self.assertTrue(reader.next())
        self.assertTrue(reader.named(name) and reader.measured_in(unit))
        self.assertEqual(pack.count, 1)
        return reader.number

    def test_load(self):
        for text, expected in (
            ("0.29 0.15 0.05 1/102 5102\n", 0.29),
            ("0.00 0.15 0.05 1/102 5102\n", 0),
            ("12.50 0.15 0.05 1/102 5102\n", 12.5),
        ):
            write(FILE, text)
            sensor = sensors.load("load", {"path": FILE})
            self.assertEqual(self.read(sensor, b"load", b"/"), expected)

    def test_memory(self):
        write(FILE, "MemTotal: 9 kB\nMemFree:  8 kB\nMemAvailable:    24433808 kB\nBuffers: 1 kB\n")
        sensor = sensors.load("memory", {"path": FILE})
        self.assertEqual(self.read(sensor, b"memory-free", b"B"), 24433808 * 1024)
        write(FILE, "MemTotal: 9 kB\n")
        with self.assertRaises(OSError):
            sensor.read(Pack(bytearray(60)))
        with self.assertRaises(OSError):
            sensors.load("memory", {"path": FILE})

    def test_temperature(self):
        for folder in ("", "/cooling_device0", "/thermal_zone0", "/thermal_zone1"):
            try:
                os.mkdir(FILE + ".d" + folder)
            except OSError:
                pass
        options = {"path": FILE + ".d"}
        with self.assertRaises(OSError):
            sensors.load("temperature", options)
        # A zone that cannot be read now is passed over.
        write(FILE + ".d/thermal_zone0/temp", "")
        write(FILE + ".d/thermal_zone1/temp", "45123\n")
        sensor = sensors.load("temperature", options)
        self.assertEqual(self.read(sensor, b"temperature", b"Cel"), 45.123)
        write(FILE + ".d/thermal_zone1/temp", "-5000\n")
        self.assertEqual(self.read(sensor, b"temperature", b"Cel"), -5)
        os.remove(FILE + ".d/thermal_zone1/temp")
        with self.assertRaises(OSError):
            sensor.read(Pack(bytearray(60)))

    def test_heap(self):
        if hasattr(gc, "mem_free"):
            free = self.read(sensors.load("heap", {}), b"heap-free", b"B")
            self.assertTrue(0 < free <= gc.mem_free() + gc.mem_alloc())
        else:
            with self.assertRaises(OSError):
                sensors.load("heap", {})

    def test_a_full_pack(self):
        write(FILE, "0.29 0.15 0.05 1/102 5102\n")
        self.assertEqual(sensors.load("load", {"path": FILE}).read(Pack(bytearray(9))), FULL)

    def test_unknown(self):
        with self.assertRaises(ValueError):
            sensors.load("no_such_sensor", {})

    def test_not_there(self):
        for name in ("load", "memory", "temperature"):
            with self.assertRaises(OSError):
                sensors.load(name, {"path": "build/no-such-file"})


if __name__ == "__main__":
    unittest.main()
