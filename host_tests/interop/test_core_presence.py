"""A device under MicroPython and the apps of a stock core see each other come and go."""

import time

import pytest
from harness import connect, provision, wait_online, wait_until

ANY_HOST = bytes(32)


def test_the_device_is_online_in_the_app_with_the_full_tuple(desktop, device):
    provision(desktop, device)
    assert desktop.app.wait_for("online")["peer"] == {
        "luid": desktop.uid,
        "ruid": device.uid,
        "rhid": device.hid,
        "rsid": device.sid,
        "protocol": "sensor",
        "name": "device",
        "online": True,
    }


def test_the_app_is_online_on_the_device_with_the_full_tuple(desktop, device):
    provision(desktop, device)
    peer = device.wait_for("online")["peer"]
    ids = [device.uid, desktop.uid, desktop.hid, desktop.app.sid]
    assert [peer["luid"], peer["ruid"], peer["rhid"], peer["rsid"]] == ids
    assert peer["protocol"] == "sensor"
    assert peer["url"] == "{}>{}@{}/{}/sensor".format(*(part.hex() for part in ids))
    assert peer["text"] == f"Desk@{desktop.hid.hex()[:6]}/sensor"


def test_the_device_is_ready_before_anybody_is_online(desktop, device):
    connect(desktop, device)
    names = [event["event"] for event in device.history if event["event"] != "log"]
    assert names == ["started", "ready", "online"]


@pytest.mark.parametrize("kill", [False, True], ids=["orderly", "power_cut"])
def test_the_device_stops_and_the_app_sees_offline(desktop, device, link, kill):
    device.stop(kill)
    gone = desktop.app.wait_for("offline")["peer"]
    assert tuple_of(gone) == tuple_of(link.device_peer)
    assert gone["online"] is False


def test_a_device_that_was_off_is_the_same_peer_again(desktop, device, link, new_device):
    device.stop(kill=True)
    desktop.app.wait_for("offline")
    again = new_device()
    assert desktop.app.wait_for("online")["peer"] == link.device_peer
    assert (again.uid, again.hid) == (device.uid, device.hid)
    assert len(again.command("pins")) == 1


def test_a_pin_for_any_host_finds_the_host(desktop, device):
    connected = connect(desktop, device, rhid=ANY_HOST)
    assert connected.app_peer["rhid"] == desktop.hid


def test_a_pin_for_another_host_is_not_served_by_this_one(desktop, device):
    other_host = bytes([desktop.hid[0] ^ 1]) + desktop.hid[1:]
    provision(desktop, device, rhid=other_host)
    line = device.wait_for("log", lambda e: "another host answered" in e["text"])["text"]
    assert "Desk" in line
    desktop.app.settle()
    assert device.events("online") == desktop.app.events("online") == []


def test_unpinning_ends_the_connection_and_pinning_makes_a_new_one(desktop, device, link):
    assert device.unpin(desktop.uid, desktop.hid) == 200
    assert desktop.app.wait_for("offline")["peer"]["ruid"] == device.uid
    assert device.wait_for("offline")["peer"] == link.app_peer
    assert device.command("send", url=link.app_peer["url"], payload=b"") == 404
    assert device.unpin(desktop.uid, desktop.hid) == 404
    assert device.pin(desktop.uid, desktop.hid) == 200
    assert wait_online(desktop, device) == link


def test_an_app_that_logs_in_later_gets_online_then(new_desktop, device, processes):
    desktop = new_desktop(name="settings", protocols=("admin",))
    provision(desktop, device)
    device.wait_for("log", lambda e: "connected" in e["text"])
    assert device.events("online") == []

    late = processes.enter_context(desktop.log_in("late"))
    assert late.wait_for("online")["peer"]["rsid"] == device.sid
    peer = device.wait_for("online")["peer"]
    assert peer["rsid"] == late.sid
    late.send(late.events("online")[0]["peer"], b"to the device")
    assert device.wait_for("frame")["data"] == b"to the device"


def test_an_app_that_logs_out_goes_offline_on_the_device(desktop, device, link, processes):
    desktop.app.stop()
    assert device.wait_for("offline")["peer"] == link.app_peer
    again = processes.enter_context(desktop.log_in())
    assert device.wait_for("online")["peer"] == link.app_peer
    assert again.wait_for("online")["peer"]["ruid"] == device.uid
    assert device.stats()["handshakes"] == 1


def test_an_app_with_another_protocol_is_no_peer(desktop, device, processes):
    # Logged in first: to an app that says ready later, the core tells every service it knows of,
    # whatever its protocol (WIRE.md 3).
    stranger = processes.enter_context(desktop.log_in("stranger", ("lamp",)))
    connect(desktop, device)
    desktop.app.settle()
    stranger.settle()
    assert stranger.events("online") == []
    assert [e["peer"]["rsid"] for e in device.events("online")] == [desktop.app.sid]


