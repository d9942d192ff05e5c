"""What Home Assistant is told: it refuses a sensor whose class, unit and state class do not fit."""

import json

import cbor2
import pytest
from storage_world import device, frame

from uwish_host.mqtt.discovery import Discovery, label
from uwish_host.mqtt.messages import Messages
from uwish_host.mqtt.topics import Topics
from uwish_host.mqtt.units import UNITS, unit_of
from uwish_host.senml import Reading

LAMP = device(7, "lamp")
UID = LAMP.ruid.hex()
TOPICS = Topics("uwish", bytes(32), "homeassistant")

# The part that we use of Home Assistant's own rules (homeassistant/components/sensor/const.py,
# DEVICE_CLASS_UNITS and DEVICE_CLASS_STATE_CLASSES).
RULES = {
    "apparent_power": ({"VA"}, {"measurement"}),
    "battery": ({"%"}, {"measurement"}),
    "current": ({"A", "mA"}, {"measurement"}),
    "data_rate": ({"bit/s", "Mbit/s", "B/s", "MB/s"}, {"measurement"}),
    "data_size": ({"bit", "B", "KiB", "GB"}, {"measurement", "total", "total_increasing"}),
    "distance": ({"m", "mm", "cm", "km"}, {"measurement", "total", "total_increasing"}),
    "duration": ({"s", "min", "h", "d"}, {"measurement", "total", "total_increasing"}),
    "energy": ({"Wh", "kWh"}, {"total", "total_increasing"}),
    "frequency": ({"Hz", "kHz", "MHz", "GHz"}, {"measurement"}),
    "humidity": ({"%"}, {"measurement"}),
    "illuminance": ({"lx"}, {"measurement"}),
    "irradiance": ({"W/m²"}, {"measurement"}),
    "ph": ({None}, {"measurement"}),
    "power": ({"W", "kW"}, {"measurement"}),
    "precipitation_intensity": ({"mm/h"}, {"measurement"}),
    "pressure": ({"Pa", "hPa"}, {"measurement"}),
    "reactive_power": ({"var"}, {"measurement"}),
    "signal_strength": ({"dB", "dBm"}, {"measurement"}),
    "sound_pressure": ({"dB"}, {"measurement"}),
    "speed": ({"m/s", "km/h"}, {"measurement"}),
    "temperature": ({"°C", "K"}, {"measurement"}),
    "voltage": ({"V", "mV"}, {"measurement"}),
    "volume_flow_rate": ({"m³/h", "L/min"}, {"measurement"}),
    "volume_storage": ({"m³", "L"}, {"measurement"}),
    "weight": ({"kg", "g"}, {"measurement", "total", "total_increasing"}),
}


def config(reading, **options):
    topic, payload = Discovery(TOPICS, **options).config(LAMP, reading)
    return topic, json.loads(payload)


@pytest.mark.parametrize("senml", sorted(UNITS))
def test_class_unit_and_state_class_fit(senml):
    unit = UNITS[senml]
    if unit.device_class is not None:
        symbols, state_classes = RULES[unit.device_class]
        assert unit.symbol in symbols
        assert unit.state_class in state_classes


@pytest.mark.parametrize(
    ("senml", "symbol", "device_class", "shown"),
    [
        ("Cel", "°C", "temperature", 80.0),
        ("%RH", "%", "humidity", 80.0),
        ("lx", "lx", "illuminance", 80.0),
        ("V", "V", "voltage", 80.0),
        ("A", "A", "current", 80.0),
        ("W", "W", "power", 80.0),
        ("Pa", "Pa", "pressure", 80.0),
        ("dBm", "dBm", "signal_strength", 80.0),
        ("dBW", "dBm", "signal_strength", 110.0),
        ("%EL", "%", "battery", 80.0),
        ("J", "Wh", "energy", 0.022222),
        ("ms", "s", "duration", 0.08),
        ("Bspl", "dB", "sound_pressure", 800.0),
        ("m3/s", "m³/h", "volume_flow_rate", 288000.0),
    ],
)
def test_units(senml, symbol, device_class, shown):
    _, fields = config(Reading("x", senml, 80.0, 0))
    assert fields["unit_of_measurement"] == symbol
    assert fields["device_class"] == device_class
    # The template is Jinja's; what these say is Python's as well, but for the filter.
    expression = fields["value_template"].strip("{} ").replace("value_json.value", "80.0")
    value, _, rounding = expression.partition(" | ")
    assert rounding in ("", "round(6)")
    assert round(eval(value), 6) == shown


def test_an_unknown_unit_is_shown_as_it_is():
    assert unit_of("furlong").symbol == "furlong"
    assert unit_of("fur\x1b[0mlong" * 10).symbol.isprintable()
    assert unit_of("\0").symbol is None
    _, fields = config(Reading("x", None, 1, 0))
    assert "unit_of_measurement" not in fields and "device_class" not in fields
    assert fields["state_class"] == "measurement"


