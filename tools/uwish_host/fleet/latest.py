"""The latest of one reading of a device, and the numbers that came before it."""

from array import array

TREND = 60  # points
_NUMBERS = 2 * TREND
_MAX_TEXT = 256  # characters, or bytes, that are kept of a value


class Latest:
    """`name`, `unit` (None when there is none), `value` (int, float, bool, str or bytes; texts and
    bytes are cut after 256), `time` (seconds since 1970, the device's own where it has a clock).

    Everything but `trend` is replaced by the next reading of that name.
    """

    __slots__ = ("name", "time", "unit", "value", "_points")

    def __init__(self, name):
        self.name = name
        self.unit = self.value = self.time = None
        # time, value, time, value: a deque of tuples takes eight times as much.
        self._points = array("d")

    @property
    def trend(self):
        """The last 60 numbers it was, oldest first, as a new list of (time, value); nothing else is
        in it."""
        return list(zip(self._points[::2], self._points[1::2], strict=True))

    @property
    def numeric(self):
        """True when it was ever a number."""
        return bool(self._points)

    def take(self, reading):
        """A reading (senml.Reading) came."""
        value = reading.value if reading.value is not None else reading.total
        self.unit = reading.unit
        self.time = reading.time
        kind = type(value)
        if kind is float or kind is int:
            points = self._points
            points.append(reading.time)
            points.append(value)
            if len(points) > _NUMBERS:
                del points[:2]
        elif kind is not bool and len(value) > _MAX_TEXT:
            value = value[:_MAX_TEXT]
        self.value = value
