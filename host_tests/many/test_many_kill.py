"""Three gateways and a broker: one of the gateways goes, its devices come back on the others."""

import json
from collections import defaultdict
from itertools import permutations


def orders(members):
    """Every order of their addresses: devices that were given all of these spread."""
    return permutations([member.transport for member in members])


def published(ear):
    """{alias's uid: {number, ...}} of the readings called "n" that came from the broker."""
    found = defaultdict(set)
    for topic, payload, _ in list(ear.messages):
        levels = topic.split("/")
        if levels[-2:] == ["reading", "n"] and payload:
            found[levels[2]].add(json.loads(payload)["value"])
    return found


def last(ear, topic):
    """What was published there last, None for nothing."""
    said = ear.at(topic)
    return said[-1] if said else None


def whereabouts(ear, uid):
    """The hid of the gateway at which the broker's clients see this device online, else None."""
    said = last(ear, f"uwish/device/{uid}/info")
    fields = json.loads(said) if said else {"online": False}
    return fields["gateway"] if fields["online"] else None


def test_what_a_gateway_had_committed_outlives_it(site, crowd, ear):
    """SIGKILL: devices come back by themselves. Of the readings of devices that were elsewhere none
    is missing. Of those of its own, one run may be: what came after its last transaction."""
    members = site.start(3)
    first = members[0]
    board = crowd.add_board([member.transport for member in members])
    devices = crowd.add(*orders(members))
    uid_of = {device.alias: device.app.uid.hex() for device in devices}
    crowd.until(crowd.all_online, "everybody")
    crowd.until(lambda: whereabouts(ear, board) == first.hid, "the board")
    crowd.say_more()
    crowd.until(lambda: len(first.committed()) >= 2, "the first transaction")

    moved = [device for device in devices if device.host == first.hid]
    first.kill()
    kept = first.committed()
    others = {member.hid for member in members[1:]}
    crowd.until(lambda: set(crowd.hosts()) <= others, "everybody on the others")
    crowd.until(lambda: whereabouts(ear, board) in others, "the board on another")
    assert last(ear, f"uwish/gateway/{first.hid}/presence") == "offline"
    # An order for it is obeyed, and answered once.
    ear.publish(f"uwish/device/{board}/set", b'{"interval": 0.1}')
    crowd.until(lambda: ear.at(f"uwish/device/{board}/result"), "the answer")
    crowd.say_more()
    (answer,) = ear.json_at(f"uwish/device/{board}/result")
    assert answer["status"] == 200
    crowd.hush(site.committed)
    stored = site.committed()
    for device in devices:
        missing = set(range(device.accepted)) - stored[device.alias]
        if device in moved:
            end = max(kept[device.alias]) + 1
            assert missing == set(range(end, end + len(missing)))
        else:
            assert not missing

    # What it had committed and not published comes once it runs again.
    first.start()
    crowd.until(
        lambda: all(published(ear)[uid_of[alias]] >= stored[alias] for alias in stored),
        "what was committed at the broker",
    )
    crowd.until(
        lambda: all(last(ear, f"uwish/device/{u}/presence") == "online" for u in uid_of.values()),
        "everybody's presence",
    )
    presence = f"uwish/gateway/{first.hid}/presence"
    crowd.until(lambda: last(ear, presence) == "online", "its own presence")


def test_a_gateway_that_is_stopped_loses_nothing(site, crowd):
    """SIGTERM: devices are told, and every reading that `send` took is stored somewhere."""
    members = site.start(2)
    devices = crowd.add(*orders(members), *orders(members))
    crowd.until(crowd.all_online, "everybody")
    crowd.say_more()
    for member, other in (members, reversed(members)):
        member.stop()
        crowd.until(lambda other=other: set(crowd.hosts()) == {other.hid}, "everybody there")
        crowd.say_more()
        member.start()
    crowd.hush(site.committed)
    stored = site.committed()
    assert stored == {device.alias: set(range(device.accepted)) for device in devices}
