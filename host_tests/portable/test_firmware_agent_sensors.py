"""The agent and its sensors: broken, slow, urgent, and more than a frame holds."""

import sys
import unittest

sys.path.insert(0, "firmware")

from agent_case import AgentCase, Constant, records


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


class AgentSensorsTest(AgentCase, unittest.TestCase):
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


if __name__ == "__main__":
    unittest.main()
