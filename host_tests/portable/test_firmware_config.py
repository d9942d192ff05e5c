"""The configuration file: defaults, and a sentence for each wrong field."""

import json
import os
import sys
import unittest

sys.path.insert(0, "firmware")

import config

from uwish import log

FILE = "build/test-config.json"


PASSWORD = "correct horse battery"


class Board:
    NAME = "board"
    SENSORS = ("heap",)


class BoardWithWatchdog(Board):
    WATCHDOG_S = 60


class ConfigTest(unittest.TestCase):
    def setUp(self):
        self.lines = []
        log.sink = self.lines.append

    def tearDown(self):
        for line in self.lines:
            self.assertFalse(PASSWORD in line, line)
        log.sink = print
        try:
            os.remove(FILE)
        except OSError:
            pass

    def load(self, text):
        with open(FILE, "w") as f:
            f.write(text)
        return config.load(FILE, Board)

    def fault(self, **given):
        try:
            self.load(json.dumps(given))
        except ValueError as error:
            self.assertFalse(PASSWORD in str(error), str(error))
            return str(error)
        return ""

    def test_no_file(self):
        settings = config.load("build/no-such-file.json", Board)
        self.assertEqual(settings, config.defaults(Board))
        self.assertEqual((settings["name"], settings["sensors"]), ("board", ["heap"]))
        config.check(settings)

    def test_what_is_given_replaces_the_default(self):
        settings = self.load('{"name": "greenhouse", "interval_s": 0.5}')
        self.assertEqual((settings["name"], settings["interval_s"]), ("greenhouse", 0.5))
        self.assertEqual((settings["protocol"], settings["gateway"]), ("sensor", None))

    def test_every_field_right(self):
        gateway = {"document": "00ff", "transports": ["wish://h:1"], "rhid": "ab" * 32}
        sensors = ["heap", {"sensor": "dht22", "pin": 4}]
        self.assertEqual(self.fault(gateway=gateway, sensors=sensors, frame_size=32, name="ä"), "")
        self.assertEqual(self.fault(gateway={"document": "00"}), "")
        for discover in (True, False, 1, 32):
            self.assertEqual(self.fault(discover=discover), "")

    def test_each_field_wrong(self):
        for key, values in (
            ("name", ("", "x" * 33, "ä" * 17, 5, None)),
            ("protocol", ("", "x" * 11, [])),
            ("interval_s", (0, 0.04, 86401, "5", True, None)),
            ("sensors", ("heap", {"heap": {}}, [5], [{"pin": 4}])),
            ("frame_size", (31, 16001, 99.5, "200")),
            ("version", (0, "1", None)),
            ("log_level", ("debug", "", 5, None)),
            ("watchdog_s", (-1, 9, 3601, 60.5, "60", None)),
            ("wifi", ("home", 5, [])),
            ("discover", ("yes", -1, 33, 1.5, None, [], {})),
            ("sleep", (True, False, 300)),
            ("gateway", ("00", 5)),
            ("led", (True, 2, "blue")),
        ):
            for value in values:
                said = self.fault(**{key: value})
                self.assertTrue(said.startswith(key + ": must be "), (key, value, said))
                self.assertFalse(";" in said, said)

    def test_each_field_of_the_gateway_wrong(self):
        for gateway, key in (
            ("00", "gateway:"),
            ({}, "gateway.document:"),
            ({"document": ""}, "gateway.document:"),
            ({"document": "0"}, "gateway.document:"),
            ({"document": "xy"}, "gateway.document:"),
            ({"document": "00", "transports": "wish://h:1"}, "gateway.transports:"),
            ({"document": "00", "transports": [1]}, "gateway.transports:"),
            ({"document": "00", "rhid": "00"}, "gateway.rhid:"),
            ({"document": "00", "rhid": 7}, "gateway.rhid:"),
        ):
            said = self.fault(gateway=gateway)
            self.assertTrue(said.startswith(key), (gateway, said))

    def test_each_field_of_the_others_wrong(self):
        for key, given, field in (
            ("wifi", {}, "wifi.ssid"),
            ("wifi", {"ssid": ""}, "wifi.ssid"),
            ("wifi", {"ssid": "x" * 33}, "wifi.ssid"),
            ("wifi", {"ssid": 5}, "wifi.ssid"),
            ("wifi", {"ssid": "home", "password": "seven77"}, "wifi.password"),
            ("wifi", {"ssid": "home", "password": "x" * 65}, "wifi.password"),
            ("wifi", {"ssid": "home", "password": 12345678}, "wifi.password"),
            ("wifi", {"ssid": "home", "hostname": "under_score"}, "wifi.hostname"),
            ("wifi", {"ssid": "home", "hostname": "-x"}, "wifi.hostname"),
            ("wifi", {"ssid": "home", "hostname": ""}, "wifi.hostname"),
            ("sleep", {"budget_s": 4}, "sleep.budget_s"),
            ("sleep", {"budget_s": None}, "sleep.budget_s"),
            ("sleep", {"stay_s": -1}, "sleep.stay_s"),
            ("sleep", {"keep": "ram"}, "sleep.keep"),
            ("led", {}, "led.pin"),
            ("led", {"pin": "2"}, "led.pin"),
            ("led", {"pin": 2, "kind": "red"}, "led.kind"),
        ):
            said = self.fault(**{key: given})
            self.assertTrue(said.startswith(field + ": must be "), (given, said))
            self.assertFalse(";" in said, said)

    def test_the_others_right(self):
        for given in (
            {"wifi": {"ssid": "home"}},
            {"wifi": {"ssid": "x" * 32, "password": PASSWORD, "hostname": "green-house1"}},
            {"wifi": {"ssid": "home", "password": ""}},
            {"wifi": {"ssid": "home", "password": "0123456789abcdef" * 4}},
            {"sleep": {}},
            {"sleep": {"budget_s": 5.5, "stay_s": 0, "keep": "flash"}},
            {"log_level": "error", "watchdog_s": 0, "version": 1},
            {"led": False},
            {"led": {"pin": 2}},
            {"led": {"pin": 48, "kind": "rgb"}},
        ):
            self.assertEqual(self.fault(**given), "")
        self.assertEqual(self.lines, [])

    def test_a_wrong_field_does_not_tell_the_password(self):
        for wifi in ({"ssid": PASSWORD * 2, "password": PASSWORD}, {"password": PASSWORD * 9}):
            self.assertTrue("wifi." in self.fault(wifi=wifi))

    def test_the_board_has_its_own_watchdog(self):
        self.assertEqual(config.defaults(Board)["watchdog_s"], 0)
        self.assertEqual(config.defaults(BoardWithWatchdog)["watchdog_s"], 60)

    def test_a_newer_format_is_refused_before_anything_else(self):
        said = self.fault(version=2, name=5, whatever=1)
        self.assertTrue(said.startswith("version: ") and "deploy a newer" in said, said)
        self.assertFalse("name" in said)

    def test_the_checks_leave_the_memory(self):
        self.load("{}")
        self.assertFalse("config_check" in sys.modules)

    def test_all_faults_at_once(self):
        said = self.fault(name="", interval_s=0, gateway={})
        self.assertEqual(said.count(";"), 2)

    def test_an_unknown_key_is_warned_of(self):
        self.assertEqual(self.fault(nmae="x"), "")
        self.assertEqual(len(self.lines), 1)
        self.assertTrue("nmae" in self.lines[0])
        nested = {"wifi": {"ssid": "a", "sid": 1}, "sleep": {"every": 1}, "led": {"pin": 1, "x": 0}}
        nested["gateway"] = {"document": "00", "port": 1}
        self.assertEqual(self.fault(**nested), "")
        for key in ("wifi.sid", "sleep.every", "led.x", "gateway.port"):
            self.assertEqual(len([line for line in self.lines if key in line]), 1, key)

    def test_no_json(self):
        for text in ("", "{", "[]", '"x"', "\0" * 60, '{"name": "a"', "null"):
            with self.assertRaises(ValueError):
                self.load(text)

    def test_a_json_that_takes_what_is_cut_off_for_whole(self):
        # What MicroPython 1.25 makes of a file that ends too early.
        kept = config.json
        config.json = self
        try:
            with self.assertRaises(ValueError):
                self.load('{"name": "a"')
        finally:
            config.json = kept

    def loads(self, text):
        """As its json does: no closing brace is missed."""
        self.assertEqual(text, '[{"name": "a", true]')
        return [{"name": "a"}]


if __name__ == "__main__":
    unittest.main()
