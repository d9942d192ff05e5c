"""One JSON value a line, in which bytes are {"$hex": "..."}."""

import json


def dump(value):
    """The line (bytes, with its end) for `value`, in which bytes-likes may stand anywhere."""
    return json.dumps(_to_json(value)).encode() + b"\n"


def load(line):
    """The value of a line; ValueError when it is no JSON."""
    return _from_json(json.loads(line))


def _to_json(value):
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"$hex": bytes(value).hex()}
    if isinstance(value, dict):
        return {key: _to_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_to_json(item) for item in value]
    return value


def _from_json(value):
    if isinstance(value, dict):
        if set(value) == {"$hex"}:
            return bytes.fromhex(value["$hex"])
        return {key: _from_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_from_json(item) for item in value]
    return value
