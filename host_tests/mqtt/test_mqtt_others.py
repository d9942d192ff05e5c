"""Several gateways at one broker: who says what of a device that moves, and who answers for it."""

import json

import pytest
from mqtt_broker import until
from mqtt_world import Publisher, numbers
from storage_world import device, presence

from uwish.identity import Identity
from uwish_host.contacts_file import Contact
from uwish_host.mqtt import others, sink
from uwish_host.mqtt.discovery import Discovery
from uwish_host.mqtt.messages import Messages
from uwish_host.mqtt.others import Others
from uwish_host.mqtt.roster import Roster
from uwish_host.mqtt.topics import Topics

LAMP = device(1, "lamp")
UID = LAMP.ruid.hex()
HID = "0b" * 32
LOWER, HIGHER = "0a" * 32, "0c" * 32


@pytest.fixture
def contacts():
    return {LAMP.ruid: Contact(bytes(32), "lamp")}


@pytest.fixture
def roster(contacts):
    identity = Identity.create("gateway")
    identity.hid = bytes.fromhex(HID)
    topics = Topics("uwish", identity.hid, "homeassistant")
    return Roster(topics, identity, lambda: contacts, Messages(topics, Discovery(topics), None))


@pytest.fixture
def no_grace(monkeypatch):
    monkeypatch.setattr(others, "GRACE_S", 0.0)


def info(online, gateway):
    return json.dumps({"online": online, "gateway": gateway, "alias": "lamp", "name": "app"})


def take(roster):
    return {message.topic.split("/")[-1]: message.payload for message in roster.take(100)}


def test_a_late_offline_is_not_said(roster):
    """The device has moved; its old connection ends 40 s later."""
    roster.presence(presence(True, 5.0, LAMP))
    take(roster)
    roster.heard(UID, info(True, HIGHER))
    assert roster.is_elsewhere(LAMP.ruid)
    roster.presence(presence(False, 45.0, LAMP, "silent"))
    assert take(roster) == {}
    # Nor is it said to a broker that was away.
    roster.connected()
    assert take(roster) == {}


def test_it_comes_back_and_goes(roster):
    roster.heard(UID, info(True, HIGHER))
    roster.presence(presence(True, 50.0, LAMP))
    assert take(roster)["presence"] == "online"
    roster.heard(UID, info(True, HID))  # our own words
    roster.presence(presence(False, 60.0, LAMP, "lost"))
    assert take(roster)["presence"] == "offline"


def test_devices_of_a_gateway_that_is_gone(roster, contacts, no_grace):
    roster.heard_gateway(HIGHER, b"online")
    roster.heard(UID, info(True, HIGHER))
    assert not roster.bury()
    roster.heard_gateway(HIGHER, b"offline")
    assert not roster.is_elsewhere(LAMP.ruid)
    assert roster.bury()
    said = take(roster)
    assert said["presence"] == "offline"
    fields = json.loads(said["info"])
    assert (fields["gateway"], fields["reason"]) == (HID, "gateway_down")
    assert (fields["name"], fields["protocol"], fields["alias"]) == ("app", None, "lamp")
    assert not roster.bury() and take(roster) == {}


def test_who_came_back_is_not_buried(roster, contacts, no_grace):
    roster.heard(UID, info(True, HIGHER))
    roster.presence(presence(True, 5.0, LAMP))
    take(roster)
    roster.heard_gateway(HIGHER, b"offline")
    roster.bury()
    assert take(roster) == {}
    roster.heard("0d" * 32, info(True, HIGHER))  # no contact of ours
    roster.bury()
    assert take(roster) == {}


def test_not_before_the_grace_is_over(roster):
    roster.heard(UID, info(True, HIGHER))
    roster.heard_gateway(HIGHER, b"offline")
    assert not roster.bury()
    roster.heard_gateway(HIGHER, b"online")
    assert roster.is_elsewhere(LAMP.ruid)


def test_one_answers_for_who_is_nowhere(roster):
    uid = LAMP.ruid
    assert roster.is_ours(uid)
    roster.heard_gateway(HIGHER, b"online")
    roster.heard_gateway(HID, b"online")
    assert roster.is_ours(uid)
    roster.heard_gateway(LOWER, b"online")
    assert not roster.is_ours(uid)
    roster.presence(presence(True, 5.0, LAMP))
    assert roster.is_ours(uid)
    roster.presence(presence(False, 6.0, LAMP))
    roster.heard_gateway(LOWER, b"offline")
    assert roster.is_ours(uid)
    roster.heard(UID, info(True, HIGHER))
    assert not roster.is_ours(uid)


def test_what_a_broker_may_make_up():
    known = Others(HID)
    for fields in ({}, {"gateway": 5, "name": [], "protocol": {}}, {"gateway": "x" * 1000}):
        known.arrived(LAMP.ruid, fields)
        assert known.has(LAMP.ruid)
    known.gateway("x" * 64, False)
    known.take_orphans()


def test_at_a_broker(broker, ear, make_ear, tmp_path, monkeypatch, no_grace):
    """Two gateways, of which one is gone without a word; the other buries its device, answers for
    it, and tells Home Assistant again once it has it."""
    monkeypatch.setattr(sink, "_BURY_S", 0.02)
    with Publisher(tmp_path / "one", broker.url, storage=None) as one:
        lamp = one.device("lamp")
        uid = lamp.ruid.hex()
        with one.running.state.changing_contacts() as contacts:
            contact = contacts[lamp.ruid]
        one.presence(lamp, True)
        one.say(lamp, *numbers(0, 1))
        config = "homeassistant/sensor/uwish_" + uid
        until(lambda: one.hid in str(ear.under(config)))
        hid = "00" + "ff" * 31
        ear.publish(f"uwish/gateway/{hid}/presence", b"online", retain=True)
        ear.publish(f"uwish/device/{uid}/info", info(True, hid).encode(), retain=True)
        until(lambda: one.sink.is_elsewhere(lamp.ruid))
        before = len(ear.at(f"uwish/device/{uid}/presence"))
        one.presence(lamp, False, "silent")
        ear.publish(f"uwish/device/{uid}/send", b"x")
        ear.publish(f"uwish/gateway/{hid}/presence", b"offline", retain=True)
        until(lambda: len(ear.at(f"uwish/device/{uid}/presence")) > before)
        assert ear.at(f"uwish/device/{uid}/presence")[before:] == ["offline"]
        until(lambda: ear.json_at(f"uwish/device/{uid}/info")[-1].get("reason") == "gateway_down")
        assert ear.at(f"uwish/device/{uid}/result") == []
        ear.publish(f"uwish/device/{uid}/send", b"x")
        until(lambda: ear.json_at(f"uwish/device/{uid}/result"))
        assert [a["status"] for a in ear.json_at(f"uwish/device/{uid}/result")] == [404]
        told = sum(topic.startswith(config) for topic, _, _ in ear.messages)
        one.presence(lamp, True)
        one.say(lamp, *numbers(1, 2))
        until(lambda: sum(topic.startswith(config) for topic, _, _ in ear.messages) > told)
        assert contact.alias == "lamp"
