"""What is at a real broker when things happen at the gateway."""

import json

import cbor2
from mqtt_broker import about, retained, until
from mqtt_world import Publisher
from storage_world import senml

from uwish_host.contacts_file import Contact

NASTY = "+/#/$\0\n\x1b[2J\u202e~%"


def last_json(ear, topic):
    return until(lambda: ear.json_at(topic), topic)[-1]


def test_readings_are_kept_under_device_and_name(publisher, broker):
    until(publisher.connected)
    lamp = publisher.device("lamp")
    pack = [
        {-2: "lamp:", -3: 1_650_000_000, 0: "temperature", 1: "Cel", 2: 21.5},
        {0: "door", 4: True},
        {0: "mode", 3: "eco"},
        {0: "raw", 8: b"\x01\xff"},
    ]
    publisher.say(lamp, cbor2.dumps(pack), senml(22, "lamp:temperature"))
    until(lambda: len(publisher.sink) == 0)
    found = retained(broker.port)
    here = f"uwish/device/{lamp.ruid.hex()}/reading/lamp:"
    readings = {
        topic.removeprefix(here): json.loads(data)
        for topic, data in found.items()
        if topic.startswith(here)
    }
    time = 1_650_000_000
    assert readings == {
        "temperature": {"value": 22, "unit": "Cel", "time": publisher.clock},
        "door": {"value": True, "unit": None, "time": time},
        "mode": {"value": "eco", "unit": None, "time": time},
        "raw": {"value": "01ff", "unit": None, "time": time},
    }


def test_a_frame_without_readings_comes_as_it_is_and_is_not_kept(publisher, broker, ear):
    until(publisher.connected)
    lamp = publisher.device("lamp")
    publisher.say(lamp, b"\xff\x00\xff", b"hello")
    topic = f"uwish/device/{lamp.ruid.hex()}/frame"
    until(lambda: len(ear.under(topic)) == 1 and len(publisher.sink) == 0)
    until(lambda: [m[1] for m in ear.messages if m[0] == topic] == [b"\xff\x00\xff", b"hello"])
    assert topic not in retained(broker.port)


def test_presence_and_who_it_is(publisher, ear, broker):
    until(publisher.connected)
    lamp = publisher.device("lamp")
    uid = lamp.ruid.hex()
    publisher.presence(lamp, True)
    until(lambda: ear.at(f"uwish/device/{uid}/presence") == ["online"])
    info = last_json(ear, f"uwish/device/{uid}/info")
    assert info.pop("since") > 0
    assert info == {
        "alias": "lamp",
        "uid": uid,
        "name": "app",
        "protocol": "sensor",
        "online": True,
        "reason": None,
        "gateway": publisher.hid,
    }
    publisher.presence(lamp, False, "closed_by_peer")
    until(lambda: ear.at(f"uwish/device/{uid}/presence")[-1] == "offline")
    until(lambda: last_json(ear, f"uwish/device/{uid}/info")["reason"] == "closed_by_peer")
    assert retained(broker.port)[f"uwish/device/{uid}/presence"] == b"offline"


def test_a_device_is_online_while_one_of_its_apps_is(publisher, ear):
    until(publisher.connected)
    lamp = publisher.device("lamp")
    other = type(lamp)(lamp.key[:96] + b"other".ljust(32, b"\0"), "sensor", "lamp")
    topic = f"uwish/device/{lamp.ruid.hex()}/presence"
    for device, online in ((lamp, True), (other, True), (lamp, False)):
        publisher.presence(device, online)
    publisher.say(lamp, senml(1))
    until(lambda: ear.under("reading"))
    assert set(ear.at(topic)) == {"online"}
    publisher.presence(other, False)
    until(lambda: ear.at(topic)[-1] == "offline")