def test_two_protocols_meet_their_own_apps(new_desktop, new_device, processes):
    desktop = new_desktop(name="meter")
    meter = desktop.app
    panel = processes.enter_context(desktop.log_in("panel", ("control",)))
    device = new_device(protocols=("sensor", "control"))
    provision(desktop, device)
    peers = {}
    for app, protocol in ((meter, "sensor"), (panel, "control")):
        at_device = device.wait_for("online", lambda e, sid=app.sid: e["peer"]["rsid"] == sid)
        at_app = app.wait_for("online", lambda e, p=protocol: e["peer"]["protocol"] == p)
        peers[app] = at_device["peer"], at_app["peer"]
        assert at_device["peer"]["protocol"] == protocol

    for app, text in ((meter, b"21.5"), (panel, b"lid open")):
        assert device.send(peers[app][0], text) == 200
        assert app.wait_for("frame")["data"] == text
        app.send(peers[app][1], b"thanks for " + text)
        frame = device.wait_for("frame")
        assert frame["data"] == b"thanks for " + text
        assert frame["peer"] == peers[app][0]
    assert len(meter.events("frame")) == len(panel.events("frame")) == 1


def test_two_apps_of_one_protocol_are_two_peers(desktop, device, processes):
    second = processes.enter_context(desktop.log_in("second"))
    provision(desktop, device)
    for app in (desktop.app, second):
        app.wait_for("online")
        peer = device.wait_for("online", lambda e, sid=app.sid: e["peer"]["rsid"] == sid)["peer"]
        assert device.send(peer, b"for " + app.sid) == 200
        assert app.wait_for("frame")["data"] == b"for " + app.sid
    second.stop()
    assert device.wait_for("offline")["peer"]["rsid"] == second.sid
    assert len(device.events("offline")) == 1


def test_two_devices_are_two_peers(desktop, device, link, new_device):
    other = new_device("other")
    other_link = connect(desktop, other)
    for one, its_link in ((device, link), (other, other_link)):
        assert one.send(its_link.app_peer, one.uid) == 200
        frame = desktop.app.wait_for("frame")
        assert frame["data"] == frame["peer"]["ruid"] == one.uid
        desktop.app.send(its_link.device_peer, one.hid)
        assert one.wait_for("frame")["data"] == one.hid
    other.stop()
    assert desktop.app.wait_for("offline")["peer"]["ruid"] == other.uid
    desktop.app.send(link.device_peer, b"still here")
    assert device.wait_for("frame")["data"] == b"still here"


def test_one_device_serves_two_desktops(new_desktop, new_device):
    device = new_device(max_connections=2)
    desktops = [new_desktop("Home"), new_desktop("Work")]
    links = [connect(desktop, device) for desktop in desktops]
    for desktop, its_link in zip(desktops, links, strict=True):
        assert device.send(its_link.app_peer, desktop.uid) == 200
        assert desktop.app.wait_for("frame")["data"] == desktop.uid
    assert device.events("offline") == []


def test_a_lower_pin_gives_its_place_to_a_higher_one(new_desktop, device):
    home, work = new_desktop("Home"), new_desktop("Work")
    connect(home, device, priority=5)
    connect(work, device, priority=1)
    assert device.wait_for("offline")["peer"]["ruid"] == home.uid
    assert home.app.wait_for("offline")["peer"]["ruid"] == device.uid
    work.core.stop()
    assert device.wait_for("offline")["peer"]["ruid"] == work.uid
    assert device.wait_for("online")["peer"]["ruid"] == home.uid


def test_a_second_connection_of_the_same_device_takes_over(desktop, device, link, new_device):
    # As after a reset that the core has not noticed: its old connection looks alive.
    device.freeze()
    # The core knows a connection's age in whole seconds; of two that are equal it keeps the first.
    time.sleep(1.1)
    again = new_device()
    again.wait_for("online")
    desktop.app.wait_for("online")
    # The core itself ends the older one, because our hid sorts below its own (WIRE.md 4).
    wait_until(
        lambda: len(desktop.app.request("connections.list")) == 1, 60, "the old connection ends"
    )
    device.stop(kill=True)
    desktop.app.send(link.device_peer, b"which of you?")
    assert again.wait_for("frame")["data"] == b"which of you?"
    desktop.app.settle()
    assert desktop.app.events("offline") == []


def tuple_of(peer):
    return tuple(peer[part] for part in ("luid", "ruid", "rhid", "rsid", "protocol"))
