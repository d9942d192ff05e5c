"""The whole firmware on a fake board, a gateway on loopback: start, Wi-Fi, crash, safe mode."""

import sys
import unittest

sys.path.insert(0, "firmware")

import safemode
from device_case import DeviceCase
from device_world import BOARD, FOLDER, WIFI, Counter
from fakes_board import FakePin, FakeTimer, FakeWDT, Reset
from wifi import UP


class StartTest(DeviceCase, unittest.TestCase):
    def test_from_power_on_to_the_first_frame(self):
        w = self.world
        self.online()
        self.assertEqual(w.machine.frequency, 240000000)
        self.assertEqual(w.device.wifi.state, UP)
        self.assertEqual(Counter.count, 1)
        self.assertEqual(FakeWDT.timeouts, [60000])
        self.assertTrue(FakeWDT.fed > 10)
        self.assertTrue(w.kept().running)
        for words in ("started as board", "our address is 192.168.1.7", "online: ", "frame: "):
            self.assertTrue(w.said(words), words)

    def test_the_radio_is_switched_on_before_the_library_takes_memory(self):
        w = self.world
        w.wlan.linked = False
        w.start()
        self.assertEqual(w.wlan.calls[:2], ["on", "config reconnects=0"])

    def test_a_long_time_without_anybody_ends_in_a_new_start(self):
        w = self.world
        w.wlan.linked = False
        w.start()
        w.pass_ms(21600000)
        with self.assertRaises(Reset):
            w.run(ms=1000)
        self.assertTrue(w.said("no peer for 6 hours: starting anew"))
        w.start(w.machine.SOFT_RESET)
        self.assertEqual(w.kept().crashes, 0)

    def test_the_led(self):
        w = self.world
        seen = {}
        w.wlan.linked = False
        w.start()
        for name, linked, ms in (("searching", False, 2000), ("online", True, 40000)):
            w.wlan.linked = linked
            lit = total = 0
            end = w.now + ms
            while w.now < end:
                w.device.step()
                w.pass_ms(30)
                total += 1
                lit += FakePin.levels[2]
            seen[name] = 100 * lit // total
        self.assertTrue(40 <= seen["searching"] <= 60, seen)
        self.assertTrue(seen["online"] < 20, seen)

    def test_a_sensor_that_is_not_there_is_told_and_the_others_work(self):
        w = self.world
        w.config["sensors"] = ["counter", {"sensor": "dht22", "pin": 4}, "nonsense"]
        self.online()
        self.assertTrue(w.run(lambda: len(w.frames()) == 3))
        self.assertTrue(b"fault" in w.frames()[0] and b"dht22" in w.frames()[0])
        self.assertTrue(b"no sensor called" in w.frames()[1])
        self.assertTrue(b"count" in w.frames()[2])


class CrashTest(DeviceCase, unittest.TestCase):
    def crash(self):
        """The device fails somewhere in its loop, with what run() does about it."""
        w = self.world
        supervisor = w.device._supervisor
        with self.assertRaises(Reset):
            supervisor.crashed(RuntimeError("broken"))
        w.device._app.close()

    def test_it_is_told_in_the_first_frame_and_once(self):
        w = self.world
        self.online()
        self.crash()
        seen = len(w.frames())
        w.start(w.machine.SOFT_RESET)
        self.assertTrue(w.kept().line)
        self.assertTrue(w.run(lambda: len(w.frames()) > seen + 1))
        first, second = w.frames()[seen : seen + 2]
        self.assertTrue(b"crash" in first and b"RuntimeError: broken" in first)
        self.assertFalse(b"crash" in second)
        w.run(ms=10)
        self.assertEqual(w.kept().line, "")
        self.assertEqual(w.kept().crashes, 1)

    def test_the_line_waits_for_somebody_to_hear_it(self):
        w = self.world
        w.start()
        self.crash()
        w.wlan.linked = False
        w.start(w.machine.SOFT_RESET)
        w.run(ms=3000)
        w.device._supervisor.ended()
        w.stop()
        w.wlan.linked = True
        w.start(w.machine.SOFT_RESET)
        self.assertTrue(w.run(lambda: w.frames()))
        self.assertTrue(b"broken" in w.frames()[0])

    def test_run_catches_whatever_is_raised(self):
        w = self.world
        w.write_config()
        before = BOARD.POOLS
        BOARD.POOLS = {"tx_size": "wrong"}
        try:
            with self.assertRaises(Reset):
                w.boot()
        finally:
            BOARD.POOLS = before
        self.assertTrue(w.kept().line.startswith("TypeError"))
        self.assertTrue(w.said("crash: TypeError"))

    def test_three_crashes_and_the_prompt(self):
        w = self.world
        for _ in range(3):
            w.start(w.machine.SOFT_RESET)
            self.crash()
        self.assertEqual(w.start(w.machine.SOFT_RESET), None)
        self.assertTrue(w.said("safe mode: it crashed 3 times in a row, at last with: Runtime"))
        self.assertEqual(FakeTimer.last.period, 100)
        self.assertEqual(FakeWDT.timeouts[-1], 3600000)
        # An hour later, or after a reset by hand, it tries again.
        self.assertTrue(w.start(w.machine.WDT_RESET))