def test_the_gateway_says_when_it_comes_and_goes(broker, ear, tmp_path):
    with Publisher(tmp_path / "gateway", broker.url + "/house/7", storage=None) as publisher:
        topic = f"house/7/gateway/{publisher.hid}/presence"
        until(lambda: ear.at(topic) == ["online"])
        assert retained(broker.port)[topic] == b"online"
        info = json.loads(retained(broker.port)[f"house/7/gateway/{publisher.hid}/info"])
        assert info["alias"] == "gateway" and info["hid"] == publisher.hid
    until(lambda: ear.at(topic) == ["online", "offline"])
    assert retained(broker.port)[topic] == b"offline"


def test_devices_are_offline_when_the_gateway_ends(broker, ear, tmp_path):
    with Publisher(tmp_path / "gateway", broker.url, storage=None) as publisher:
        lamp = publisher.device("lamp")
        publisher.presence(lamp, True)
        topic = f"uwish/device/{lamp.ruid.hex()}/presence"
        until(lambda: ear.at(topic) == ["online"])
        publisher.presence(lamp, False, "closed")
    assert retained(broker.port)[topic] == b"offline"


def test_nasty_names_reach_the_broker_and_home_assistant_unharmed(publisher, ear):
    until(publisher.connected)
    lamp = publisher.device("lämp +/#", name=b"\x1b[2J+/#")
    publisher.presence(lamp, True)
    publisher.say(lamp, senml(1, NASTY, "+/#\0"), senml(2, "x" * 256), senml(3, "/"))
    until(lambda: len(ear.under("/reading/")) == 3 and len(ear.under("/config")) == 3)
    for topic in ear.under("reading") | ear.under("/config"):
        assert topic.isascii() and topic.isprintable() and len(topic) < 300
        assert topic.count("/") == 4
    for data in ear.under("/config").values():
        fields = json.loads(data)
        assert fields["device"]["name"] == "lämp +/#"
        assert fields["name"].isprintable() and fields["device"]["model"].isprintable()
    assert publisher.warnings == []


def test_home_assistant_hears_it_again_after_its_start(publisher, ear):
    until(publisher.connected)
    lamp = publisher.device("lamp")
    publisher.say(lamp, senml(1, "a"), senml(1, "b"))
    until(lambda: len(ear.under("/reading/")) == 2)
    configs = list(ear.under("/config"))
    assert len(configs) == 2
    ear.publish("homeassistant/status", "offline")
    ear.publish("homeassistant/status", "online")
    until(lambda: [len(ear.at(topic)) for topic in configs] == [2, 2])


def test_discovery_can_be_elsewhere_or_off(broker, ear, tmp_path):
    for prefix in ("ha/x", "off"):
        options = {"storage": None, "mqtt_discovery": prefix}
        with Publisher(tmp_path / prefix[:2], broker.url, **options) as publisher:
            lamp = publisher.device("lamp")
            publisher.say(lamp, senml(1))
            uid = lamp.ruid.hex()
            until(lambda uid=uid: ear.under(f"{uid}/reading/"))
    configs = list(ear.under("/config"))
    assert len(configs) == 1 and configs[0].startswith("ha/x/sensor/uwish_")


def test_a_device_that_was_removed_leaves_nothing(publisher, broker):
    until(publisher.connected)
    lamp, fan = publisher.device("lamp"), publisher.device("fan")
    for device in (lamp, fan):
        publisher.presence(device, True)
        publisher.say(device, senml(1, "a"), senml(True, "b", None))
    until(lambda: len(publisher.sink) == 0)
    assert len(about(broker.port, lamp)) == 6
    publisher.remove(lamp)
    publisher.presence(lamp, False, "unknown_contact")
    publisher.say(lamp, senml(2, "a"))
    until(lambda: not about(broker.port, lamp))
    until(lambda: len(publisher.sink) == 0)
    assert not about(broker.port, lamp)
    assert len(about(broker.port, fan)) == 6


