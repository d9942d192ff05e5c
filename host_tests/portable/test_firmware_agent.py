"""The agent against a gateway on loopback sockets: frames, settings, refusals."""

import gc
import sys
import unittest

sys.path.insert(0, "firmware")

import agent
import enrol
from agent import Agent
from loopback_gateway import FakeGateway, Network
from senml_reader import Reader

import uwish
from uwish import log
from uwish.identity import Identity
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


class Broken:
    """A sensor that does not answer."""

    def __init__(self, error):
        self.error = error

    def read(self, pack):
        raise self.error


class Slow(Constant):
    """Needs `prepare_ms` between prepare() and read(); `events` are (what, when)."""

    prepare_ms = 750

    def __init__(self, case):
        Constant.__init__(self)
        self.case = case
        self.events = []

    def prepare(self):
        self.events.append(("prepare", self.case.n.now))

    def read(self, pack):
        self.events.append(("read", self.case.n.now))
        return Constant.read(self, pack)


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


class AgentTest(unittest.TestCase):
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

    def test_the_first_frame_goes_out_at_once_and_the_next_after_the_interval(self):
        self.start()
        self.connect()
        self.assertEqual(records(self.frames()[0]), [("interval", 1), ("temp", 23.15)])
        self.run_for(900)
        self.assertEqual(len(self.frames()), 1)
        self.run_for(4200)
        self.assertEqual(len(self.frames()), 6)
        self.assertEqual(records(self.frames()[1]), [("temp", 23.15)])
        self.assertEqual(self.counts.accepted, 6)
        self.assertEqual(self.said, ["online"] + ["frame"] * 6)

    def test_nothing_is_read_while_nobody_is_online(self):
        sensor = Constant()
        n = self.start(sensor)
        n.gateway.mute = True
        self.run_for(3000)
        self.assertEqual((sensor.read_count, self.counts.accepted, self.said), (0, 0, []))

    def test_an_interval_is_obeyed_and_told(self):
        self.start()
        self.connect()
        self.command("interval", 1, -1)
        self.assertTrue(self.run_for(500, lambda: len(self.frames()) == 2))
        self.assertEqual(records(self.frames()[1]), [("interval", 0.1), ("temp", 23.15)])
        self.run_for(1000)
        self.assertTrue(11 <= len(self.frames()) <= 13)
        self.assertEqual((self.counts.received, self.counts.obeyed), (1, 1))
        self.assertTrue("setting" in self.said)

    def test_a_wrong_interval_changes_nothing(self):
        self.start()
        self.connect()
        self.command("interval", 0)
        self.command("interval", 86401)
        self.command("interval", 5, 0, "m")
        self.n.gateway.host.send(b"{}")
        self.run_for(500)
        self.assertEqual((self.counts.received, self.counts.obeyed), (4, 0))
        self.assertEqual(self.agent.interval_ms, 1000)
        self.assertEqual(self.said.count("setting"), 4)

    def test_every_peer_gets_every_frame(self):
        other = FakeGateway("other", Identity.create("other"))
        self.start(gateways=(FakeGateway(), other), sizes={"max_connections": 2})
        self.connect()
        self.assertTrue(self.run_for(60000, lambda: other.host.got))
        seen = len(self.frames()), len(other.host.got)
        self.run_for(3000)
        self.assertEqual((len(self.frames()) - seen[0], len(other.host.got) - seen[1]), (3, 3))
        self.assertEqual(self.frames()[-1], other.host.payloads()[-1])

    def test_a_full_buffer_is_counted_and_survived(self):
        self.start(sizes={"tx_size": 128})
        self.connect()
        for _ in range(9):
            self.agent.send_reading()
        counts = self.counts
        self.assertTrue(counts.accepted > 1 and counts.refused > 1)
        self.assertEqual(counts.accepted + counts.refused, 10)
        self.assertEqual((counts.too_large, counts.not_found), (0, 0))
        self.assertTrue(self.run_for(3000, lambda: len(self.frames()) > counts.refused))
        self.assertEqual(len(self.frames()), counts.accepted)

    def test_a_frame_larger_than_the_buffer_is_counted(self):
        self.start(Constant("temp", 9), sizes={"tx_size": 64})
        self.run_for(5000, lambda: self.counts.too_large)
        self.assertEqual((self.counts.too_large, self.counts.accepted), (1, 0))

    def test_what_does_not_fit_in_a_frame_is_cut_and_counted(self):
        self.start(Constant("temp", 9), Constant("other"), frame_size=64)
        self.connect()
        self.assertTrue(0 < len(records(self.frames()[0])) < 9)
        self.assertEqual(self.counts.cut, 2)

    def test_a_broken_sensor_does_not_silence_the_others(self):
        self.start(Broken(OSError(5)), Constant(), Broken(ValueError("?")), Constant("other"))
        self.connect()
        self.assertEqual([r[0] for r in records(self.frames()[0])], ["interval", "temp", "other"])
        self.assertEqual(self.counts.failed_readings, 2)
        self.assertEqual(self.said.count("failed"), 2)

    def test_whatever_a_driver_raises_is_a_failed_reading(self):
        self.start(Broken(TypeError("?")), Broken(Exception("checksum")), Constant())
        self.connect()
        self.assertEqual([r[0] for r in records(self.frames()[0])], ["interval", "temp"])
        self.assertEqual(self.counts.failed_readings, 2)

    def test_what_is_to_be_told_goes_before_the_readings_once(self):
        self.start()
        self.agent.tell("crash", "OSError: 5")
        self.agent.tell("fault", "x" * 300)  # fits in no frame
        self.assertTrue(self.agent.telling)
        self.connect()
        self.assertTrue(self.run_for(3000, lambda: len(self.frames()) == 3))
        self.assertEqual([b"OSError: 5" in f for f in self.frames()], [True, False, False])
        self.assertEqual(records(self.frames()[1]), [("interval", 1), ("temp", 23.15)])
        self.assertFalse(self.agent.telling)

    def test_nobody_waits_for_a_slow_sensor(self):
        slow = Slow(self)
        self.start(slow, interval_ms=2000)
        self.connect()
        self.run_for(5000)
        names = [name for name, _ in slow.events]
        self.assertEqual(names[:4], ["prepare", "read", "prepare", "read"])
        times = [when for _, when in slow.events]
        for i in (1, 3):
            self.assertTrue(750 <= times[i] - times[i - 1] <= 760, times)
        self.assertTrue(2000 <= times[3] - times[1] <= 2010, times)

    def test_a_slow_sensor_bounds_a_short_interval(self):
        slow = Slow(self)
        self.start(slow, interval_ms=100)
        self.connect()
        self.run_for(3000)
        times = [when for name, when in slow.events if name == "read"]
        self.assertTrue(len(times) >= 3)
        for i in range(1, len(times)):
            self.assertTrue(750 <= times[i] - times[i - 1] <= 765, times)

    def test_what_is_urgent_does_not_wait_but_comes_once_a_second_at_most(self):
        sensor = Constant()
        sensor.urgent = False
        self.start(sensor, interval_ms=60000)
        self.connect()
        self.run_for(1500)
        self.assertEqual(sensor.read_count, 1)
        sensor.urgent = True
        self.run_for(10)
        self.assertEqual(sensor.read_count, 2)
        self.run_for(900)
        self.assertEqual(sensor.read_count, 2)
        self.run_for(2000)
        self.assertEqual(sensor.read_count, 4)

    def test_after_a_reconnect_it_goes_on(self):
        n = self.start()
        self.connect()
        n.gateway.hang_up()
        self.assertTrue(self.run_for(100, lambda: "offline" in self.said))
        self.assertTrue(self.run_for(60000, lambda: len(self.frames()) > 1))
        self.assertEqual(records(self.frames()[1]), [("interval", 1), ("temp", 23.15)])
        self.assertEqual(self.said.count("online"), 2)
        self.assertEqual(self.counts.not_found, 0)

    def test_the_time_is_told_when_it_is_known(self):
        times = [None, 1700000000]
        self.start(clock=lambda: times.pop(0) if len(times) > 1 else times[0])
        self.connect()
        self.run_for(1100)
        tag = b"\x22\x1a\x65\x53\xf1\x00"
        self.assertEqual([tag in frame for frame in self.frames()], [False, True])

    def test_sending_takes_no_heap(self):
        self.start(interval_ms=50)
        self.connect()
        self.run_for(2000)
        self.assertTrue(self.counts.accepted > 30)
        self.assertEqual(self.counts.heap_per_send, 0 if hasattr(gc, "mem_alloc") else None)


