"""Sleep: when the readings were taken that come later, with and without a clock."""

import sys
import unittest

sys.path.insert(0, "firmware")

import clock
from sleep_case import MINUTE, SleepCase


class SleepClockTest(SleepCase, unittest.TestCase):
    def test_without_a_clock_old_frames_say_how_old_they_are(self):
        w = self.world
        w.wlan.linked = False
        self.wake()
        w.wlan.linked = True
        self.wake()
        old, new = w.frames()
        age = old[old.find(b"\x22\x3a") + 2 :][:4]
        self.assertTrue(299 <= int.from_bytes(age, "big") <= 302)
        at = new.find(b"\x22\x3a")
        self.assertTrue(at < 0 or int.from_bytes(new[at + 2 : at + 6], "big") < 5)

    def test_with_a_clock_every_frame_has_its_own_time(self):
        w = self.world
        w.wlan.linked = False
        clock.time.ahead = 1780315200
        self.wake()
        first = clock.now() - 300
        w.wlan.linked = True
        self.wake()
        for data, seconds in zip(w.frames(), (first, first + 300)):
            at = data.find(b"\x22\x1a")
            self.assertTrue(abs(int.from_bytes(data[at + 2 : at + 6], "big") - seconds) <= 3)

    def test_setting_the_clock_while_frames_wait(self):
        w = self.world
        w.wlan.linked = False
        self.wake()
        w.wlan.linked = True
        w.gateway.mute = True
        w.start(w.machine.DEEPSLEEP_RESET)
        w.run(ms=3000)
        # As the peer does it; the fake RTC sets nothing.
        self.assertEqual(clock.set_time(1780315200, w.device.agent.clock_jumped), None)
        clock.time.ahead = 1780315200 - w.now // 1000
        w.gateway.mute = False
        w.run(ms=2 * MINUTE)
        self.assertTrue(w.device.asleep)
        old = w.frames()[0]
        age = int.from_bytes(old[old.find(b"\x22\x3a") + 2 :][:4], "big")
        self.assertTrue(299 <= age <= 340, age)


if __name__ == "__main__":
    unittest.main()
