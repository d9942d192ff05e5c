"""Events as lines: JSON for programs, text for people, and nothing that steers a terminal."""

import io
import json
import time

import pytest

from uwish import reasons
from uwish_host.events import REASON_NAMES, REASON_TEXTS, JsonLines
from uwish_host.names import printable, service_name
from uwish_host.rate_limit import RateLimit
from uwish_host.show import Show

PEER = {
    "alias": "lamp",
    "name": "greenhouse",
    "protocol": "sensor",
    "rhid": "00ab" * 16,
}
WHO = {"address": "192.0.2.1:5", "ruid": "cd" * 32, "alias": "lamp"}
FRAME = {"peer": PEER, "size": 3, "data": "010203", "format": "bytes", "value": None}
READING = {"name": "temperature", "value": 23.15, "unit": "Cel", "time": 1700000000}
EVENTS = {
    "listening": {
        "address": "127.0.0.1:1",
        "alias": "gateway",
        "uid": "aa" * 32,
        "name": "gateway",
        "protocols": ["sensor"],
        "contacts": 0,
    },
    "page": {"url": "http://127.0.0.1:8080/"},
    "announcing": {"addresses": ["192.0.2.1"], "name": "uwish-aaaaaaaa.local"},
    "connected": {**WHO, "handshake_ms": 12},
    "online": {"peer": PEER},
    "offline": {"peer": PEER},
    "frame": FRAME,
    "sent": {**FRAME, "status": 200},
    "closed": {**WHO, "text": "gone", "received": 3, "sent": 1, "dropped": 2},
    "refused": {**WHO, "phase": "hello", "text": "unknown", "untold": 4},
    "contacts": {"count": 2},
    "warning": {"text": "look out"},
    "lost": {"count": 3},
    "stopped": {"totals": {"handshakes": 1, "received": 3}},
}


def shown(event, fields, colours=None):
    stream = io.StringIO()
    Show(stream, colours, clock=lambda: time.gmtime(0))(event, fields)
    return stream.getvalue()


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_is_whole_lines_without_colours_in_a_pipe(event):
    lines = shown(event, EVENTS[event]).splitlines()
    assert lines
    for line in lines:
        assert line.startswith(f"00:00:00  {event}")
        assert line.isprintable()


@pytest.mark.parametrize("event", EVENTS)
def test_on_a_terminal_there_are_colours(event):
    assert "\x1b[" in shown(event, EVENTS[event], colours=True)


@pytest.mark.parametrize(
    ("event", "fields", "words"),
    [
        ("contacts", {"count": 0}, "no device may connect: uwish device add"),
        ("contacts", {"count": 1}, "1 device may connect"),
        ("contacts", {"count": 2}, "2 devices may connect"),
        ("stopping", {"connections": 1}, "telling 1 connection"),
        ("stopping", {"connections": 0}, "telling 0 connections"),
        ("mqtt", {"broker": "b:1883", "waiting": 1}, "connected to b:1883, 1 frame waits"),
    ],
)
def test_one_is_not_many(event, fields, words):
    assert shown(event, fields) == f"00:00:00  {event:<9}  {words}\n"


def test_a_reading_is_a_line_of_its_own():
    value = [READING, {**READING, "name": "door", "value": False, "unit": None}]
    lines = shown("frame", {**FRAME, "format": "senml", "value": value}).splitlines()
    assert lines[0].startswith("00:00:00  frame      lamp  temperature  23.15 Cel  2023-11-1")
    assert lines[1].startswith("00:00:00  frame      lamp  door         false  2023-11-1")


def test_other_frames_are_one_line():
    assert "bytes (3 bytes) 010203" in shown("frame", FRAME)
    assert "text (3 bytes) hey" in shown("frame", {**FRAME, "format": "text", "value": "hey"})
    assert "200  lamp" in shown("sent", {**FRAME, "status": 200})
    long = shown("frame", {**FRAME, "data": "00" * 4000})
    assert len(long) < 500
    assert long.endswith("…\n")


def test_no_text_of_a_device_reaches_the_terminal_raw():
    evil = "\x1b]0;x\x07\x9b31m\r\n\u202e[red]"
    peer = {**PEER, "alias": evil, "name": evil, "protocol": evil}
    reading = {**READING, "name": evil, "unit": evil, "value": evil}
    for fields in (
        {**FRAME, "peer": peer, "format": "senml", "value": [reading]},
        {**FRAME, "peer": peer, "format": "text", "value": evil},
        {**FRAME, "peer": peer, "format": "cbor", "value": {evil: [evil]}},
    ):
        (line,) = shown("frame", fields).splitlines()
        assert line.isprintable()
        assert "[red]" in line
    assert shown("online", {"peer": peer}).rstrip("\n").isprintable()


def test_json_lines():
    stream = io.StringIO()
    tell = JsonLines(stream)
    tell("frame", {**FRAME, "value": "grün\n"})
    tell("contacts", {"count": 1})
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first["event"] == "frame"
    assert first["value"] == "grün\n"
    assert abs(first["time"] - time.time()) < 60
    assert second["count"] == 1


def test_every_reason_has_a_name_and_a_text():
    assert sorted(REASON_NAMES) == list(range(reasons.COUNT))
    assert REASON_NAMES[reasons.UNKNOWN_CONTACT] == "unknown_contact"
    assert all(REASON_TEXTS[1:])


def test_the_rate_limit():
    now = [0.0]
    limit = RateLimit(burst=3, per_s=2, clock=lambda: now[0])
    assert [limit.passes() for _ in range(5)] == [True] * 3 + [False] * 2
    now[0] = 0.5
    assert limit.passes()
    assert not limit.passes()
    assert limit.take_suppressed() == 3
    assert limit.take_suppressed() == 0
    now[0] = 100.0
    assert [limit.passes() for _ in range(4)] == [True] * 3 + [False]


def test_service_names():
    assert service_name(b"greenhouse".ljust(32, b"\0")) == "greenhouse"
    assert service_name(bytes(32)) == "000000"
    assert service_name(b"\xff" * 32) == "ffffff"
    assert service_name(b"a\x1bb".ljust(32, b"\0")) == "611b62"
    assert printable("a\x1bb") == "a\\x1bb"
