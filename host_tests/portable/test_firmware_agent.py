"""The agent against a gateway on loopback sockets: frames, settings, refusals."""

import gc
import sys
import unittest

sys.path.insert(0, "firmware")

from agent_case import AgentCase, Constant, records
from loopback_gateway import FakeGateway

from uwish.identity import Identity


class AgentTest(AgentCase, unittest.TestCase):
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


if __name__ == "__main__":
    unittest.main()
