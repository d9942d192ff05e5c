"""SenML as JSON (RFC 8428, 5), and a shorter form of it, as the CBOR that devices take (6).

[{"n": "interval", "u": "s", "v": 2}]     a pack
{"interval": 2, "led": true}              the same without units
"""

import json
import math
import re

import cbor2

# RFC 8428, 4.5.1.
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9:./_-]*")
# RFC 8428, table 4; "vd" (data) is base64 in JSON and of no use to our devices.
_TEXT = {"bn": -2, "bu": -4, "n": 0, "u": 1, "vs": 3}
_NUMBERS = {"bver": -1, "bt": -3, "bv": -5, "bs": -6, "v": 2, "s": 5, "t": 6, "ut": 7}
_BOOLEANS = {"vb": 4}
_VALUES = ("v", "vs", "vb")


def encode(text):
    """The CBOR of JSON (str or bytes); ValueError that says what is wrong with it."""
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    if isinstance(value, dict):
        value = [_short(name, item) for name, item in value.items()]
    if not isinstance(value, list) or not value:
        raise ValueError("not a SenML pack, and not an object with names and values")
    return cbor2.dumps([_record(record) for record in value])


def _short(name, value):
    kind = "vb" if isinstance(value, bool) else "vs" if isinstance(value, str) else "v"
    return {"n": name, kind: value}


def _record(record):
    if not isinstance(record, dict):
        raise ValueError("a record of a SenML pack is an object")
    made = {}
    for label, value in record.items():
        if label in _TEXT and isinstance(value, str):
            made[_TEXT[label]] = value
        elif label in _NUMBERS and _is_number(value):
            made[_NUMBERS[label]] = value
        elif label in _BOOLEANS and isinstance(value, bool):
            made[_BOOLEANS[label]] = value
        else:
            raise ValueError(f"{label!r} is no label of SenML, or its value is of another type")
    if not any(label in record for label in ("n", "bn")):
        raise ValueError("a record has no name")
    for label in ("n", "bn"):
        if label in record and not _NAME.fullmatch(record[label]):
            raise ValueError(f"not a SenML name: {record[label]!r}")
    if sum(label in record for label in _VALUES) > 1:
        raise ValueError("a record has two values")
    return made


def _is_number(value):
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return value.bit_length() <= 63
    return isinstance(value, float) and math.isfinite(value)


def _refuse_constant(name):
    raise ValueError
