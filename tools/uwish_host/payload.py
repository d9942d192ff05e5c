"""The payload of a frame, from what a person can type."""

import json
import re

import cbor2

from .errors import Failure

# RFC 8428 4.5.1.
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9:./_-]*\Z")

_NAME_LABEL, _UNIT_LABEL, _VALUE_LABEL, _STRING_LABEL, _BOOLEAN_LABEL = 0, 1, 2, 3, 4


def from_hex(text):
    """Bytes of hex digits."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise Failure(f"not hex: {text!r}: two digits for each byte") from None


def from_json(text):
    """CBOR of a JSON value."""
    try:
        return cbor2.dumps(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise Failure(f"not JSON: {error}") from None


def from_senml(assignments):
    """A SenML pack in CBOR of assignments like interval=2, interval=2:s, led=true, mode=eco: a
    number (with a unit after a colon), a boolean, or else text."""
    return cbor2.dumps([_record(assignment) for assignment in assignments])


def _record(assignment):
    name, sign, text = assignment.partition("=")
    if not sign:
        raise Failure(f"not name=value: {assignment!r}")
    if not _NAME.match(name):
        raise Failure(f"not a SenML name: {name!r}: letters, digits, and : . / _ - after the first")
    record = {_NAME_LABEL: name}
    if text in ("true", "false"):
        record[_BOOLEAN_LABEL] = text == "true"
        return record
    number, colon, unit = text.partition(":")
    value = _number(number)
    if value is None:
        record[_STRING_LABEL] = text
        return record
    if colon:
        record[_UNIT_LABEL] = unit
    record[_VALUE_LABEL] = value
    return record


def _number(text):
    if not re.fullmatch(r"[-+]?\d{1,15}(\.\d{1,15})?([eE][-+]?\d{1,2})?", text):
        return None
    return int(text) if re.fullmatch(r"[-+]?\d+", text) else float(text)
