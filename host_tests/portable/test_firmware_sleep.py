"""Sleep between readings: one wake after the other, with and without a network."""

import sys
import unittest

sys.path.insert(0, "firmware")

from device_world import Counter
from fakes_board import FakePin
from sleep_case import MINUTE, SleepCase

from uwish.senml import Pack


class SleepTest(SleepCase, unittest.TestCase):
    def test_wake_read_send_sleep(self):
        w = self.world
        self.assertTrue(self.wake())
        self.assertEqual(self.counts(), [1])
        self.assertTrue(self.awake_ms < 3000, self.awake_ms)
        self.assertTrue(abs(self.awake_ms + w.machine.slept_ms - 300000) < 500)
        self.assertFalse(w.kept().running)
        self.assertEqual(w.kept().backlog, b"")
        self.assertEqual(w.wlan.calls[-1], "off")
        self.assertEqual(FakePin.levels[2], 0)
        self.wake()
        self.wake()
        self.assertEqual(self.counts(), [1, 2, 3])

    def test_what_was_not_sent_goes_first_at_the_next_wake(self):
        w = self.world
        w.wlan.linked = False
        for i in range(2):
            self.assertTrue(self.wake())
            self.assertTrue(30000 <= self.awake_ms < 31000, self.awake_ms)
            self.assertTrue(w.said("%d frames wait for the next wake" % (i + 1)))
        self.assertEqual(self.counts(), [])
        w.wlan.linked = True
        self.wake()
        self.assertEqual(self.counts(), [1, 2, 3])
        self.assertEqual(w.kept().backlog, b"")

    def test_a_full_memory_loses_the_oldest(self):
        w = self.world
        w.wlan.linked = False
        for _ in range(60):
            self.wake()
        w.wlan.linked = True
        self.wake()
        told = self.counts()
        self.assertTrue(10 < len(told) < 61)
        self.assertEqual(told, list(range(61 - len(told) + 1, 62)))

    def test_after_a_power_cut_rtc_memory_is_empty(self):
        w = self.world
        w.wlan.linked = False
        self.wake()
        w.board.remove()
        w.board.__init__(network=w.network)
        w.machine = w.board.machine
        w.wlan.linked = True
        self.wake()
        self.assertEqual(self.counts(), [2])

    def test_a_gateway_that_is_away_costs_the_budget_and_no_frame(self):
        w = self.world
        w.gateway.mute = True
        self.wake()
        self.assertTrue(self.awake_ms >= 30000)
        w.gateway.mute = False
        self.wake()
        self.assertEqual(self.counts(), [1, 2])

    def test_a_connection_lost_on_the_way_costs_no_frame(self):
        w = self.world
        w.wlan.linked = False
        for _ in range(5):
            self.wake()
        w.wlan.linked = True
        w.start(w.machine.DEEPSLEEP_RESET)
        self.assertTrue(w.run(lambda: len(w.frames()) == 2))
        w.gateway.hang_up()
        w.run(ms=2 * MINUTE)
        self.assertTrue(w.device.asleep)
        # Those that had been handed over came once more: nobody knew whether they had arrived.
        told = self.counts()
        self.assertEqual(told[:2], [1, 2])
        self.assertEqual(sorted(set(told)), [1, 2, 3, 4, 5, 6])
        self.assertTrue(len(told) <= 9, told)
        self.assertEqual(w.kept().backlog, b"")

    def test_an_interval_that_a_peer_sets_holds_over_the_sleep(self):
        w = self.world
        w.start(w.machine.DEEPSLEEP_RESET)
        self.assertTrue(w.run(lambda: w.frames()))
        pack = Pack(bytearray(40))
        pack.number("interval", 60, 0, "s")
        w.command(pack)
        w.run(ms=MINUTE)
        self.assertTrue(40000 < w.machine.slept_ms < 60000)
        w.pass_ms(w.machine.slept_ms)
        self.wake()
        self.assertTrue(40000 < w.machine.slept_ms < 60000)
        # A reset ends it.
        w.start(w.machine.HARD_RESET)
        self.assertEqual(w.device.agent.interval_ms, 300000)

    def test_the_reading_is_kept_before_it_is_sent(self):
        w = self.world
        w.wlan.linked = False
        w.start(w.machine.DEEPSLEEP_RESET)
        w.run(ms=1000)
        self.assertEqual(Counter.count, 1)
        w.stop()
        w.wlan.linked = True
        self.wake()
        self.assertEqual(self.counts(), [1, 2])

    def test_a_crash_goes_before_the_readings(self):
        w = self.world
        w.wlan.linked = False
        self.wake()
        kept = w.kept()
        kept.crashed("OSError: 5 at x.py")
        kept.save()
        w.wlan.linked = True
        self.wake()
        self.assertEqual([b"OSError: 5" in f for f in w.frames()], [False, True, False])
        self.wake()
        self.assertEqual(len(w.frames()), 4)
        self.assertEqual((w.kept().crashes, w.kept().line), (0, ""))

    def test_a_sensor_that_needs_time(self):
        w = self.world
        events = []

        class Slow(Counter):
            prepare_ms = 750

            def prepare(self):
                events.append(("prepare", w.now))

            def read(self, pack):
                events.append(("read", w.now))
                return Counter.read(self, pack)

        w._load_sensor = lambda name, options: Slow()
        w.stop()
        import sensors

        sensors.load = w._load_sensor
        self.assertTrue(self.wake())
        self.assertEqual([name for name, _ in events], ["prepare", "read"])
        self.assertTrue(750 <= events[1][1] - events[0][1] < 900)
        self.assertEqual(self.counts(), [1])


if __name__ == "__main__":
    unittest.main()