class SafeModeTest(DeviceCase, unittest.TestCase):
    def stays(self, *words):
        w = self.world
        self.assertEqual(w.device, None)
        for word in ("safe mode: ", "over USB") + words:
            self.assertTrue(w.said(word), (word, w.lines))
        self.assertFalse(w.kept().running)
        self.assertEqual(w.machine.resets, 0)

    def test_a_damaged_configuration(self):
        w = self.world
        w.write_config()
        with open(FOLDER + "/config.json") as f:
            good = f.read()
        for text in ("", good[:40], good[:-1], "null", good.replace('"ssid"', '"ssid'), "\0" * 90):
            del w.lines[:]
            w.write_config(text)
            w.boot()
            self.stays("config.json")
        w.write_config(good)
        w.boot(w.machine.SOFT_RESET)
        self.assertTrue(w.device)

    def test_every_wrong_field_is_named(self):
        w = self.world
        w.config["interval_s"] = -1
        w.config["wifi"] = {"ssid": "", "password": WIFI["password"]}
        self.assertEqual(w.start(), None)
        self.stays("interval_s: ", "wifi.ssid: ")

    def test_a_newer_format(self):
        self.world.config["version"] = 2
        self.world.start()
        self.stays("version: ", "deploy a newer")

    def test_not_provisioned(self):
        w = self.world
        w.config["wifi"] = None
        w.start()
        self.stays("no access point is known yet: run uwish provision")
        del w.lines[:]
        w.config["wifi"] = WIFI
        w.config["gateway"] = None
        w.start()
        self.stays("gateway: none is known yet: run uwish provision")

    def test_a_gateway_that_is_none(self):
        for gateway, words in (
            ({"document": "00ff"}, "gateway: "),
            (dict(self.world.config["gateway"], transports=["http://x"]), "gateway: "),
        ):
            self.world.config["gateway"] = gateway
            self.world.start()
            self.stays(words)

    def test_a_full_flash(self):
        w = self.world
        made = sys.modules["builder"].make_app

        def full(*arguments):
            raise OSError(28)

        sys.modules["builder"].make_app = full
        try:
            w.start()
        finally:
            sys.modules["builder"].make_app = made
        self.stays("28", "is it full")

    def test_ctrl_c_is_no_crash(self):
        w = self.world
        made = sys.modules["builder"].make_app

        def interrupt(*arguments):
            raise KeyboardInterrupt()

        sys.modules["builder"].make_app = interrupt
        try:
            w.start()
        finally:
            sys.modules["builder"].make_app = made
        self.assertTrue(w.said("stopped for the prompt"))
        w.start(w.machine.SOFT_RESET)
        self.assertEqual((safemode.why, w.kept().crashes), ("", 0))

    def test_a_wrong_led_pin_is_only_a_warning(self):
        w = self.world
        w.config["led"] = {"pin": 99}
        self.assertTrue(w.start())
        self.assertTrue(w.said("led: there is none at this pin"))


if __name__ == "__main__":
    unittest.main()
