"""`time` as on an ESP32: it counts from 2000, and the clock is wrong until somebody sets it.

The clock starts at 2000-01-01 when the power comes, and goes on through sleep and resets.
"""

from time import *
from time import gmtime as _gmtime
from time import time as _time
from time import time_ns as _time_ns

from . import bus

_EPOCH = 946684800  # 2000-01-01 in seconds since 1970
_MARCH_0_TO_2000 = 730425  # days from 0000-03-01
_behind = bus.ask("clock")  # what the clock shows 0 at, in the host's seconds since 1970


def time():
    """Whole seconds since 2000."""
    return int(_time()) - _behind


def time_ns():
    """Nanoseconds since 2000."""
    return _time_ns() - _behind * 1000000000


def gmtime(seconds=None):
    """(year, month, day, hour, minute, second, weekday, day of the year)."""
    return tuple(_gmtime((time() if seconds is None else int(seconds)) + _EPOCH)[:8])


localtime = gmtime


def mktime(parts):
    """Seconds since 2000 of (year, month, day, hour, minute, second, …)."""
    year, month, day, hour, minute, second = parts[:6]
    # Years that begin in March: the leap day is the last one.
    if month <= 2:
        year -= 1
        month += 12
    days = year * 365 + year // 4 - year // 100 + year // 400
    days += (153 * (month - 3) + 2) // 5 + day - 1 - _MARCH_0_TO_2000
    return ((days * 24 + hour) * 60 + minute) * 60 + second


def set_clock(seconds):
    """Let it be `seconds` since 2000 now."""
    global _behind
    _behind = int(_time()) - seconds
    bus.ask("clock", _behind)
