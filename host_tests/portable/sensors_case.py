"""What the tests of sensors share: a fake board with drivers that work or fail."""

import sensors
from fakes_board import Board, FakeNetwork, Module
from senml_reader import BOOLEAN, NUMBER, Reader

from uwish import log
from uwish.senml import Pack


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


class SensorsCase:
    """For a TestCase to inherit from."""

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
