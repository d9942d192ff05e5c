"""The owner of the WLAN: its states under good and bad luck, and what it says."""

import sys
import unittest

sys.path.insert(0, "firmware")

import wifi
from fakes_board import Board, FakeNetwork, FakeWLAN
from wifi import CONNECTING, OFF, SETTLING, UP, WAITING, Wifi
from wifi_text import sentence

from uwish import log

PASSWORD = "correct horse battery"


class WifiTest(unittest.TestCase):
    def setUp(self):
        self.network = FakeNetwork()
        self.board = Board(network=self.network)
        self.lines = []
        log.sink = self.lines.append
        log.level = log.INFO
        self.now = 0x3FFFFFFF - 700  # the clock comes round in the middle
        self.chance = 128
        self.wlan = self.network.wlan
        self.wifi = Wifi(self.wlan, self.options(), lambda: self.chance)

    def tearDown(self):
        for line in self.lines:
            self.assertFalse(PASSWORD in line)
        log.sink = print
        log.level = log.WARN
        self.board.remove()

    def options(self, **more):
        return dict(ssid="home", password=PASSWORD, **more)

    def after(self, ms):
        self.now = (self.now + ms) & 0x3FFFFFFF
        return self.wifi.step(self.now)

    def start(self):
        self.wifi.start()
        self.after(0)
        self.assertEqual(self.after(300), CONNECTING)

    def connect(self):
        self.start()
        self.wlan.linked = True
        self.after(1000)
        self.assertEqual(self.after(5000), UP)

    def fail(self, code):
        self.wlan.code = code
        return self.after(100)

    def test_the_order_of_things(self):
        self.start()
        self.assertEqual(
            self.wlan.calls, ["on", "config reconnects=0", "disconnect", "connect home"]
        )
        self.assertEqual(self.wlan.key, PASSWORD)

    def test_an_open_network(self):
        for password in ("", None):
            self.wifi = Wifi(self.wlan, {"ssid": "home", "password": password}, lambda: 0)
            self.start()
            self.assertEqual(self.wlan.key, None)

    def test_a_host_name(self):
        self.wifi = Wifi(self.wlan, self.options(hostname="greenhouse"), lambda: 0)
        self.wifi.start()
        self.assertEqual(self.network.name, "greenhouse")

    def test_it_is_trusted_after_five_seconds(self):
        self.start()
        self.wlan.linked = True
        self.assertEqual(self.after(1000), SETTLING)
        self.assertFalse(self.wifi.up)
        self.assertEqual(self.after(4999), SETTLING)
        self.assertEqual(self.after(1), UP)
        self.assertTrue(self.wifi.up)
        self.assertTrue("192.168.1.7" in self.lines[-1])

    def test_a_sleeper_trusts_at_once(self):
        self.wifi = Wifi(self.wlan, self.options(), lambda: 128, True)
        self.start()
        self.wlan.linked = True
        self.after(10)
        self.assertEqual(self.after(0), UP)

    def test_what_does_not_hold_begins_anew(self):
        self.start()
        self.wlan.linked = True
        self.after(1000)
        self.wlan.linked = False
        self.wlan.code = 1010
        self.assertEqual(self.after(3000), WAITING)
        self.assertTrue("did not hold" in self.lines[-1])
        self.assertEqual(self.after(1000), CONNECTING)
        self.wlan.linked = True
        self.assertEqual(self.after(100), SETTLING)
        self.assertEqual(self.after(4900), SETTLING)
        self.assertEqual(self.after(100), UP)

    def test_every_known_failure_ends_the_attempt_with_a_sentence(self):
        for code, words in (
            (200, "fell silent"),
            (201, "wifi.ssid"),
            (202, "wifi.password"),
            (203, "refuses"),
            (204, "wifi.password"),
            (-3, "wifi.password"),
            (222, "status 222"),
        ):
            self.wifi = Wifi(self.wlan, self.options(), lambda: 128)
            self.wlan.code = 1001
            self.start()
            self.assertEqual(self.fail(code), WAITING)
            self.assertEqual(self.wifi.reason, code)
            self.assertTrue(words in self.lines[-1], self.lines[-1])
            self.assertTrue("again in 1 s" in self.lines[-1])

    def test_other_numbers_have_until_the_time_is_over(self):
        for code in (1000, 1001, 1010, 0, 8, 15):
            self.wifi = Wifi(self.wlan, self.options(), lambda: 128)
            self.wlan.code = code
            self.start()
            self.assertEqual(self.after(19999), CONNECTING)
            self.assertEqual(self.after(1), WAITING)
            self.assertEqual(self.wifi.reason, code)

    def test_back_off_doubles_to_a_minute_and_the_radio_goes_off_and_on(self):
        self.start()
        self.wlan.code = 201
        delays = []
        for i in range(9):
            del self.wlan.calls[:]
            state = self.after(1)
            self.assertEqual(self.wlan.calls[0], "disconnect")
            if state == OFF:
                self.assertEqual((i + 1) % 4, 0)
                self.assertEqual(self.wlan.calls[1:], ["off"])
                self.assertEqual(self.after(1999), OFF)
                self.assertEqual(self.after(1), WAITING)
                self.assertEqual(self.wlan.calls[2:], ["on", "config reconnects=0"])
                self.assertEqual(self.after(300), CONNECTING)
                continue
            waited = 0
            while state == WAITING:
                state = self.after(100)
                waited += 100
            self.assertEqual(state, CONNECTING)
            delays.append(waited)
        self.assertEqual(delays, [1000, 2000, 4000, 16000, 32000, 60000, 60000])

    def test_jitter_of_a_quarter(self):
        for chance, words in ((0, "again in 45 s"), (255, "again in 75 s")):
            self.chance = chance
            self.wifi.failures = 8
            self.start()
            self.fail(201)
            self.assertTrue(words in self.lines[-1], self.lines[-1])

    def test_a_lost_connection_is_tried_again_soon(self):
        self.connect()
        self.wlan.linked = False
        self.wlan.code = 200
        self.assertEqual(self.after(10), WAITING)
        self.assertTrue("was lost" in self.lines[-1])
        self.assertFalse(self.wifi.up)
        self.assertEqual(self.after(1000), CONNECTING)
        self.assertEqual(self.wlan.calls[-2:], ["disconnect", "connect home"])

    def test_success_ends_the_row_of_failures(self):
        self.wifi.failures = 3
        self.connect()
        self.assertEqual(self.wifi.failures, 0)

    def test_a_driver_that_raises(self):
        self.wlan.fails = {"on", "disconnect", "status"}
        self.wifi.start()
        self.assertTrue("heap" in self.lines[-1])
        self.wlan.fails = {"connect home", "disconnect", "status", "off"}
        for _ in range(9):
            self.after(100000)
        self.assertTrue(self.wifi.failures > 3)
        self.assertTrue(any("does not switch off" in line for line in self.lines))
        self.wlan.fails = set()
        self.wlan.linked = True
        for _ in range(5):
            self.after(100000)
        self.assertTrue(self.wifi.up)

    def test_the_radio_off_for_sleep(self):
        self.connect()
        self.wifi.stop()
        self.assertEqual(self.wlan.calls[-1], "off")

    def test_sentences_are_not_kept_in_memory(self):
        self.assertTrue("2.4 GHz" in sentence(201))
        self.assertFalse("wifi_texts" in sys.modules)

    def test_states_have_names(self):
        self.assertEqual(wifi.STATES[self.wifi.state], "waiting")
        self.assertEqual(len(wifi.STATES), UP + 1)

    def test_another_driver(self):
        class Other(FakeWLAN):
            def config(self, **options):
                raise ValueError("unknown config param")

        self.wlan = Other()
        self.wifi = Wifi(self.wlan, self.options(), lambda: 128)
        self.connect()


if __name__ == "__main__":
    unittest.main()
