"""Names come from devices, which nobody can trust: whatever they are, topics are valid, and no two
names share one."""

import re

import pytest

from uwish_host.mqtt.topics import Topics, entity_id, escape

UID = "ab" * 32
NASTY = [
    "+",
    "#",
    "$SYS",
    "a/b",
    "a%2Fb",
    "a+b",
    "a b",
    "a\0b",
    "a\nb",
    "\x7f\x80\x9f",
    "\u202eabc",
    "grün",
    "gru\u0308n",
    "😀",
    "\ud800",
    "\uffff",
    "~",
    "a~b",
    "%7E",
    "..",
    "x" * 151,
    "x" * 152,
    "x" * 150 + "/",
    "x" * 100_000,
    "é" * 100,
    "é" * 100 + "a",
    "/" * 300,
    "/" * 301,
]


@pytest.fixture
def topics():
    return Topics("uwish", bytes(32), "homeassistant")


def test_usual_names_stand_as_they_are():
    for name in ("temperature", "greenhouse-1f3a9c:temperature", "urn:dev:ow:10e2073a:temp_1.5"):
        assert escape(name) == name


def test_all_names_are_one_valid_level_each():
    levels = [escape(name) for name in NASTY]
    for level in levels:
        # Printable ASCII without + # / $: allowed in any topic, and by any tool that shows it.
        assert re.fullmatch(r"[A-Za-z0-9:._~%-]{1,150}", level), level
    assert len(set(levels)) == len(NASTY)


def test_entity_ids_are_what_home_assistant_allows():
    ids = [entity_id(name) for name in NASTY]
    for text in ids:
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,80}", text), text
    assert len(set(ids)) == len(NASTY)
    assert entity_id("lamp:temperature").startswith("lamp_temperature_")


def test_what_a_topic_is_about(topics):
    assert topics.device_of(topics.info(UID)) == (UID, "info")
    assert topics.device_of(f"uwish/device/{UID}/send") == (UID, "send")
    assert topics.device_of(topics.reading(UID, "a/b")) == (UID, "reading/a%2Fb")
    assert topics.device_of(topics.config("sensor", UID, "a/b")) == (UID, "config")
    for other in (
        "uwish/device/lamp/send",
        f"uwish/device/{UID.upper()}/send",
        f"uwish/device/{UID}0/send",
        f"uwish/gateway/{UID}/info",
        "homeassistant/status",
        f"homeassistant/sensor/other_{UID}/x/config",
        f"homeassistant/sensor/uwish_{UID}/config",
        "",
    ):
        assert topics.device_of(other) == (None, None), other


def test_without_discovery_home_assistants_topics_are_nobodys():
    topics = Topics("uwish", bytes(32))
    assert topics.device_of(f"None/sensor/uwish_{UID}/x/config") == (None, None)
    assert topics.birth is None
    assert len(topics.kept_of(UID)) == 1


def test_answers_go_nowhere_that_means_something(topics):
    assert topics.may_answer_at("answers/to/me")
    assert topics.may_answer_at("uwishes/me")
    for topic in (
        "",
        "$SYS/x",
        "a/+",
        "#",
        "a\0b",
        "x" * 1001,
        f"uwish/device/{UID}/send",
        "uwish/gateway/x",
        "homeassistant/status",
    ):
        assert not topics.may_answer_at(topic), topic
