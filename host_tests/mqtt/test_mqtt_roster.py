"""What is said of devices, one message after the other."""

import json

import pytest
from storage_world import device, presence

from uwish.identity import Identity
from uwish_host.contacts_file import Contact
from uwish_host.mqtt.discovery import Discovery
from uwish_host.mqtt.messages import Messages
from uwish_host.mqtt.roster import Roster
from uwish_host.mqtt.topics import Topics

LAMP = device(1, "lamp")
UID = LAMP.ruid.hex()
OTHER = "0b" * 32  # another gateway


@pytest.fixture
def contacts():
    return {LAMP.ruid: Contact(bytes(32), "lamp")}


@pytest.fixture
def topics():
    return Topics("uwish", bytes(32), "homeassistant")


@pytest.fixture
def roster(contacts, topics):
    identity = Identity.create("gateway")
    identity.hid = bytes(32)
    messages = Messages(topics, Discovery(topics), None)
    return Roster(topics, identity, lambda: contacts, messages)


def take(roster):
    """{what is said of the lamp: payload} of what is published now."""
    return {message.topic.split("/")[-1]: message.payload for message in roster.take(100)}


def info(online, gateway="00" * 32, **fields):
    return json.dumps({"online": online, "gateway": gateway, "alias": "lamp", **fields})


def test_what_was_taken_is_said_once(roster):
    roster.presence(presence(True, 5.0, LAMP))
    said = take(roster)
    assert said["presence"] == "online"
    assert json.loads(said["info"])["since"] == 5.0
    assert take(roster) == {}
    roster.connected()
    assert take(roster) == said


def test_a_long_list_is_taken_bit_by_bit(roster, contacts):
    devices = [device(number) for number in range(50)]
    for one in devices:
        contacts[one.ruid] = Contact(bytes(32), one.alias)
        roster.presence(presence(True, 5.0, one))
    taken = []
    while some := roster.take(6):
        assert len(some) <= 7
        taken += some
    assert len({message.topic for message in taken}) == 100


def test_the_last_that_goes_of_a_removed_device_is_its_info(roster, contacts, topics):
    """A connection may end in the middle: by its info the next one knows that more is left."""
    roster.presence(presence(True, 5.0, LAMP))
    take(roster)
    del contacts[LAMP.ruid]
    roster.contacts_changed()
    ((filters, end),) = roster.take_searches()
    assert filters[-1] == f"uwish/device/{UID}/reading/+"
    assert end.topic == f"uwish/device/{UID}/reading/~" and not end.retain
    roster.kept(UID, topics.reading(UID, "t"))
    assert take(roster) == {"presence": "", "t": ""}
    roster.kept(UID, end.topic)
    assert take(roster) == {"info": ""}
    # The connection had ended before that: all over again.
    roster.heard(UID, info(False))
    assert len(roster.take_searches()) == 1


def test_a_device_that_is_let_in_again_keeps_what_it_says(roster, contacts, topics):
    del contacts[LAMP.ruid]
    roster.heard(UID, info(True))
    contacts[LAMP.ruid] = Contact(bytes(32), "lamp")
    take(roster)
    roster.kept(UID, topics.reading(UID, "t"))
    roster.kept(UID, topics.search_end(UID))
    assert take(roster) == {}


def test_what_another_gateway_says(roster):
    roster.heard(UID, info(True, OTHER))
    assert roster.is_elsewhere(LAMP.ruid) and take(roster) == {}
    roster.presence(presence(True, 5.0, LAMP))
    take(roster)
    roster.heard(UID, info(False, OTHER))
    assert not roster.is_elsewhere(LAMP.ruid)
    assert take(roster)["presence"] == "online"
    # It may become a contact later.
    roster.heard("0c" * 32, info(True, OTHER))
    assert roster.is_elsewhere(bytes.fromhex("0c" * 32))


@pytest.mark.parametrize(
    "payload", [b"", b"\xff", b"5", b"[" * 100_000, b"{}", b'{"gateway": 5, "online": 7}']
)
def test_what_is_no_info_means_nothing(roster, payload):
    roster.heard(UID, payload)
    assert take(roster) == {} and roster.take_searches() == []
