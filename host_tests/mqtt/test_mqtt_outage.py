"""The broker is away and comes back: nothing is lost, and the user is told once."""

import io

import cbor2
import pytest
from mqtt_broker import HOST, free_port, once, until
from mqtt_world import Publisher, numbers

from uwish_host.mqtt import backlog as backlog_module
from uwish_host.show import Show


def steadily(values):
    """What came again came in order, too: every value but the repeated ones is new."""
    highest = -1
    for before, value in zip([-1, *values], values, strict=False):
        assert value == before + 1 or value <= highest, (before, value)
        highest = max(highest, value)
    return True


def test_no_broker_at_the_start(tmp_path, make_broker, make_ear):
    """The gateway runs all the same, stores, and publishes when there is one."""
    port = free_port()
    with Publisher(tmp_path / "gateway", f"mqtt://{HOST}:{port}") as publisher:
        until(lambda: publisher.outages)
        lamp = publisher.device()
        publisher.say(lamp, *numbers(0, 100))
        assert f"{HOST}:{port}: Connection refused; " in publisher.outages[0]
        broker = make_broker(port=port)
        until(publisher.connected)
        until(lambda: len(publisher.sink) == 0)
        ear = make_ear(broker.port, "#")
        publisher.say(lamp, *numbers(100, 110))
        until(lambda: ear.latest("/reading/n") == 109)
        assert len(publisher.outages) == 1
        assert publisher.running.named("mqtt")[0]["waiting"] == 100


@pytest.mark.parametrize("stored", [True, False])
def test_what_came_meanwhile_is_published_in_order(tmp_path, wire, ear, stored, monkeypatch):
    monkeypatch.setattr(backlog_module, "_IN_MEMORY", 50)
    options = {} if stored else {"storage": None}
    with Publisher(tmp_path / "gateway", wire.url, **options) as publisher:
        lamp = publisher.device()
        until(publisher.connected)
        publisher.say(lamp, *numbers(0, 100))
        until(lambda: ear.latest("/reading/n") == 99)
        for round in (1, 2):
            wire.cut()
            publisher.say(lamp, *numbers(round * 200 - 100, round * 200))
            until(lambda round=round: len(publisher.outages) == round)
            publisher.say(lamp, *numbers(round * 200, round * 200 + 100))
            wire.mend()
            until(lambda last=round * 200 + 99: ear.latest("/reading/n") == last)
        assert once(ear.values()) == list(range(500))
        assert steadily(ear.values())
        assert publisher.sink.dropped == 0
        assert len(publisher.outages) == 2


def test_what_waits_of_a_device_that_was_removed_is_not_published(tmp_path, wire, ear):
    with Publisher(tmp_path / "gateway", wire.url) as publisher:
        lamp, fan = publisher.device("lamp"), publisher.device("fan")
        until(publisher.connected)
        wire.cut()
        until(lambda: publisher.outages)
        publisher.say(fan, *numbers(0, 10))
        publisher.say(lamp, *numbers(0, 10))
        publisher.remove(fan)
        wire.mend()
        until(lambda: len(publisher.sink) == 0)
        until(lambda: ear.latest("/reading/n") == 9)
        assert not ear.under(f"{fan.ruid.hex()}/reading")


def test_cut_again_and_again_while_it_catches_up(tmp_path, wire, ear):
    """In the middle of frames, too: none is done with before all its readings are."""
    packs = [cbor2.dumps([{0: name, 2: i} for name in ("a", "b", "n")]) for i in range(500)]
    with Publisher(tmp_path / "gateway", wire.url) as publisher:
        lamp = publisher.device()
        until(publisher.connected)
        publisher.say(lamp, *packs)
        for goal in (200, 500, 900):
            until(lambda goal=goal: len(ear.messages) > goal)
            wire.cut()
            wire.mend()
        until(lambda: ear.latest("/reading/n") == 499)
        for name in ("a", "b", "n"):
            assert once(ear.values(f"/reading/{name}")) == list(range(500))
            assert steadily(ear.values(f"/reading/{name}"))


