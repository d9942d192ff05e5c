"""Home Assistant's MQTT discovery: one retained message for each reading, by which it makes the
device and its sensor (https://www.home-assistant.io/integrations/mqtt/, "MQTT Discovery").

A number becomes a sensor with the unit and class of units.py, a boolean a binary_sensor, text a
sensor without a unit. A sensor is available while both gateway and device are online. The form with
a message for each sensor is used, not that with one for a whole device: all versions know it, and a
device tells what it measures one by one.
"""

import json

from .. import __version__
from .units import unit_of

SENSOR, BINARY_SENSOR = "sensor", "binary_sensor"
BIRTH = "online"  # what Home Assistant says when it has started

_MAX_STATE = 255  # characters of a state in Home Assistant
_MAX_LABEL = 100  # characters of a name that it shows
_ORIGIN = {"name": "uwish", "sw_version": __version__}


class Discovery:
    """Configurations for sensors below `topics` (Topics). With `expire_s` a sensor becomes unknown
    when nothing came for so many seconds; with `presence` False only the gateway has to be online,
    for devices that sleep."""

    def __init__(self, topics, expire_s=None, presence=True):
        self._topics = topics
        self._expire_s = expire_s
        self._presence = presence

    def config(self, device, reading):
        """(topic, payload) for a reading of `device` (sink.Device): a number, a boolean or text."""
        value = reading.value
        uid = device.ruid.hex()
        boolean = isinstance(value, bool)
        component = BINARY_SENSOR if boolean else SENSOR
        topic = self._topics.config(component, uid, reading.name)
        fields = {
            "name": label(reading.name),
            "unique_id": "_".join(topic.split("/")[-3:-1]),
            "state_topic": self._topics.reading(uid, reading.name),
            "qos": 1,
            "availability": [{"topic": self._topics.gateway_presence}],
            "availability_mode": "all",
            "device": {
                "identifiers": [f"uwish_{uid}"],
                "name": device.alias,
                "model": device.name,
                "manufacturer": "uwish",
            },
            "origin": _ORIGIN,
        }
        if self._presence:
            fields["availability"].append({"topic": self._topics.presence(uid)})
        if self._expire_s is not None:
            fields["expire_after"] = self._expire_s
        if boolean:
            fields["value_template"] = "{{ 'ON' if value_json.value else 'OFF' }}"
        elif isinstance(value, str):
            fields["value_template"] = f"{{{{ value_json.value[:{_MAX_STATE}] }}}}"
        else:
            unit = unit_of(reading.unit)
            fields["value_template"] = unit.template()
            fields["state_class"] = unit.state_class
            if unit.symbol is not None:
                fields["unit_of_measurement"] = unit.symbol
            if unit.device_class is not None:
                fields["device_class"] = unit.device_class
        return topic, json.dumps(fields)


def label(name):
    """A reading's name for people: what comes after the base name, which mostly repeats the
    device's."""
    end = name.rstrip(":/")
    last = max(end.rfind(":"), end.rfind("/")) + 1
    shown = "".join(c if c.isprintable() else "�" for c in end[last:][:_MAX_LABEL])
    return shown.strip() or "reading"
