"""Who is online: duplicates, hosts, services, and contacts that come and go."""

import os

from gateway_world import another_host_of, same_host_as, until

import uwish_host.link
from uwish_host import succession


def names(gateway):
    return [event for event, _ in gateway.events]


def presence(gateway):
    return [event for event in names(gateway) if event in ("online", "offline")]


def test_a_newer_connection_of_the_same_host_wins_without_a_flap(
    gateway, online_device, make_device
):
    old = online_device()
    new = make_device(store=same_host_as(old))
    new.pin(gateway)
    until(lambda: new.online, new)
    (closed,) = until(lambda: gateway.named("closed"))
    assert closed["reason"] == "replaced"
    assert presence(gateway) == ["online"]
    new.send(b"from the new one")
    gateway.send(new, b"to the new one")
    until(lambda: gateway.named("frame") and new.frames, new)
    # The older one is told by the end of its connection, and only then.
    until(lambda: old.presence == ["online", "offline"], old)
    assert presence(gateway) == ["online"]
    assert len(gateway.call(gateway.gateway.online)) == 1


def test_frames_that_wait_move_to_the_newer_connection(
    gateway, online_device, make_device, monkeypatch
):
    old = online_device()
    # What the gateway writes from now on stays in its buffers.
    monkeypatch.setattr(uwish_host.link.Link, "_flush", lambda link: None)
    assert [gateway.send(old, bytes([i])) for i in range(5)] == [200] * 5
    monkeypatch.undo()
    new = make_device(store=same_host_as(old))
    new.pin(gateway)
    until(lambda: len(new.frames) == 5, new)
    assert new.frames == [bytes([i]) for i in range(5)]
    assert old.frames == []
    (closed,) = gateway.named("closed")
    assert (closed["sent"], closed["dropped"]) == (0, 0)


def test_a_service_that_is_gone_on_the_newer_connection_goes_offline(
    gateway, online_device, make_device, monkeypatch
):
    monkeypatch.setattr(succession, "CONFIRM_S", 0.05)
    old = online_device(name="greenhouse")
    new = make_device(name="boiler", store=same_host_as(old))
    new.pin(gateway)
    until(lambda: len(presence(gateway)) == 3, new)
    shown = [
        (event, fields["peer"]["name"])
        for event, fields in gateway.events
        if event in ("online", "offline")
    ]
    assert shown == [("online", "greenhouse"), ("online", "boiler"), ("offline", "greenhouse")]


def test_two_hosts_of_one_identity_are_two_peers(gateway, online_device, make_device):
    one = online_device()
    two = make_device(store=another_host_of(one))
    two.pin(gateway)
    until(lambda: two.online, one, two)
    until(lambda: len(presence(gateway)) == 2, one, two)
    assert presence(gateway) == ["online", "online"]
    hosts = {fields["peer"]["rhid"] for fields in gateway.named("online")}
    assert hosts == {one.app.hid.hex(), two.app.hid.hex()}
    one.app.close()
    (offline,) = until(lambda: gateway.named("offline"), two)
    assert offline["peer"]["rhid"] == one.app.hid.hex()


def test_another_protocol_is_no_peer(gateway, make_device):
    device = make_device(protocols=("chess",))
    gateway.let_in(device)
    device.pin(gateway)
    until(lambda: gateway.named("connected"), device)
    until(lambda: device.app.stats.handshakes == 1, device)
    assert presence(gateway) == []
    assert device.presence == []


def test_who_is_removed_is_disconnected_at_once(gateway, online_device):
    kept = online_device("kept")
    removed = online_device("removed")
    gateway.shut_out(removed)
    (closed,) = gateway.named("closed")
    assert (closed["alias"], closed["reason"]) == ("removed", "unknown_contact")
    until(lambda: removed.presence == ["online", "offline"], kept, removed)
    kept.send(b"still here")
    until(lambda: gateway.named("frame"), kept)
    until(lambda: gateway.named("refused"), kept, removed)
    assert kept.presence == ["online"]


def test_a_changed_contact_file_is_read_without_being_told(gateway, make_device):
    device = make_device()
    gateway.write_contact(device)
    until(lambda: gateway.named("contacts"))
    device.pin(gateway)
    until(lambda: device.online, device)


def test_a_damaged_contact_file_changes_nothing(gateway, online_device):
    device = online_device()
    path = gateway.state.contacts_path
    path.write_text("{ no json")
    (warning,) = until(lambda: gateway.named("warning"), device)
    assert "contacts.json" in warning["text"]
    path.unlink()
    until(lambda: len(gateway.named("warning")) == 2, device)
    device.send(b"still here")
    until(lambda: gateway.named("frame"), device)
    assert not os.path.exists(path)


def test_a_new_alias_is_used_at_once(gateway, online_device):
    device = online_device("lamp")
    gateway.let_in(device, alias="kitchen")
    device.send(b"x")
    (frame,) = until(lambda: gateway.named("frame"), device)
    assert frame["peer"]["alias"] == "kitchen"
    assert device.presence == ["online"]
