"""Values, times and small curves as pages show them. Everything that a device has said is made
printable here; what makes it harmless in HTML is the templates' escaping."""

import datetime
import math

from ..names import printable

_MAX_TEXT = 80  # characters of a name or a value

# Units of SenML (RFC 8428, 12.1; RFC 8798) that people write otherwise.
_UNITS = {"Cel": "°C", "%RH": "%", "/": "", "Ohm": "Ω", "deg": "°", "degF": "°F", "1": ""}
_SPARK_WIDTH, _SPARK_HEIGHT, _SPARK_EDGE = 100, 24, 2


def short(text, limit=_MAX_TEXT):
    """Text of somebody else: printable, and not too long."""
    return cut(printable(text[: limit + 1]), limit)


def cut(text, limit):
    """`text`, of at most so many characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def show_unit(unit):
    """A SenML unit ("" when there is none) for people."""
    return "" if not unit else _UNITS.get(unit, short(unit, 12))


def show_value(value, unit=None):
    """A reading's value with its unit."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = short(value)
    elif isinstance(value, bytes):
        text = short(value.hex())
    else:
        text = show_number(value)
    unit = show_unit(unit)
    return f"{text}\N{NO-BREAK SPACE}{unit}" if unit else text


def show_number(value):
    """Five digits, or six from 1000 on: what a sensor really knows."""
    if isinstance(value, int) and abs(value) < 10**15:
        return str(value)
    return f"{value:.6g}" if abs(value) >= 1000 else f"{value:.5g}"


def show_duration(seconds):
    """How long something took, in its largest unit; live.js says it the same way."""
    seconds = max(0, int(seconds))
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def show_ago(time, now):
    """How long ago it was."""
    return "just now" if now - time < 5 else f"{show_duration(now - time)} ago"


def iso(time):
    """For <time datetime>: UTC. An empty text for what no calendar has."""
    try:
        moment = datetime.datetime.fromtimestamp(time, datetime.UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def spark(points):
    """Numbers as the points of an SVG polyline in a box of 100 by 24; `points` are (time, value),
    "" when they make no line."""
    if len(points) < 2:
        return ""
    first = min(time for time, _ in points)
    low = min(value for _, value in points)
    # Halves, because the distance of two floats may be none.
    width = max(time for time, _ in points) - first
    height = max(value for _, value in points) / 2 - low / 2
    flat = not height or not math.isfinite(height)
    room = _SPARK_HEIGHT - 2 * _SPARK_EDGE
    line = []
    for time, value in points:
        x = _SPARK_WIDTH * (time - first) / width if width else 0.0
        y = _SPARK_HEIGHT / 2 if flat else room * (1 - (value / 2 - low / 2) / height) + _SPARK_EDGE
        line.append(f"{x:.1f},{y:.1f}")
    return " ".join(line)
