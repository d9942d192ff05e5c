"""The configuration file: defaults, and a sentence for each wrong field."""

import json
import os
import sys
import unittest

sys.path.insert(0, "firmware")

import config

from uwish import log

FILE = "build/test-config.json"


class Board:
    NAME = "board"
    SENSORS = ("heap",)


class ConfigTest(unittest.TestCase):
    def setUp(self):
        self.lines = []
        log.sink = self.lines.append

    def tearDown(self):
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

    def test_each_field_wrong(self):
        for key, values in (
            ("name", ("", "x" * 33, "ä" * 17, 5, None)),
            ("protocol", ("", "x" * 11, [])),
            ("interval_s", (0, 0.04, 86401, "5", True, None)),
            ("sensors", ("heap", {"heap": {}}, [5], [{"pin": 4}])),
            ("frame_size", (31, 16001, 99.5, "200")),
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

    def test_all_faults_at_once(self):
        said = self.fault(name="", interval_s=0, gateway={})
        self.assertEqual(said.count(";"), 2)

    def test_an_unknown_key_is_warned_of(self):
        self.assertEqual(self.fault(nmae="x"), "")
        self.assertEqual(len(self.lines), 1)
        self.assertTrue("nmae" in self.lines[0])

    def test_no_json(self):
        for text in ("", "{", "[]", '"x"'):
            with self.assertRaises(ValueError):
                self.load(text)


if __name__ == "__main__":
    unittest.main()
