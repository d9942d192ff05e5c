"""Times as people give them to a command."""

import datetime
import re

from .errors import Failure

_AGO = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])")
# Seconds since 1970 as numbers: from 1973 to the year 9999. Somebody who writes "30" means no time
# in 1970, but forgot the unit.
_FIRST, _LAST = 1e8, 253_402_300_800
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def parse_moment(text, now):
    """Seconds since 1970 of "90s", "15m", "2h", "7d", "4w" (before `now`), of an ISO 8601 date or
    time ("2026-05-04", "2026-05-04T12:00", local unless it says otherwise), or of such a number."""
    ago = _AGO.fullmatch(text.strip())
    if ago:
        return now - float(ago[1]) * _SECONDS[ago[2]]
    try:
        seconds = float(text)
        if not _FIRST <= seconds < _LAST:
            raise Failure(
                f"no time: {text!r}: say of what, as in 15m, 2h, 7d; a number alone is seconds "
                "since 1970"
            )
        return seconds
    except ValueError:
        pass
    try:
        return datetime.datetime.fromisoformat(text.strip()).timestamp()
    except (ValueError, OverflowError, OSError):
        raise Failure(
            f"no time: {text!r}: give 15m, 2h, 7d, or a date such as 2026-05-04T12:00"
        ) from None


def show_moment(seconds):
    """Local time, to the millisecond."""
    try:
        moment = datetime.datetime.fromtimestamp(seconds)
    except (ValueError, OverflowError, OSError):
        return str(seconds)
    return moment.isoformat(" ", "milliseconds")
