"""Brokers that are slow, old, or none at all."""

import socket

import pytest
from mqtt_broker import HOST, once, until
from mqtt_proxy import OldBroker
from mqtt_world import Publisher, numbers

from uwish_host.mqtt import line, part, pump
from uwish_host.mqtt.position import Position


def test_a_broker_that_acknowledges_nothing_is_left(tmp_path, broker, wire, make_ear, monkeypatch):
    monkeypatch.setattr(pump, "_STALLED_S", 0.3)
    monkeypatch.setattr(line, "_CLOSING_S", 0.1)
    monkeypatch.setattr(line, "_ANSWER_S", 0.5)
    with Publisher(tmp_path / "gateway", wire.url) as publisher:
        lamp = publisher.device()
        until(publisher.connected)
        broker.freeze()
        publisher.say(lamp, *numbers(0, 300))
        until(lambda: publisher.outages)
        assert "acknowledges nothing" in publisher.outages[0]
        broker.kill()
        wire.cut()
        broker.start()
        ear = make_ear(broker.port, "#")
        wire.mend()
        until(lambda: ear.latest("/reading/n") == 299)
        assert once(ear.values()) == list(range(300))


@pytest.mark.parametrize("rude", [False, True])
def test_a_broker_that_knows_no_mqtt_5(tmp_path, broker, ear, rude, monkeypatch):
    monkeypatch.setattr(line, "_ANSWER_S", 0.5)
    old = OldBroker(broker.port, rude)
    try:
        with Publisher(tmp_path / "gateway", old.url) as publisher:
            lamp = publisher.device()
            publisher.say(lamp, *numbers(0, 20))
            until(lambda: ear.latest("/reading/n") == 19)
            assert old.versions == [5, 4]
            old.cut()
            until(lambda: len(publisher.outages) == 2)
            old.mend()
            publisher.say(lamp, *numbers(20, 30))
            until(lambda: ear.latest("/reading/n") == 29)
            assert set(old.versions[1:]) == {4}
    finally:
        old.cut()


def test_what_is_no_broker_at_all(tmp_path, monkeypatch):
    monkeypatch.setattr(line, "_ANSWER_S", 0.2)
    with socket.socket() as mute:
        mute.bind((HOST, 0))
        mute.listen()
        url = f"mqtt://{HOST}:{mute.getsockname()[1]}"
        with Publisher(tmp_path / "gateway", url) as publisher:
            until(lambda: publisher.outages)
            assert publisher.connected() == 0


@pytest.mark.parametrize("mute", [False, True])
def test_the_gateway_ends_whatever_the_broker_does(tmp_path, broker, mute, monkeypatch):
    """It is frozen, or it takes our connection and says nothing."""
    for module, name in ((part, "_CLOSING_S"), (line, "_CLOSING_S"), (line, "_ANSWER_S")):
        monkeypatch.setattr(module, name, 0.2)
    with Publisher(tmp_path / "gateway", broker.url) as publisher:
        if mute:
            broker.freeze()
        else:
            until(publisher.connected)
            broker.freeze()
            publisher.say(publisher.device(), *numbers(0, 50))
    assert (
        Position(tmp_path / "gateway" / "mqtt.json", f"{HOST}:{broker.port}/uwish").published == 0
    )
