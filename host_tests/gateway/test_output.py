"""Telling events never waits for their reader."""

import contextlib
import json
import os
import threading

import pytest

from uwish_host import output
from uwish_host.output import Output, Reporter


@pytest.fixture
def pipe():
    """(readable, writable) file descriptors."""
    readable, writable = os.pipe()
    yield readable, writable
    os.close(readable)
    os.close(writable)


def nobody_gone():
    raise AssertionError("somebody reads")


def read_all(descriptor, size):
    found = b""
    while len(found) < size:
        found += os.read(descriptor, 65536)
    return found


def test_what_is_written_comes_out_whole_and_in_order(pipe):
    stream = Output(pipe[1], nobody_gone)
    pieces = [f"{i} grün \ud800\n" for i in range(20000)]
    expected = "".join(pieces).replace("\ud800", "\\ud800").encode()
    for piece in pieces:
        assert stream.write(piece) == len(piece)
    assert read_all(pipe[0], len(expected)) == expected
    assert not stream.isatty()
    assert stream.fileno() == pipe[1]


def test_what_waits_at_the_end_is_written(pipe):
    stream = Output(pipe[1], nobody_gone)
    stream.write("last words")
    stream.finish()
    assert os.read(pipe[0], 100) == b"last words"


def test_a_reader_that_stops_costs_events_and_is_told_how_many(pipe, monkeypatch):
    monkeypatch.setattr(output, "_LIMIT", 100000)
    stream = Output(pipe[1], nobody_gone)

    def write(event, fields):
        stream.write(json.dumps([event, fields]) + "\n")

    tell = Reporter(write, stream)
    told = 0
    while stream.has_room():
        tell("event", {"number": told})
        told += 1
    for _ in range(7):
        tell("left out", {})
    # A little room is not enough, or there would be a line about every second one.
    seen = os.read(pipe[0], 1)
    tell("left out", {})
    os.set_blocking(pipe[0], False)  # all may have been read before the writer counts it
    while not stream.has_room():
        with contextlib.suppress(BlockingIOError):
            seen += os.read(pipe[0], 65536)
    os.set_blocking(pipe[0], True)
    tell("last", {})
    while not seen.endswith(b'["last", {}]\n'):
        seen += os.read(pipe[0], 65536)
    lines = [json.loads(line) for line in seen.splitlines()]
    assert lines[:-2] == [["event", {"number": number}] for number in range(told)]
    assert lines[-2:] == [["lost", {"count": 8}], ["last", {}]]


class Lines:
    """Somebody who reads so many frames a second; `told` is what he was told."""

    def __init__(self, per_s=None):
        self.told = []
        if per_s is not None:
            self.per_s = per_s

    def __call__(self, event, fields):
        self.told.append((event, fields.get("count")))


class AlwaysRoom:
    def has_room(self):
        return True


def test_a_flood_of_frames_is_told_in_part_and_everything_else_whole():
    now = [0.0]
    lines = Lines(per_s=2)
    tell = Reporter(lines, AlwaysRoom(), clock=lambda: now[0])
    for _ in range(100):
        tell("frame", {})
    tell("closed", {})
    assert lines.told == [("frame", None)] * 20 + [("lost", 80), ("closed", None)]
    lines.told.clear()
    for _ in range(32):
        now[0] += 0.125
        tell("frame", {})
        tell("offline", {})
        tell("closed", {})
    # In four seconds, in which it is no news again that there are more.
    assert lines.told.count(("frame", None)) + lines.told.count(("offline", None)) == 8
    assert lines.told.count(("closed", None)) == 32
    assert [event for event, _ in lines.told if event == "lost"] == []
    now[0] += 5
    tell("frame", {})
    assert lines.told[-2:] == [("lost", 56), ("frame", None)]


def test_a_frame_of_many_readings_is_many_lines():
    lines = Lines(per_s=2)
    tell = Reporter(lines, AlwaysRoom(), clock=lambda: 0.0)
    for readings in (12, 9, 8, 1):
        tell("frame", {"format": "senml", "value": [{}] * readings, "count": readings})
    assert lines.told == [("frame", 12), ("lost", 1), ("frame", 8)]
    lines.told.clear()
    tell = Reporter(lines, AlwaysRoom(), clock=lambda: 0.0)
    # The largest of all can be seen all the same.
    tell("frame", {"format": "senml", "value": [{}] * 2000, "count": 2000})
    assert lines.told == [("frame", 2000)]


def test_a_program_is_told_all_frames():
    lines = Lines()
    tell = Reporter(lines, AlwaysRoom())
    for _ in range(5000):
        tell("frame", {})
    assert lines.told == [("frame", None)] * 5000


def test_the_end_does_not_wait_for_ever(pipe, monkeypatch):
    monkeypatch.setattr(output, "_LAST_WORDS_S", 0.01)
    stream = Output(pipe[1], nobody_gone)
    stream.write("x" * 1000000)
    stream.finish()
    read_all(pipe[0], 1000000)


def test_a_broken_pipe_is_told_once_and_costs_nothing():
    readable, writable = os.pipe()
    os.close(readable)
    gone = threading.Semaphore(0)
    stream = Output(writable, gone.release)
    stream.write("x")
    assert gone.acquire(timeout=30)
    stream.write("x" * 100000)
    stream.finish()
    assert not gone.acquire(blocking=False)
    assert stream._waiting == 0
    os.close(writable)
