"""What the tests of the agent share: an agent whose clock they turn, and gateways on loopback."""

import agent
from agent import Agent
from loopback_gateway import Network
from senml_reader import Reader

from uwish import log
from uwish.senml import Pack
from uwish.status import OK


class Constant:
    """A sensor that says the same every time, and counts how often it was asked."""

    def __init__(self, name="temp", records=1):
        self.name = name
        self.records = records
        self.read_count = 0

    def read(self, pack):
        self.read_count += 1
        for _ in range(self.records):
            status = pack.number(self.name, 2315, -2, "Cel")
        return status


def records(data):
    """[(full name without the base, number)] of a frame."""
    reader = Reader()
    assert reader.open(data)
    found = []
    while reader.next():
        for name in ("interval", "temp", "other"):
            if reader.named(b"dev:" + name.encode()):
                found.append((name, reader.number))
    return found


class AgentCase:
    """For a TestCase to inherit from."""

    def setUp(self):
        log.sink = lambda line: None
        self.clock = agent.now_ms
        self.networks = []
        self.said = []

    def tearDown(self):
        log.sink = print
        agent.now_ms = self.clock
        for network in self.networks:
            network.close()

    def start(self, *sensors, sizes=None, gateways=(), **options):
        self.n = n = Network(*gateways, **(sizes or {}))
        self.networks.append(n)
        agent.now_ms = lambda: n.now
        for gateway in n.gateways:
            n.pin(gateway)
        self.agent = Agent(
            n.app,
            sensors or (Constant(),),
            "dev:",
            options.pop("interval_ms", 1000),
            lambda *said: self.said.append(said[0]),
            **options,
        )
        self.counts = self.agent.counts
        return n

    def run_for(self, ms, until=None):
        """Let this much time pass, or until `until()`; whether it became true."""
        for _ in range(ms // 5):
            if until is not None and until():
                return True
            self.agent.step(0)
            for gateway in self.n.gateways:
                gateway.pump()
            self.n.now = (self.n.now + 5) & 0x3FFFFFFF
        return until is not None and until()

    def frames(self):
        return self.n.gateway.host.payloads()

    def connect(self):
        self.assertTrue(self.run_for(5000, lambda: self.frames()))

    def command(self, name, value, exponent=0, unit="s"):
        pack = Pack(bytearray(60))
        pack.number(name, value, exponent, unit)
        self.assertEqual(self.n.gateway.host.send(bytes(pack.buf[: pack.length])), OK)
