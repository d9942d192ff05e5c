"""SenML (RFC 8428) as it comes from devices: a list of records, resolved to readings.

A record's base fields hold for it and for those after it; resolving (RFC 8428, 4.6) gives each
reading its whole name, its unit, its value and its absolute time.
"""

import datetime
import decimal
import fractions
import math

# Labels of RFC 8428, table 4.
_BASE_NAME, _BASE_TIME, _BASE_UNIT, _BASE_VALUE, _BASE_SUM, _VERSION = -2, -3, -4, -5, -6, -1
_NAME, _UNIT, _VALUE, _STRING, _BOOLEAN, _SUM, _TIME, _UPDATE, _DATA = range(9)

_NUMBERS = {_BASE_TIME, _BASE_VALUE, _BASE_SUM, _VERSION, _VALUE, _SUM, _TIME, _UPDATE}
_TEXTS = {_BASE_NAME, _BASE_UNIT, _NAME, _UNIT, _STRING}
_CONTENT = (_VALUE, _STRING, _BOOLEAN, _DATA)

_VERSION_SPOKEN = 10  # RFC 8428, 4.4: a pack of a later version must not be interpreted
_RELATIVE = 2**28  # RFC 8428, 4.5.3: smaller times count from now
_MAX_DIGITS = 300  # what a float can hold; a few bytes of decimal fraction can stand for gigabytes

MAX_TEXT = 256  # characters of a name, and of a unit: what shows or keeps readings keeps these

_PLAIN_LIMIT = 2**63  # what the short way takes: see _resolve_plain

_LAST_SECOND = datetime.datetime(9999, 12, 31, tzinfo=datetime.UTC).timestamp()


class Reading:
    """One measurement: `name`, `unit` (None when there is none), `value` (int, float, bool, str or
    bytes), `time` (seconds since 1970), `total` (the integrated sum, mostly None)."""

    __slots__ = ("name", "time", "total", "unit", "value")

    def __init__(self, name, unit, value, time, total=None):
        self.name = name
        self.unit = unit
        self.value = value
        self.time = time
        self.total = total

    def fields(self):
        """What `--json` says of it."""
        value = self.value.hex() if isinstance(self.value, bytes) else self.value
        fields = {"name": self.name, "value": value, "unit": self.unit, "time": self.time}
        if self.total is not None:
            fields["sum"] = self.total
        return fields

    def timestamp(self):
        """`time` as ISO 8601 in UTC, down to the millisecond where it has any."""
        moment = datetime.datetime.fromtimestamp(self.time, datetime.UTC)
        whole = self.time == int(self.time)
        text = moment.isoformat(timespec="seconds" if whole else "milliseconds")
        return text.replace("+00:00", "Z")


def resolve(records, now):
    """The readings of a decoded pack; [] when it is no SenML (or has no readings), or when a name
    or unit of it is too long, ArithmeticError when a number of it leads nowhere. `now` in seconds
    since 1970."""
    if not isinstance(records, list):
        return []
    readings = _resolve_plain(records, now)
    if readings is not None:
        return readings
    if not all(_is_record(record) for record in records):
        return []
    base = {}
    readings = []
    for record in records:
        base.update((label, record[label]) for label in record if _is_label(label) and label < 0)
        if base.get(_VERSION, _VERSION_SPOKEN) > _VERSION_SPOKEN:
            return []
        content = [label for label in _CONTENT if label in record]
        if len(content) > 1:
            return []
        if not content and _SUM not in record and not (_BASE_VALUE in base and _is_entry(record)):
            continue
        reading = _reading(record, base, content, now)
        if reading is None:
            return []
        readings.append(reading)
    return readings


def _resolve_plain(records, now):
    """The same for what almost all devices send: names, units, times and values of plain numbers,
    a value in each record. None for anything else: that takes the long way, five times as long."""
    base_name = ""
    base_time = 0
    base_unit = None
    readings = []
    for record in records:
        if type(record) is not dict:
            return None
        name = ""
        unit = value = None
        time = 0
        # Exact types, because True is 1 to a dict and to a comparison.
        for label, item in record.items():
            kind = type(item)
            if type(label) is not int:
                return None
            if label == _VALUE and (kind is float or kind is int):
                value = item
            elif label == _NAME and kind is str:
                name = item
            elif label == _UNIT and kind is str:
                unit = item
            elif label == _TIME and (kind is float or kind is int):
                time = item
            elif label == _BASE_NAME and kind is str:
                base_name = item
            elif label == _BASE_TIME and (kind is float or kind is int):
                base_time = item
            elif label == _BASE_UNIT and kind is str:
                base_unit = item
            else:
                return None
        name = base_name + name
        # Not true either of what is no finite number.
        if not name or value is None or not -_PLAIN_LIMIT < value < _PLAIN_LIMIT:
            return None
        unit = base_unit if unit is None else unit
        if len(name) > MAX_TEXT or (unit and len(unit) > MAX_TEXT):
            return None
        time += base_time
        if time < _RELATIVE:
            time = round(now + time, 3)
        if not 0 <= time <= _LAST_SECOND:
            return None
        readings.append(Reading(name, unit, value, time))
    return readings


def _reading(record, base, content, now):
    name = base.get(_BASE_NAME, "") + record.get(_NAME, "")
    time = _sum(base, _BASE_TIME, record, _TIME)
    if time < _RELATIVE:
        time = round(now + time, 3)
    unit = record.get(_UNIT, base.get(_BASE_UNIT))
    if not 0 < len(name) <= MAX_TEXT or len(unit or "") > MAX_TEXT:
        return None
    if not 0 <= time <= _LAST_SECOND:
        return None
    if content and content[0] != _VALUE:
        value = record[content[0]]
    elif content or _BASE_VALUE in base:
        value = _sum(base, _BASE_VALUE, record, _VALUE)
    else:
        value = None
    total = None
    if _SUM in record or _BASE_SUM in base:
        total = _sum(base, _BASE_SUM, record, _SUM)
    return Reading(name, unit, value, time, total)


def _is_entry(record):
    return any(_is_label(label) and label >= 0 for label in record)


def _is_record(record):
    # Labels that are text are extensions; one that ends in "_" must be understood, and none is.
    if not isinstance(record, dict) or not record:
        return False
    for label, value in record.items():
        if isinstance(label, str):
            if label.endswith("_"):
                return False
        elif not _is_label(label):
            return False
        elif label in _NUMBERS:
            if not _is_number(value):
                return False
        elif label in _TEXTS:
            if not isinstance(value, str):
                return False
        elif not isinstance(value, bool if label == _BOOLEAN else bytes):
            return False
    return any(_is_label(label) for label in record)


def _is_label(label):
    return isinstance(label, int) and not isinstance(label, bool) and _BASE_SUM <= label <= _DATA


def _is_number(value):
    if isinstance(value, decimal.Decimal):
        return value.is_finite() and abs(value.adjusted()) <= _MAX_DIGITS
    if isinstance(value, int):
        return not isinstance(value, bool) and value.bit_length() <= 64
    return isinstance(value, float) and math.isfinite(value)


def _sum(base, base_label, record, label):
    """Base and own number together: an int where it is one exactly, else a float."""
    parts = [part for part in (base.get(base_label), record.get(label)) if part is not None]
    if any(isinstance(part, float) for part in parts):
        total = math.fsum(map(float, parts))
        if not math.isfinite(total):
            raise OverflowError
        return total
    # Exactly: 0.1 + 0.2 given as decimal fractions is 0.3.
    total = sum(map(fractions.Fraction, parts))
    return int(total) if total.denominator == 1 else float(total)
