"""What this device is to do: one JSON file beside `main.py`. Every key has a default; the table of
them is in README.md. `sensors/__init__.py` says what a sensor may be given.

`gateway` may be missing: the device keeps its contacts and pins once they have been made.
"""

import json
import sys

from uwish.compat import const

VERSION = const(1)  # of the format; a file that does not say has this one


def defaults(board):
    """The configuration of a board without a file: its own sensors, its own name."""
    return {
        "version": VERSION,
        "name": board.NAME,
        "protocol": "sensor",
        "interval_s": 10,
        "sensors": list(board.SENSORS),
        "frame_size": 256,
        "gateway": None,
        "wifi": None,
        "discover": False,
        "sleep": None,
        "log_level": "info",
        "watchdog_s": getattr(board, "WATCHDOG_S", 0),
        "led": None,
    }


def load(path, board):
    """The configuration in the file, defaults filled in; the defaults when there is no file. An
    unknown key is warned of; ValueError with a sentence for each field that is wrong."""
    config = defaults(board)
    given = in_file(path)
    version = given.get("version", VERSION)
    if isinstance(version, int) and version > VERSION:
        raise ValueError(
            "version: %s has format %d, this firmware knows %d at most: deploy a newer one"
            % (path, version, VERSION)
        )
    config.update(given)
    check(config)
    return config


def in_file(path):
    """What the file says, {} when there is none; ValueError when it is no JSON object."""
    try:
        with open(path) as f:
            text = f.read()
    except OSError:
        return {}
    except UnicodeError:
        text = ""  # what the flash made of it is no text any more
    try:
        # With something behind it: to MicroPython 1.25 an object that is cut off is a whole one.
        given, _ = json.loads("[" + text + ", true]")
    except ValueError:
        raise ValueError(path + " is not JSON: put the file there again") from None
    if not isinstance(given, dict):
        raise ValueError(path + " must hold one JSON object")
    return given


def check(config):
    """ValueError with a sentence for each field that is wrong; a warning for each unknown one."""
    # Needed once, so its memory is given back.
    from config_check import faults

    del sys.modules["config_check"]
    found = faults(config)
    if found:
        raise ValueError("; ".join(found))