class EnrolTest(unittest.TestCase):
    def setUp(self):
        self.gateway = FakeGateway()
        self.app = uwish.App("dev", ("sensor",), max_contacts=1, max_pins=1)

    def tearDown(self):
        self.app.close()
        self.gateway.stop()

    def test_identity_once(self):
        self.assertTrue(enrol.ensure_identity(self.app, "dev"))
        uid = self.app.uid
        self.assertFalse(enrol.ensure_identity(self.app, "dev"))
        self.assertEqual(self.app.uid, uid)

    def test_a_gateway_is_pinned_and_can_be_given_again(self):
        enrol.ensure_identity(self.app, "dev")
        for rhid in (uwish.ANY_HOST, uwish.ANY_HOST):
            uid = enrol.serve(self.app, self.gateway.document, (self.gateway.transport,), rhid)
            self.assertEqual(uid, self.gateway.identity.uid)
            pins = [(p.luid, p.ruid, p.rhid, p.policy, p.priority) for p in self.app.peer.pins()]
            self.assertEqual(pins, [(self.app.uid, uid, rhid, "always", 0)])
        with self.assertRaises(RuntimeError):
            enrol.serve(self.app, self.gateway.document, (), b"\x01" * 32)

    def test_faults(self):
        enrol.ensure_identity(self.app, "dev")
        with self.assertRaises(ValueError):
            enrol.serve(self.app, b"no document")
        with self.assertRaises(ValueError):
            enrol.serve(self.app, self.gateway.document, ("http://127.0.0.1:1",))


if __name__ == "__main__":
    unittest.main()
