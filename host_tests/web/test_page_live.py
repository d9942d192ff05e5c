"""Server-sent events: what changed, at a bounded cost, and how they end."""

import socket
from http.client import IncompleteRead

import cbor2
import pytest
from page_world import GIVE_UP_S, device, uid

from uwish_host.sink import Frame
from uwish_host.web import live

FLEET = "/api/fleet/events"
DEVICE = f"/api/device/{uid()}/events"


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(live, "INTERVAL_S", 0.01)


@pytest.fixture
def lamp(make_world):
    world = make_world()
    world.came(device())
    return world


@pytest.fixture
def listen(lamp):
    streams = []

    def start(path):
        streams.append(lamp.stream(path))
        return streams[-1]

    yield start
    for stream in streams:
        stream.close()


def celsius(value):
    return cbor2.dumps([{0: "t", 1: "Cel", 2: value}])


def test_a_stream_begins_with_everything_and_goes_on_with_what_changed(lamp, listen):
    lamp.came(device(1))
    stream = listen(FLEET)
    assert stream.response.getheader("Content-Type").startswith("text/event-stream")
    assert stream.response.getheader("Cache-Control") == "no-store"
    assert stream.line() == f"retry: {live._RETRY_MS}"
    first = stream.next("fleet")
    assert [one["alias"] for one in first["list"]] == ["lamp 0", "lamp 1"]
    assert (first["online"], first["devices"]) == (2, 2)
    lamp.sent(device(1), celsius(21.5))
    second = stream.next("fleet")
    assert [one["alias"] for one in second["list"]] == ["lamp 1"]
    assert second["list"][0]["readings"][0]["text"] == "21.5\N{NO-BREAK SPACE}°C"
    assert (second["run"], second["layout"]) == (first["run"], first["layout"])
    lamp.came(device(2))
    assert stream.next("fleet")["layout"] != first["layout"]


def test_only_what_the_page_shows_is_told(lamp, listen):
    lamp.came(device(1))
    stream = listen(f"{FLEET}?q=lamp+1")
    assert [one["alias"] for one in stream.next("fleet")["list"]] == ["lamp 1"]
    lamp.sent(device(0), b"x")
    lamp.sent(device(1), b"x")
    told = stream.next("fleet")["list"] or stream.next("fleet")["list"]
    assert [one["alias"] for one in told] == ["lamp 1"]
    assert lamp.ask(f"{FLEET}?page=0").status == 400


def test_one_device(lamp, listen):
    stream = listen(DEVICE)
    assert stream.next("device")["readings"] == []
    lamp.sent(device(), celsius(20))
    assert stream.next("device")["readings"][0]["value"] == 20
    lamp.went(device(), "silent")
    fields = stream.next("device")
    assert (fields["online"], fields["why"]) == (False, "fell silent")


def test_many_frames_are_one_event(lamp, listen):
    stream = listen(DEVICE)
    stream.next("device")

    def burst():
        for n in range(500):
            lamp.tell(Frame(device(), celsius(n), lamp.now))

    lamp.call(burst)
    fields = stream.next("device")
    assert (fields["frames"], fields["readings"][0]["value"]) == (500, 499)


def test_a_quiet_stream_gives_signs_of_life(lamp, listen, monkeypatch):
    monkeypatch.setattr(live, "_BEAT_S", 0.05)
    stream = listen(DEVICE)
    stream.next("device")
    assert stream.line() == ""
    assert stream.line() == ": still here"


def test_head_does_not_wait_for_events(lamp):
    answer = lamp.ask(FLEET, "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Type"].startswith("text/event-stream")


def test_there_are_not_too_many_listeners(lamp, listen, monkeypatch):
    monkeypatch.setattr(live, "MAX_CLIENTS", 2)
    first, second = listen(FLEET), listen(DEVICE)
    first.next("fleet")
    second.next("device")
    answer = lamp.ask(FLEET)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
    first.close()
    # There is room again as soon as its leaving was noticed.
    while (stream := listen(FLEET)).response.status == 503:
        stream.close()
    assert stream.next("fleet")["online"] == 1


def test_who_does_not_read_is_hung_up_on(lamp, monkeypatch):
    monkeypatch.setattr(live, "_STUCK_S", 0.2)
    for n in range(100):
        lamp.came(device(n, alias="x" * 80))
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.settimeout(GIVE_UP_S)
        sock.connect(("127.0.0.1", lamp.port))
        sock.sendall(f"GET {FLEET} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        taken = 0
        closed = False
        while not lamp.call(lambda: lamp.door._runner.server.connections):
            pass
        # Until it is gone, everything changes all the time.
        while lamp.call(lambda: lamp.door._runner.server.connections):
            for n in range(100):
                lamp.sent(device(n, alias="x" * 80), b"x")
        while not closed:
            try:
                data = sock.recv(65536)
                taken += len(data)
                closed = not data
            except ConnectionResetError:
                closed = True
    # What was under way is all it ever cost.
    assert taken < 1 << 20


def test_a_device_that_is_no_contact_any_more_ends_its_stream(lamp, listen):
    stream = listen(DEVICE)
    stream.next("device")
    lamp.call(lamp.fleet._rows.clear)
    with pytest.raises((IncompleteRead, ConnectionResetError)):
        stream.response.read()
    assert lamp.ask(DEVICE).status == 404


def test_an_error_in_a_stream_ends_it_and_is_told(lamp, listen, monkeypatch):
    stream = listen(FLEET)
    stream.next("fleet")
    monkeypatch.setattr(lamp.fleet, "rows", lambda: 1 // 0)
    with pytest.raises((IncompleteRead, ConnectionResetError)):
        stream.response.read()
    assert lamp.warnings == ["page: ZeroDivisionError: integer division or modulo by zero"]