def test_a_device_that_was_removed_meanwhile_leaves_nothing_either(broker, tmp_path):
    directory = tmp_path / "gateway"
    with Publisher(directory, broker.url, storage=None) as publisher:
        lamp = publisher.device("lamp")
        publisher.presence(lamp, True)
        publisher.say(lamp, senml(1, "a"), senml(True, "b", None))
        until(lambda: len(about(broker.port, lamp)) == 6)
        publisher.presence(lamp, False, "closed")
    with publisher.running.state.changing_contacts() as contacts:
        del contacts[lamp.ruid]
    with Publisher(directory, broker.url, storage=None):
        until(lambda: not about(broker.port, lamp))


def test_what_a_gateway_left_behind_is_put_right(broker, tmp_path):
    """It did not live to say that the device went; nor does the device come back."""
    directory = tmp_path / "gateway"
    with Publisher(directory, broker.url, storage=None) as publisher:
        lamp, fan = publisher.device("lamp"), publisher.device("fan")
        for device in (lamp, fan):
            publisher.presence(device, True)
            until(lambda device=device: len(about(broker.port, device)) == 2)
        publisher.presence(fan, False, "closed")
    topic = f"uwish/device/{lamp.ruid.hex()}"
    assert retained(broker.port)[f"{topic}/presence"] == b"online"
    with Publisher(directory, broker.url, storage=None):
        until(lambda: retained(broker.port)[f"{topic}/presence"] == b"offline")
        until(lambda: b"gateway_down" in retained(broker.port)[f"{topic}/info"])
        assert json.loads(retained(broker.port)[f"{topic}/info"])["online"] is False
        info = json.loads(retained(broker.port)[f"uwish/device/{fan.ruid.hex()}/info"])
        assert info["reason"] == "closed"


def test_another_name_for_a_device_reaches_home_assistant(publisher, ear):
    until(publisher.connected)
    lamp = publisher.device("lamp")
    publisher.presence(lamp, True)
    publisher.say(lamp, senml(1, "a"))
    until(lambda: ear.under("/reading/"))
    with publisher.running.state.changing_contacts() as contacts:
        contacts[lamp.ruid] = Contact(contacts[lamp.ruid].public, "sun")
    publisher.running.call(publisher.running.gateway.reload_contacts)
    info = f"uwish/device/{lamp.ruid.hex()}/info"
    until(lambda: ear.json_at(info)[-1]["alias"] == "sun")
    publisher.say(type(lamp)(lamp.key, "sensor", "sun"), senml(2, "a"))
    (config,) = ear.under("/config")
    until(lambda: ear.json_at(config)[-1]["device"]["name"] == "sun")


def test_two_gateways_of_one_broker_do_not_contradict_each_other(broker, ear, tmp_path):
    """A device moves: the first gateway, which notices late, says nothing; and the second leaves
    alone what belongs to the first."""
    with (
        Publisher(tmp_path / "one", broker.url, storage=None) as one,
        Publisher(tmp_path / "two", broker.url, storage=None) as two,
    ):
        lamp = one.device("lamp")
        with two.running.state.changing_contacts() as contacts:
            contacts[lamp.ruid] = one.running.state.contacts()[lamp.ruid]
        two.running.call(two.running.gateway.reload_contacts)
        fan = one.device("fan")  # of which the second knows nothing
        topic = f"uwish/device/{lamp.ruid.hex()}/presence"
        one.presence(lamp, True)
        one.presence(fan, True)
        until(lambda: ear.at(topic) == ["online"])
        two.presence(lamp, True)
        until(lambda: ear.at(topic) == ["online", "online"])
        until(lambda: one.sink.is_elsewhere(lamp.ruid))
        one.presence(lamp, False, "silent")
        cat = one.device("cat")
        one.presence(cat, True)
        until(lambda: ear.at(f"uwish/device/{cat.ruid.hex()}/presence"))
        assert ear.at(topic) == ["online", "online"]
        info = f"uwish/device/{lamp.ruid.hex()}/info"
        until(lambda: ear.json_at(info)[-1]["gateway"] == two.hid)
        kept = retained(broker.port)
        assert kept[topic] == b"online"
        assert kept[f"uwish/device/{fan.ruid.hex()}/presence"] == b"online"
