"""Sleep between readings: one wake after the other, with and without a network."""

import sys
import unittest

sys.path.insert(0, "firmware")

import clock
from device_world import FOLDER, Counter, World
from fakes_board import FakePin
from senml_reader import NUMBER, Reader

from uwish.senml import Pack

MINUTE = 60000


def counts(frames):
    """The numbers that the sensor has told, in the order they came."""
    found = []
    for data in frames:
        reader = Reader()
        assert reader.open(data)
        while reader.next():
            if reader.kind == NUMBER and not reader.measured_in(b"s"):
                found.append(reader.number)
    return found


class SleepCase(unittest.TestCase):
    sleep = {"stay_s": 0}

    def setUp(self):
        self.world = World(interval_s=300, sleep=self.sleep)

    def tearDown(self):
        self.world.close()

    def wake(self, ms=10 * MINUTE):
        """One wake, out of deep sleep, until it sleeps again."""
        w = self.world
        w.machine.slept_ms = None
        began = w.now
        self.assertTrue(w.start(w.machine.DEEPSLEEP_RESET), w.lines)
        w.run(ms=ms)
        self.awake_ms = w.now - began
        slept_ms = w.machine.slept_ms
        if slept_ms:
            w.pass_ms(slept_ms)
        return slept_ms

    def counts(self):
        return counts(self.world.frames())


class SleepTest(SleepCase):
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


class StayTest(SleepCase):
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


class FlashTest(SleepCase):
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
