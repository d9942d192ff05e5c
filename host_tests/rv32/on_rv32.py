"""Run files of unittest classes with the native code of an ESP32-C3 in place of its plain twins.

    python host_tests/rv32/on_rv32.py FILE... [--without CLASS.METHOD...]

The library is imported as on the board, by CPython: its viper functions are what mpy-cross makes of
them for that processor, in Unicorn. After unittest's own words a line "[calls] MODULE.FUNCTION N"
tells how often each of them ran. Exit status: 0 when all tests passed.
"""

import argparse
import importlib
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ("lib", "host_tests/rv32")]

import micropython  # noqa: E402


def tests_of(path, without):
    """A suite of the test methods in the file `path` whose CLASS.METHOD is not in `without`."""
    sys.path.insert(0, str(path.resolve().parent))
    module = importlib.import_module(path.stem)
    tests = unittest.TestSuite()
    for of_class in unittest.defaultTestLoader.loadTestsFromModule(module):
        tests.addTests(test for test in of_class if test.id().split(".", 1)[1] not in without)
    return tests


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--without", nargs="*", default=[], metavar="CLASS.METHOD")
    args = parser.parse_args()
    tests = unittest.TestSuite(tests_of(path, args.without) for path in args.files)
    result = unittest.TextTestRunner().run(tests)
    for name, count in sorted(micropython.calls.items()):
        print("[calls]", name, count)
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main())