def test_a_broker_that_was_killed_and_forgot_everything(tmp_path, broker, wire, make_ear):
    with Publisher(tmp_path / "gateway", wire.url) as publisher:
        lamp = publisher.device()
        until(publisher.connected)
        publisher.presence(lamp, True)
        publisher.say(lamp, *numbers(0, 10))
        until(lambda: len(publisher.sink) == 0)
        broker.kill()
        publisher.say(lamp, *numbers(10, 500))
        until(lambda: publisher.outages)
        wire.cut()
        broker.start()
        ear = make_ear(broker.port, "#")
        wire.mend()
        until(lambda: ear.latest("/reading/n") == 499)
        assert once(ear.values()) in (list(range(first, 500)) for first in range(11))
        # Whatever it has to know, it was told again.
        uid = lamp.ruid.hex()
        assert ear.at(f"uwish/device/{uid}/presence") == ["online"]
        assert ear.at(f"uwish/gateway/{publisher.hid}/presence") == ["online"]
        assert len(ear.under("/config")) == 1


@pytest.mark.parametrize("stored", [True, False])
def test_the_backlog_is_bounded_and_what_is_lost_is_told(tmp_path, wire, ear, stored, monkeypatch):
    monkeypatch.setattr(backlog_module, "_IN_MEMORY", 20)
    options = {"mqtt_backlog": 200} if stored else {"mqtt_backlog": 200, "storage": None}
    with Publisher(tmp_path / "gateway", wire.url, **options) as publisher:
        lamp = publisher.device()
        until(publisher.connected)
        wire.cut()
        until(lambda: publisher.outages)
        publisher.say(lamp, *numbers(0, 1000))
        # All of it is in the database: those left out are the oldest ones.
        until(lambda: not stored or len(_stored(publisher)) == 1000)
        wire.mend()
        until(lambda: ear.latest("/reading/n") == 999)
        assert ear.values() == list(range(800, 1000))
        assert publisher.sink.dropped == 800
    assert [text for text in publisher.warnings if "800 frames are not published" in text]


def _stored(publisher):
    from storage_world import rows

    return rows(publisher.running.state.readings_path, "SELECT id FROM frame")


def test_a_gateway_that_restarts_goes_on_where_it_was(tmp_path, wire, ear):
    directory = tmp_path / "gateway"
    with Publisher(directory, wire.url) as publisher:
        lamp = publisher.device()
        until(publisher.connected)
        publisher.say(lamp, *numbers(0, 50))
        until(lambda: len(publisher.sink) == 0)
        wire.cut()
        until(lambda: publisher.outages)
        publisher.say(lamp, *numbers(50, 120))
    with Publisher(directory, wire.url) as publisher:
        publisher.clock += 1000
        publisher.say(lamp, *numbers(120, 150))
        until(lambda: publisher.outages)
        assert len(publisher.sink) == 100
        wire.mend()
        until(lambda: ear.latest("/reading/n") == 149)
        assert ear.values() == list(range(150))


def test_a_new_broker_is_not_told_of_the_past(tmp_path, broker, ear, make_broker, make_ear):
    directory = tmp_path / "gateway"
    with Publisher(directory, broker.url) as publisher:
        lamp = publisher.device()
        publisher.say(lamp, *numbers(0, 50))
        until(lambda: ear.latest("/reading/n") == 49)
    other = make_broker()
    second = make_ear(other.port, "#")
    with Publisher(directory, other.url) as publisher:
        publisher.clock += 1000
        publisher.say(lamp, *numbers(50, 60))
        until(lambda: second.latest("/reading/n") == 59)
        assert second.values() == list(range(50, 60))


def test_people_are_shown_when_the_broker_is_there():
    stream = io.StringIO()
    Show(stream)("mqtt", {"broker": "house:1883\x1b[2J", "waiting": 7})
    assert "connected to house:1883\\x1b[2J, 7 frames wait" in stream.getvalue()
