"""A row for each contact: who is here, since when, why not, how often it came back."""

import pytest
from small_fleet import LUID, START, Contact, World, device, pack, uid

from uwish_host.fleet import Fleet
from uwish_host.sink import Frame, Presence


def test_contacts_that_were_never_here_are_rows():
    world = World("pump", "Lamp", "lamp")
    rows = world.fleet.rows()
    assert [row.alias for row in rows] == ["Lamp", "lamp", "pump"]
    assert [row.uid for row in rows] == [uid(2).hex(), uid(3).hex(), uid(1).hex()]
    row = rows[0]
    assert (row.online, row.since, row.reason, row.last, row.rate) == (False, None, None, None, 0)
    assert (row.frames, row.full, row.reconnects, row.readings) == (0, 0, 0, {})
    assert (row.device.luid, row.device.name, row.device.protocol) == (LUID, "", "")


def test_presence():
    world = World("lamp")
    world.comes(after_s=5)
    row = world.row()
    assert (row.online, row.since, row.reason) == (True, START + 5, None)
    assert row.device == device()
    world.goes("silent", after_s=60)
    assert (row.online, row.since, row.reason) == (False, START + 65, "silent")
    world.comes(after_s=1)
    assert (row.online, row.since, row.reason) == (True, START + 66, None)


def test_a_device_is_here_as_long_as_any_of_its_apps_is():
    world = World("lamp")
    one, other = device(protocol="sensor"), device(protocol="control")
    world.comes(one)
    world.comes(other, after_s=10)
    world.goes("dropped", one, after_s=10)
    row = world.row()
    assert (row.online, row.since) == (True, START)
    world.goes("dropped", other, after_s=10)
    assert (row.online, row.since, row.reason) == (False, START + 30, "dropped")


def test_a_host_that_connects_again_is_a_reconnect_and_another_host_is_none():
    world = World("lamp")
    for rhid in ("aa", "bb", "aa", "aa"):
        world.fleet.event("connected", {"ruid": uid(1).hex(), "rhid": rhid})
    assert world.row().reconnects == 2
    world.fleet.event("connected", {"ruid": uid(7).hex(), "rhid": "aa"})
    assert world.row(7) is None


@pytest.mark.parametrize(("status", "full"), [(200, 0), (404, 0), (413, 0), (507, 1)])
def test_what_it_had_no_room_for(status, full):
    world = World("lamp")
    world.fleet.event("sent", {"peer": device().fields(), "status": status})
    assert world.row().full == full


def test_a_renamed_contact_keeps_its_row():
    world = World("lamp", "pump")
    world.comes()
    world.says(pack(t=1))
    row = world.row()
    world.changes_contacts({uid(1): Contact("zebra"), uid(2): Contact("pump")})
    assert [row.alias for row in world.fleet.rows()] == ["pump", "zebra"]
    assert world.row() is row
    world.says(pack(t=2), device(alias="zebra"))
    assert (row.frames, row.readings["t"].value, row.device.alias) == (2, 2, "zebra")


def test_a_removed_contact_is_no_row_and_does_not_come_back_by_going():
    world = World("lamp", "pump")
    world.comes()
    world.says(pack(t=1))
    world.changes_contacts({uid(2): Contact("pump")})
    world.goes("unknown_contact")
    assert [row.alias for row in world.fleet.rows()] == ["pump"]
    assert world.row() is None
    assert world.fleet.totals()["readings"] == 0


def test_one_that_was_removed_and_comes_again_begins_anew():
    world = World("lamp")
    world.comes()
    world.says(pack(t=1))
    world.changes_contacts({})
    world.goes("unknown_contact")
    world.changes_contacts({uid(1): Contact("lamp")})
    world.comes()
    assert (world.row().frames, world.row().readings) == (0, {})
    world.says(pack(t=1))
    assert world.row().frames == 1


def test_the_version_grows_with_every_change():
    world = World("lamp", "pump")
    seen = [world.fleet.version]
    for change in (
        lambda: world.comes(),
        lambda: world.says(pack(t=1)),
        lambda: world.fleet.event("connected", {"ruid": uid(1).hex(), "rhid": "aa"}),
        lambda: world.fleet.event("sent", {"peer": device().fields(), "status": 507}),
        lambda: world.goes("lost"),
    ):
        change()
        assert world.fleet.version > seen[-1]
        assert world.row().version == world.fleet.version
        seen.append(world.fleet.version)
    assert world.row(2).version < seen[1]
    world.changes_contacts({})
    assert world.fleet.version > seen[-1]


def test_totals():
    world = World("lamp", "pump", "fan")
    world.comes()
    world.comes(device(2))
    world.says(pack(t=1, u=2))
    world.says(pack(t=1), device(2))
    assert world.fleet.totals() == {
        "devices": 3,
        "online": 2,
        "frames": 2,
        "rate": pytest.approx(0.2),
        "full": 0,
        "reconnects": 0,
        "readings": 3,
        "ignored": 0,
    }


def test_without_contacts_whoever_comes_is_a_row():
    fleet = Fleet()
    fleet.presence(Presence(device(), True, START))
    fleet.frame(Frame(device(), b"x", START))
    fleet.event("contacts", {"count": 0})
    assert [(row.alias, row.frames) for row in fleet.rows()] == [("lamp 1", 1)]


def test_what_is_no_uid_is_no_row():
    assert World("lamp").fleet.row("nonsense") is None
