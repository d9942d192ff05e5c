"""What is frozen into a firmware, and what a board's folder must have, against what is there."""

import os
import sys
import unittest

sys.path.insert(0, "firmware")

import config
import config_check
import safemode

BOARDS = ("esp32_generic", "esp32_s3", "esp32_c3")
# Files on the device, whatever is frozen; manifest.py is for the build.
NOT_FROZEN = ("boot.py", "main.py", "manifest.py")


def text_of(path):
    with open(path) as f:
        return f.read()


def load_board(name):
    """The names that boards/NAME/uwish_board.py defines."""
    names = {}
    exec(text_of("boards/%s/uwish_board.py" % name), names)
    return names


class LayoutTest(unittest.TestCase):
    def test_every_module_is_frozen(self):
        modules = []
        text = text_of("firmware/manifest.py")
        for name in os.listdir("firmware"):
            if name.endswith(".py") and name not in NOT_FROZEN:
                modules.append(name[:-3])
        self.assertTrue(len(modules) > 20)
        for module in modules:
            self.assertTrue('"%s",' % module in text, module)

    def test_each_board_has_what_the_firmware_asks_for(self):
        for name in BOARDS:
            board = load_board(name)
            self.assertTrue(board["EPOCH"] in (1970, 2000))
            self.assertTrue(callable(board["clock"]))
            self.assertTrue(board["LED_KIND"] in ("plain", "inverted", "rgb"))
            self.assertTrue(10 <= board["WATCHDOG_S"] <= 3600)
            for sensor in board["SENSORS"]:
                self.assertTrue(sensor + ".py" in os.listdir("firmware/sensors"), sensor)
            for size in ("tx_size", "rx_size", "max_pins", "max_peers"):
                self.assertTrue(board["POOLS"][size] > 0)

            class Board:
                NAME = board["NAME"]
                SENSORS = board["SENSORS"]
                WATCHDOG_S = board["WATCHDOG_S"]

            self.assertEqual(config_check.faults(config.defaults(Board)), [])

    def test_each_board_freezes_library_firmware_and_itself(self):
        for name in BOARDS:
            text = text_of("boards/%s/manifest.py" % name)
            for line in ("lib/manifest.py", "firmware/manifest.py", "uwish_board.py"):
                self.assertTrue(line in text, line)

    def test_main_has_five_lines(self):
        self.assertEqual(len(text_of("firmware/main.py").strip().split("\n")), 5)

    def test_boot_finds_a_library_before_a_folder_of_its_name(self):
        # A board's sys.path begins with the root, where any folder would hide a module of its name.
        decide = safemode.decide
        before = sys.path[:]
        decided = []
        safemode.decide = lambda: decided.append(1)
        sys.path[:] = ["", ".frozen", "/lib"]
        try:
            exec(text_of("firmware/boot.py"), {})
            path = sys.path[:]
        finally:
            safemode.decide = decide
            sys.path[:] = before
        self.assertEqual((path, decided), ([".frozen", "/lib", ""], [1]))

    def test_every_key_of_the_configuration_is_documented(self):
        class Board:
            NAME = "x"
            SENSORS = ()

        text = text_of("firmware/README.md")
        for key in config.defaults(Board):
            self.assertTrue("| `%s` |" % key in text, key)


if __name__ == "__main__":
    unittest.main()
