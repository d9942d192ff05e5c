"""Sleep: how long it stays awake, and frames that wait on flash."""

import sys
import unittest

sys.path.insert(0, "firmware")

from device_world import FOLDER
from sleep_case import MINUTE, SleepCase


class StayTest(SleepCase, unittest.TestCase):
    sleep = {"stay_s": 120, "budget_s": 10}

    def test_after_power_on_it_stays_awake_for_a_tool(self):
        w = self.world
        w.start(w.machine.PWRON_RESET)
        w.run(ms=119000, step_ms=100)
        self.assertFalse(w.device.asleep)
        self.assertEqual(self.counts(), [1])
        w.run(ms=2000)
        self.assertTrue(w.device.asleep)
        self.assertTrue(abs(w.machine.slept_ms - 180000) < 2000)

    def test_out_of_sleep_it_does_not(self):
        self.wake()
        self.assertTrue(self.awake_ms < 3000)

    def test_a_sleeper_without_wifi_keeps_to_its_budget(self):
        self.world.wlan.linked = False
        self.wake()
        self.assertTrue(10000 <= self.awake_ms < 11000)


class FlashTest(SleepCase, unittest.TestCase):
    sleep = {"stay_s": 0, "keep": "flash", "budget_s": 5}

    def test_frames_survive_the_loss_of_power(self):
        w = self.world
        w.wlan.linked = False
        self.wake()
        self.wake()
        w.board.remove()
        w.board.__init__(network=w.network)
        w.machine = w.board.machine
        w.wlan.linked = True
        self.wake()
        self.assertEqual(self.counts(), [1, 2, 3])

    def test_a_full_flash_is_told_and_survived(self):
        w = self.world
        w.wlan.linked = False
        w.start(w.machine.DEEPSLEEP_RESET)

        def save(name, value):
            raise OSError(28)

        w.device.agent._store.save = save
        w.run(ms=MINUTE)
        self.assertTrue(w.device.asleep)
        self.assertTrue(w.said("1 frames cannot be kept on flash"))

    def test_flash_is_not_written_when_all_was_sent(self):
        self.wake()
        written = read(FOLDER + "/store/backlog.1")
        self.wake()
        self.wake()
        self.assertEqual(read(FOLDER + "/store/backlog.1"), written)
        with self.assertRaises(OSError):
            read(FOLDER + "/store/backlog.0")


def read(path):
    with open(path, "rb") as f:
        return f.read()


if __name__ == "__main__":
    unittest.main()
