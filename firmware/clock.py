"""The board's clock, which is not known until somebody sets it: a peer by the setting `time`

    [{"n": "time", "u": "s", "v": 1764000000}]

in whole seconds since 1970, or `mpremote rtc --set`. An ESP32 keeps it through sleep and resets,
not without power.
"""

import time

from uwish.compat import const
from uwish.log import info

EPOCH = time.gmtime(0)[0]  # the year that the board's seconds count from: 1970 or 2000
_FROM_1970 = 946684800 if EPOCH == 2000 else 0  # seconds between the two

# A clock that says less was never set. Readings of that time cannot be, nor of a century later.
EARLIEST = 1735689600  # 2025-01-01, since 1970
LATEST = 4102444800  # 2100-01-01
_EARLIEST_HERE = EARLIEST - _FROM_1970
_NEAR_S = const(1)  # so exact is what a network delivers: setting it again would only make it jump


def now():
    """Whole seconds since the start of EPOCH; None while the time is not known."""
    seconds = int(time.time())
    return seconds if seconds >= _EARLIEST_HERE else None


def since_start():
    """Seconds of the clock, set or not: for differences between wakes only."""
    return int(time.time())


def add_setting(commands, told=None):
    """Let `commands` (a Commands) set the clock; `told(seconds)` hears by how much it jumped."""
    commands.add("time", "s", EARLIEST, LATEST, lambda seconds: set_time(seconds, told))


def set_time(seconds, told=None):
    """Set the board's clock to `seconds` since 1970; a sentence when that cannot be."""
    if isinstance(seconds, float):
        return "not in whole seconds"  # a board's float would be minutes off
    here = seconds - _FROM_1970
    jump = here - int(time.time())
    if -_NEAR_S <= jump <= _NEAR_S:
        return None
    try:
        import machine

        t = time.gmtime(here)
        # ESP32: (year, month, day, weekday, hour, minute, second, microsecond)
        machine.RTC().datetime((t[0], t[1], t[2], t[6], t[3], t[4], t[5], 0))
    except (ImportError, AttributeError):
        return "this board's clock cannot be set"
    info("clock: set, it was %d s behind", jump)
    if told:
        told(jump)
    return None
