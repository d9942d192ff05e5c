"""What this device is to do: one JSON file beside `main.py`. Every key has a default.

    {"name": "greenhouse", "protocol": "sensor", "interval_s": 10,
     "sensors": ["heap", {"sensor": "dht22", "pin": 4}], "frame_size": 256,
     "gateway": {"document": "<hex>", "transports": ["wish://192.168.1.2:37009"], "rhid": "<hex>"}}

A sensor is a name, or an object with that name as `sensor` and options beside it. `gateway` may be
missing: the device keeps its contacts and pins once they have been made.
"""

import json
from binascii import unhexlify

from uwish.log import warn


def defaults(board):
    """The configuration of a board without a file: its own sensors, its own name."""
    return {
        "name": board.NAME,
        "protocol": "sensor",
        "interval_s": 10,
        "sensors": list(board.SENSORS),
        "frame_size": 256,
        "gateway": None,
    }


def load(path, board):
    """The configuration in the file, defaults filled in; the defaults when there is no file. An
    unknown key is warned of; ValueError with a sentence for each field that is wrong."""
    config = defaults(board)
    try:
        with open(path) as f:
            text = f.read()
    except OSError:
        return config
    try:
        given = json.loads(text)
    except ValueError:
        raise ValueError(path + " is not JSON: put the file there again") from None
    if not isinstance(given, dict):
        raise ValueError(path + " must hold one JSON object")
    for key in given:
        if key not in config:
            warn("%s: there is no key %r, it does nothing", path, key)
    config.update(given)
    check(config)
    return config


def check(config):
    """ValueError with a sentence for each field that is wrong."""
    faults = []
    if not isinstance(config["name"], str) or not 1 <= len(config["name"].encode()) <= 32:
        faults.append("name: must be text of 1 to 32 bytes")
    if not isinstance(config["protocol"], str) or not 1 <= len(config["protocol"].encode()) <= 10:
        faults.append("protocol: must be text of 1 to 10 bytes")
    if not _is_number(config["interval_s"]) or not 0.05 <= config["interval_s"] <= 86400:
        faults.append("interval_s: must be 0.05 to 86400 seconds")
    if not isinstance(config["sensors"], list) or not all(_is_sensor(s) for s in config["sensors"]):
        faults.append('sensors: must be a list, such as ["heap", {"sensor": "dht22", "pin": 4}]')
    if not isinstance(config["frame_size"], int) or not 32 <= config["frame_size"] <= 16000:
        faults.append("frame_size: must be 32 to 16000 bytes")
    if config["gateway"] is not None:
        faults.extend(_gateway_faults(config["gateway"]))
    if faults:
        raise ValueError("; ".join(faults))


def _gateway_faults(gateway):
    if not isinstance(gateway, dict):
        return ["gateway: must be an object with document, transports and perhaps rhid"]
    faults = []
    if not _is_hex(gateway.get("document")):
        faults.append("gateway.document: must be an identity document in hex")
    transports = gateway.get("transports", [])
    if not isinstance(transports, list) or not all(isinstance(t, str) for t in transports):
        faults.append('gateway.transports: must be a list, such as ["wish://192.168.1.2:37009"]')
    rhid = gateway.get("rhid")
    if rhid is not None and (not _is_hex(rhid) or len(rhid) != 64):
        faults.append("gateway.rhid: must be 64 hex digits, or missing for any host")
    return faults


def _is_sensor(value):
    return isinstance(value, str) or (
        isinstance(value, dict) and isinstance(value.get("sensor"), str)
    )


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_hex(value):
    try:
        return isinstance(value, str) and len(unhexlify(value)) > 0
    except ValueError:
        return False
