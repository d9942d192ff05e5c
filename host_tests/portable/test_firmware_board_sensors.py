"""The sensors of ESP32 boards, with drivers and chips that work, fail, and are not there."""

import sys
import unittest

sys.path.insert(0, "firmware")

import sensors
import ticks
from fakes_board import Board, FakeADC, FakeNetwork, FakePin, Module
from senml_reader import BOOLEAN, NUMBER, Reader

from uwish import log
from uwish.senml import Pack
from uwish.status import FULL, OK


class DHT22:
    """The driver `dht`; `error` is raised by measure()."""

    error = None

    def __init__(self, pin):
        self.pin = pin

    def measure(self):
        if DHT22.error:
            raise DHT22.error

    def temperature(self):
        return -2.5

    def humidity(self):
        return 45.7


class Bus:
    """The driver `ds18x20`; `roms` answer, `celsius` by ROM, `events` in order."""

    roms = []
    celsius = {}
    events = []

    def __init__(self, wire):
        self.wire = wire

    def scan(self):
        return list(Bus.roms)

    def convert_temp(self):
        Bus.events.append("convert")
        if not Bus.roms:
            raise Exception("OneWireError")

    def read_temp(self, rom):
        Bus.events.append("read")
        value = Bus.celsius.get(rom)
        if value is None:
            raise Exception("CRC error")
        return value


ROM = b"\x28\x03\x16\xa2\x79\x4b\x04\x99"
OTHER = b"\x28\x00\x00\x00\x00\x00\x01\x11"


class SensorsTest(unittest.TestCase):
    def setUp(self):
        self.network = FakeNetwork()
        self.chip = Module(mcu_temperature=lambda: 41)
        self.board = Board(
            network=self.network,
            esp32=self.chip,
            dht=Module(DHT22=DHT22),
            onewire=Module(OneWire=lambda pin: pin),
            ds18x20=Module(DS18X20=Bus),
        )
        self.lines = []
        log.sink = self.lines.append
        DHT22.error = None
        Bus.roms = [ROM]
        Bus.celsius = {ROM: -0.0625, OTHER: 21.5}
        Bus.events = []

    def tearDown(self):
        log.sink = print
        self.board.remove()

    def load(self, kind, **options):
        return sensors.load(kind, options)

    def read(self, sensor, size=200):
        """{name: (unit, value)} of all it says."""
        pack = Pack(bytearray(size))
        self.status = sensor.read(pack)
        return self.unpack(bytes(pack.buf[: pack.length]))

    def unpack(self, data):
        names = ("temperature", "humidity", "chip-temperature", "rssi", "voltage", "battery")
        names += ("input", "door", "door-count", "roof-temperature", "roof-humidity", "air-rssi")
        names += ("temperature-0316a2794b04", "temperature-000000000001", "roof-chip-temperature")
        units = ("Cel", "%RH", "dBW", "V", "count", "lx", "")
        reader = Reader()
        self.assertTrue(reader.open(data))
        found = {}
        while reader.next():
            for name in names:
                if reader.named(name.encode()):
                    unit = [u for u in units if reader.measured_in(u.encode())]
                    value = reader.number if reader.kind == NUMBER else reader.truth
                    self.assertTrue(reader.kind in (NUMBER, BOOLEAN))
                    found[name] = (unit[0], value)
        return found

    def fault(self, kind, **options):
        """The sentence with which it refuses to start."""
        try:
            self.load(kind, **options)
        except (OSError, ValueError) as e:
            return str(e)
        return ""

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