def test_a_sensor():
    topic, fields = config(Reading("lamp-1f3a9c:temperature", "Cel", 21.5, 0), expire_s=600)
    object_id = topic.split("/")[3]
    assert topic == f"homeassistant/sensor/uwish_{UID}/{object_id}/config"
    assert fields == {
        "name": "temperature",
        "unique_id": f"uwish_{UID}_{object_id}",
        "state_topic": f"uwish/device/{UID}/reading/lamp-1f3a9c:temperature",
        "value_template": "{{ value_json.value }}",
        "unit_of_measurement": "°C",
        "device_class": "temperature",
        "state_class": "measurement",
        "expire_after": 600,
        "qos": 1,
        "availability": [
            {"topic": f"uwish/gateway/{'00' * 32}/presence"},
            {"topic": f"uwish/device/{UID}/presence"},
        ],
        "availability_mode": "all",
        "device": {
            "identifiers": [f"uwish_{UID}"],
            "name": "lamp",
            "model": "app",
            "manufacturer": "uwish",
        },
        "origin": fields["origin"],
    }


def test_a_boolean_and_a_text():
    topic, fields = config(Reading("door", None, True, 0))
    assert "/binary_sensor/" in topic
    assert fields["value_template"] == "{{ 'ON' if value_json.value else 'OFF' }}"
    assert "state_class" not in fields and "unit_of_measurement" not in fields
    topic, fields = config(Reading("mode", None, "eco", 0))
    assert "/sensor/" in topic
    assert "state_class" not in fields and "expire_after" not in fields


def test_devices_that_sleep_need_not_be_online():
    _, fields = config(Reading("x", None, 1, 0), presence=False)
    assert [one["topic"] for one in fields["availability"]] == [TOPICS.gateway_presence]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("temperature", "temperature"),
        ("lamp-1:temperature", "temperature"),
        ("urn:dev:mac:0024befffe804ff1:", "0024befffe804ff1"),
        ("house/roof/wind", "wind"),
        (":/", "reading"),
        ("a\x1b[2J", "a�[2J"),
        ("x" * 500, "x" * 100),
    ],
)
def test_names_for_people(name, shown):
    assert label(name) == shown


class Said:
    """What Messages makes of frames, one after the other."""

    def __init__(self):
        self.warnings = []
        self.messages = Messages(TOPICS, Discovery(TOPICS), self.warnings.append)

    def of(self, *records, source=LAMP):
        made = self.messages.of(frame(cbor2.dumps(list(records)), of=source))
        return [(m.topic.split("/")[-1], m.payload and json.loads(m.payload)) for m in made]


def kinds(said):
    return [kind for kind, _ in said]


def test_a_reading_is_announced_once_before_it_is_published():
    said = Said()
    assert kinds(said.of({0: "t", 1: "Cel", 2: 1}, {0: "h", 1: "%RH", 2: 2})) == [
        *("config", "t", "config", "h")
    ]
    assert kinds(said.of({0: "t", 1: "Cel", 2: 1})) == ["t"]


def test_another_unit_or_alias_is_announced_anew():
    said = Said()
    said.of({0: "t", 1: "Cel", 2: 1})
    (_, fields), _ = said.of({0: "t", 1: "K", 2: 1})
    assert fields["unit_of_measurement"] == "K"
    renamed = device(7, "bedside lamp")
    (_, fields), _ = said.of({0: "t", 1: "K", 2: 1}, source=renamed)
    assert fields["device"]["name"] == "bedside lamp"
    assert len(list(said.messages.configs())) == 1


def test_a_number_that_becomes_a_boolean_takes_its_sensor_away():
    said = Said()
    said.of({0: "t", 2: 1})
    (_, gone), (_, fields), _ = said.of({0: "t", 4: True})
    assert gone == ""
    assert fields["value_template"].startswith("{{ 'ON'")


def test_bytes_and_sums_are_published_but_not_announced():
    said = Said()
    assert said.of({0: "d", 8: b"\x00\xff"})[0][1]["value"] == "00ff"
    ((_, fields),) = said.of({0: "e", 1: "W", 5: 7.5})
    assert (fields["value"], fields["sum"]) == (None, 7.5)


def test_a_device_that_makes_up_names_is_stopped():
    said = Said()
    for number in range(1001):
        made = said.of({0: f"n{number}", 2: 1})
    assert made == [] and len(said.warnings) == 1
    assert kinds(said.of({0: "n1", 2: 5})) == ["n1"]
    assert len(said.messages.forget(LAMP.ruid)) == 2000
    assert said.messages.forget(LAMP.ruid) == []


@pytest.mark.parametrize("change", ["forget", "moved"])
def test_what_goes_while_it_is_announced_again_is_left_out(change):
    said = Said()
    said.of({0: "a", 2: 1}, {0: "b", 2: 1})
    configs = said.messages.configs()
    next(configs)
    getattr(said.messages, change)(LAMP.ruid)
    assert list(configs) == []
