"""The status LED: what is seen at which time, on the three kinds of LED."""

import sys
import unittest

sys.path.insert(0, "firmware")

import led
from fakes_board import Board, FakePin, FakeTimer, Module
from led import CALLING, ONLINE, SAFE, SEARCHING, Led, find_led


class Pixel:
    last = None

    def __init__(self, pin, count):
        self.shown = None
        Pixel.last = self

    def __setitem__(self, index, colour):
        self.colour = colour

    def write(self):
        self.shown = self.colour


class OwnBoard:
    LED_PIN = 2


class LedTest(unittest.TestCase):
    def setUp(self):
        self.board = Board(neopixel=Module(NeoPixel=Pixel))

    def tearDown(self):
        self.board.remove()

    def seen(self, light, says, ms, level=1):
        """One character for each tenth of a second."""
        light.says = says
        text = ""
        for now in range(0, ms, 100):
            light.step(now + 50)
            text += "#" if FakePin.levels[2] == level else "_"
        return text

    def test_patterns(self):
        for kind, level in (("plain", 1), ("inverted", 0)):
            light = Led(2, kind)
            self.assertEqual(self.seen(light, SEARCHING, 600, level), "#_#_#_")
            self.assertEqual(self.seen(light, CALLING, 1200, level), "#####_____##")
            self.assertEqual(self.seen(light, ONLINE, 3100, level), "#" + "_" * 29 + "#")
            self.assertEqual(self.seen(light, SAFE, 1300, level), "#_#_#_______#")
            light.dark()
            self.assertEqual(FakePin.levels[2], 1 - level)

    def test_it_is_written_only_when_it_changes(self):
        light = Led(48 - 10, "rgb")
        light.says = CALLING
        light.step(0)
        self.assertEqual(Pixel.last.shown, (0, 8, 8))
        Pixel.last.shown = None
        light.step(400)
        self.assertEqual(Pixel.last.shown, None)
        light.step(500)
        self.assertEqual(Pixel.last.shown, (0, 0, 0))
        light.says = SAFE
        light.step(1200)
        self.assertEqual(Pixel.last.shown, (16, 0, 0))
        light.dark()
        self.assertEqual(Pixel.last.shown, (0, 0, 0))

    def test_alone_by_a_timer(self):
        light = Led(2)
        light.show_alone(SAFE)
        text = ""
        for _ in range(12):
            FakeTimer.last.callback(None)
            text += "#" if FakePin.levels[2] else "_"
        self.assertEqual(text, "_#_#_______#")
        self.assertEqual(FakeTimer.last.period, 100)

    def test_alone_without_timers_it_is_lit(self):
        timer = self.board.machine.__class__.Timer
        del self.board.machine.__class__.Timer
        try:
            Led(2).show_alone(SAFE)
        finally:
            self.board.machine.__class__.Timer = timer
        self.assertEqual(FakePin.levels[2], 1)

    def test_which_led(self):
        self.assertEqual(find_led(False, OwnBoard), None)
        self.assertEqual(find_led(None, LedTest), None)  # a board without one
        self.assertEqual(find_led(None, OwnBoard)._pin.number, 2)
        light = find_led({"pin": 5, "kind": "inverted"}, OwnBoard)
        light.dark()
        self.assertEqual(FakePin.levels, {5: 1})
        with self.assertRaises(ValueError):
            find_led({"pin": 99}, OwnBoard)

    def test_the_table_in_the_module_is_right(self):
        with open("firmware/led.py") as f:
            rows = [line.split("|") for line in f if line.startswith("| ") and "`" in line]
        self.assertEqual(len(rows), 4)
        for row in rows:
            shown = row[2].strip().strip("`").rstrip("…")
            says = getattr(led, row[1].strip())
            self.assertEqual(self.seen(Led(2), says, len(shown) * 100), shown)


if __name__ == "__main__":
    unittest.main()
