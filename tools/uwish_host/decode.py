"""What a frame says: SenML readings, any other CBOR, text, or just bytes.

Frames come from the network, so nothing here trusts them: nesting, size and numbers are bounded,
and whatever cannot be shown as itself is shown as its bytes.
"""

import datetime
import decimal
import io
import math
import uuid

import cbor2

from .senml import resolve

_MAX_DEPTH = 16
_MAX_DIGITS = 300  # what a float can hold; a few bytes of decimal fraction can stand for gigabytes


class Decoded:
    """A frame, taken apart: `kind` ("senml", "cbor", "text" or "bytes"), `value` (what it holds, in
    terms of JSON; None for bytes) and `readings` (list of Reading, empty unless SenML)."""

    __slots__ = ("_value", "kind", "readings")

    def __init__(self, kind, value=None, readings=()):
        self.kind = kind
        self.readings = readings
        self._value = value

    @property
    def value(self):
        """See above; that of readings is made when it is asked for."""
        if self._value is None and self.readings:
            self._value = [reading.fields() for reading in self.readings]
        return self._value


def decode(data, now):
    """Find out what `data` (bytes) is; `now` (seconds since 1970) is what relative times of SenML
    count from."""
    if not data:
        return Decoded("bytes")
    try:
        value = _load(data)
        readings = resolve(value, now)
        if readings:
            return Decoded("senml", readings=readings)
        # A text such as "7" is CBOR by accident; a container hardly ever is.
        if isinstance(value, (dict, list)) or not _text(data):
            return Decoded("cbor", as_json(value))
    except (cbor2.CBORDecodeError, ValueError, ArithmeticError, RecursionError):
        pass
    text = _text(data)
    return Decoded("text", text) if text else Decoded("bytes")


def as_json(value, depth=0):
    """`value`, as cbor2 made it, in terms of JSON; ValueError when that goes too deep."""
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(value, dict):
        return {_key(key): as_json(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [as_json(item, depth + 1) for item in value]
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float, decimal.Decimal)):
        return number(value)
    if isinstance(value, bytes):
        return f"h'{value.hex()}'"
    if isinstance(value, cbor2.CBORTag):
        return {"tag": value.tag, "value": as_json(value.value, depth + 1)}
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    return repr(value)[:200]


def number(value):
    """A number that JSON has: an int or a float; else its text."""
    if isinstance(value, decimal.Decimal):
        if not value.is_finite() or abs(value.adjusted()) > _MAX_DIGITS:
            return str(value)
        value = int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and value.bit_length() > 64:
        return hex(value)
    return value


def _load(data):
    stream = io.BytesIO(data)
    decoder = cbor2.CBORDecoder(stream, max_depth=_MAX_DEPTH, semantic_decoders=_DECODERS)
    value = decoder.decode()
    if stream.tell() != len(data):
        raise ValueError("a frame is one item, and nothing after it")
    return value


def _refuse(decoder):
    raise cbor2.CBORDecodeError("a tag that is not accepted from the network")


# Tags that let a short frame decode to something endless (shared references), huge (string
# references) or costly (regular expressions, mail).
_DECODERS = dict.fromkeys((25, 28, 29, 35, 36, 256), _refuse)


def _key(key):
    return key if isinstance(key, str) else str(as_json(key, _MAX_DEPTH))


def _text(data):
    try:
        text = data.decode()
    except UnicodeError:
        return None
    return text if all(char.isprintable() or char in "\t\n\r" for char in text) else None
