"""What is published of a frame: its readings, and before the first of a kind what Home Assistant
needs to know of it; a frame without readings as it is."""

import json

from ..senml import Reading
from ..storage.rows import MAX_SERIES


class Message:
    """To be published with QoS 1: `topic`, `payload` (str or bytes; "" takes a retained message
    away), `retain`."""

    __slots__ = ("payload", "retain", "topic")

    def __init__(self, topic, payload, retain=True):
        self.topic = topic
        self.payload = payload
        self.retain = retain


class _Known:
    # What was published of a device. The messages for Home Assistant are large and are not kept:
    # they are made again when somebody asks.
    __slots__ = ("announced", "device", "refused", "topics")

    def __init__(self, device):
        self.device = device
        self.topics = {}  # {name: topic}
        self.announced = {}  # {name: (alias, unit, example of a value)}
        self.refused = 0


class Messages:
    """Messages of frames. `discovery` (Discovery) is None when nobody needs it; `warn(text)` is
    told once of each device that makes up more than 1,000 names, of which the broker would keep
    each: further ones are not published."""

    def __init__(self, topics, discovery, warn):
        self._topics = topics
        self._discovery = discovery
        self._warn = warn
        self._devices = {}  # {uid (bytes): _Known}

    def of(self, frame):
        """The messages of a sink.Frame, in order."""
        device = frame.device
        readings = frame.readings
        if not readings:
            return [Message(self._topics.frame(device.ruid.hex()), frame.data, retain=False)]
        known = self._devices.get(device.ruid)
        if known is None:
            known = self._devices[device.ruid] = _Known(device)
        known.device = device
        made = []
        for reading in readings:
            topic = known.topics.get(reading.name)
            if topic is None:
                topic = self._enter(device, known, reading.name)
                if topic is None:
                    continue
            if self._discovery is not None:
                self._announce(known, reading, made)
            made.append(Message(topic, json.dumps(_fields(reading))))
        return made

    def configs(self):
        """All that Home Assistant was told, once more, one by one."""
        for uid in list(self._devices):
            known = self._devices.get(uid)
            for name in list(known.announced) if known else ():
                # Much may have happened since the last one was asked for.
                if self._devices.get(uid) is known and name in known.announced:
                    yield self._config(known, name)

    def moved(self, uid):
        """This device (uid in bytes) is at another gateway, of which Home Assistant is told now."""
        known = self._devices.get(uid)
        if known is not None:
            known.announced.clear()

    def forget(self, uid):
        """This device (uid in bytes) is gone: its topics that have to be emptied."""
        known = self._devices.pop(uid, None)
        if known is None:
            return []
        configs = [self._config(known, name).topic for name in known.announced]
        return [*configs, *known.topics.values()]

    def _enter(self, device, known, name):
        if len(known.topics) < MAX_SERIES:
            topic = known.topics[name] = self._topics.reading(device.ruid.hex(), name)
            return topic
        if not known.refused:
            self._warn(
                f"MQTT: {device.alias} has more than {MAX_SERIES} names for readings: "
                "further ones are not published"
            )
        known.refused += 1
        return None

    def _announce(self, known, reading, made):
        example = _example(reading.value)
        if example is None:
            return
        name = reading.name
        now = (known.device.alias, reading.unit, example)
        before = known.announced.get(name)
        # Their types as well: to Python 0 is False.
        if before == now and type(before[2]) is type(example):
            return
        old = None if before is None else self._config(known, name)
        known.announced[name] = now
        config = self._config(known, name)
        if old is not None and old.topic != config.topic:
            made.append(Message(old.topic, ""))
        made.append(config)

    def _config(self, known, name):
        _, unit, example = known.announced[name]
        return Message(*self._discovery.config(known.device, Reading(name, unit, example, 0)))


def _fields(reading):
    value = reading.value
    fields = {
        "value": value.hex() if isinstance(value, bytes) else value,
        "unit": reading.unit,
        "time": reading.time,
    }
    if reading.total is not None:
        fields["sum"] = reading.total
    return fields


def _example(value):
    """What stands for all values of this kind; None when Home Assistant has nothing for them, which
    are bytes, and no value but a sum."""
    if isinstance(value, bool):
        return False
    if isinstance(value, str):
        return ""
    return None if value is None or isinstance(value, bytes) else 0
