"""The stock core dials our gateway: the same as with a device, the other way round."""

import pytest
from harness import Desktop, Gateway, call


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A gateway, a desktop whose core has dialled it, and their GatewayLink, for tests that leave
    nothing behind."""
    scratch = tmp_path_factory.mktemp("gateway")
    with (
        Gateway(scratch / "gateway") as gateway,
        Desktop(scratch / "desk", protocols=(gateway.protocol,)) as desktop,
    ):
        yield gateway, desktop, call(desktop, gateway)


@pytest.fixture
def gateway(tmp_path, processes):
    return processes.enter_context(Gateway(tmp_path / "gateway"))


@pytest.fixture
def desktop(gateway, new_desktop):
    """A desktop whose app speaks the gateway's protocol."""
    return new_desktop(protocols=(gateway.protocol,))


def test_the_gateway_is_online_in_the_app_with_the_full_tuple(shared):
    gateway, desktop, link = shared
    assert link.gateway_peer == {
        "luid": desktop.uid,
        "ruid": gateway.uid,
        "rhid": gateway.hid,
        "rsid": gateway.sid,
        "protocol": gateway.protocol,
        "name": gateway.first["name"],
        "online": True,
    }
    assert [c["outgoing"] for c in desktop.app.request("connections.list")] == [True]


def test_the_app_is_online_in_the_gateway_with_the_full_tuple(shared):
    gateway, desktop, link = shared
    ids = [gateway.uid, desktop.uid, desktop.hid, desktop.app.sid]
    parts = ("luid", "ruid", "rhid", "rsid")
    assert [bytes.fromhex(link.app_peer[part]) for part in parts] == ids
    assert link.app_peer["protocol"] == gateway.protocol
    assert link.app_peer["alias"] == "Desk"


@pytest.mark.parametrize("size", [0, 1, 64, 1000])
def test_the_frame_of_the_app_arrives_equal_at_the_gateway(shared, size):
    gateway, desktop, link = shared
    payload = bytes(i * 7 & 0xFF for i in range(size))
    desktop.app.send(link.gateway_peer, payload)
    frame = gateway.wait_for("frame")
    assert bytes.fromhex(frame["data"]) == payload
    assert frame["peer"] == link.app_peer


@pytest.mark.parametrize("size", [0, 1, 64, 1000])
def test_the_frame_of_the_gateway_arrives_equal_at_the_app(shared, size):
    gateway, desktop, link = shared
    payload = bytes(i * 7 & 0xFF for i in range(size))
    gateway.send(link.app_peer, payload)
    frame = desktop.app.wait_for("frame")
    assert frame["data"] == payload
    assert frame["peer"]["rsid"] == gateway.sid


def test_a_core_that_is_no_contact_is_turned_away(gateway, desktop):
    desktop.app.import_(gateway.document)
    desktop.dial()
    refused = gateway.wait_for("refused")
    assert refused["reason"] == "unknown_contact"
    assert bytes.fromhex(refused["ruid"]) == desktop.uid
    desktop.app.settle()
    assert desktop.app.events("online") == []


def test_the_gateway_restarts_and_the_core_finds_it_again(gateway, desktop, processes):
    link = call(desktop, gateway)
    gateway.stop()
    assert desktop.app.wait_for("offline")["peer"]["ruid"] == gateway.uid
    again = processes.enter_context(Gateway(gateway.directory, gateway.port))
    assert (again.uid, again.hid) == (gateway.uid, gateway.hid)
    assert desktop.dial_until_online() == link.gateway_peer
    desktop.app.send(link.gateway_peer, b"you are back")
    assert bytes.fromhex(again.wait_for("frame")["data"]) == b"you are back"


def test_the_app_logs_out_and_the_gateway_sees_offline(gateway, desktop):
    link = call(desktop, gateway)
    desktop.app.stop()
    assert gateway.wait_for("offline")["peer"] == link.app_peer
