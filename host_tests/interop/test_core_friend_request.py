"""A stock core asks our gateway to be let in (WIRE.md 5): a person decides there, and then both
know each other."""

import json

import pytest
from harness import Gateway
from harness.process import wait_until
from loopback import ADDRESS

WAIT_S = 60


@pytest.fixture
def start_gateway(tmp_path, processes):
    """Start the gateway, or start it again; `asked` whether strangers may ask."""

    def start(asked=True, port=None, host="127.0.0.1"):
        directory = tmp_path / "gateway"
        state = directory / "state"
        if not state.exists():
            state.mkdir(mode=0o700, parents=True)
        (state / "gateway.toml").write_text(f"friend-requests = {json.dumps(asked)}\n")
        return processes.enter_context(Gateway(directory, port, host))

    return start


@pytest.fixture
def gateway(start_gateway):
    return start_gateway()


@pytest.fixture
def desktop(gateway, new_desktop):
    """A desktop whose app speaks the gateway's protocol, and which is no contact there."""
    return new_desktop(protocols=(gateway.protocol,))


def ask(desktop, gateway):
    """The core asks, as a user tells it to."""
    assert desktop.app.request("identity.friendRequest", desktop.uid, {"data": gateway.document})


def requests(gateway):
    return json.loads(gateway.uwish("device", "requests", "--json"))


def contacts(desktop):
    """The uids of those the core knows, without its own."""
    known = desktop.app.request("identity.list")
    return [identity["uid"] for identity in known if not identity["privkey"]]


def connections(desktop):
    return desktop.app.request("connections.list")


def approve(gateway, which):
    return gateway.uwish("device", "approve", which, "--yes")


def test_it_is_listed_and_not_let_in(gateway, desktop):
    ask(desktop, gateway)
    told = gateway.wait_for("friend_request")
    assert (told["alias"], bytes.fromhex(told["uid"])) == ("Desk", desktop.uid)
    (request,) = requests(gateway)
    assert bytes.fromhex(request["public"]) == desktop.app.public_key(desktop.uid)
    assert (request["alias"], request["waiting"]) == ("Desk", True)
    assert json.loads(gateway.uwish("device", "list", "--json")) == []
    assert contacts(desktop) == []
    # What the person compares is what the core says of itself.
    lines = gateway.uwish("device", "requests").splitlines()
    shown = "".join(lines[1].split()[1:] + lines[2].split())
    assert shown == desktop.uid.hex()


def test_approved_it_knows_us_and_is_online_and_frames_go_both_ways(gateway, desktop):
    ask(desktop, gateway)
    gateway.wait_for("friend_request")
    assert "has been told" in approve(gateway, desktop.uid.hex()[:8])
    wait_until(lambda: contacts(desktop) == [gateway.uid], WAIT_S, "the core knows the gateway")
    assert requests(gateway) == []
    peer = desktop.dial_until_online()
    app = gateway.wait_for("online")["peer"]
    assert (peer["ruid"], app["ruid"]) == (gateway.uid, desktop.uid.hex())
    desktop.app.send(peer, b"hello")
    assert bytes.fromhex(gateway.wait_for("frame")["data"]) == b"hello"
    gateway.send(app, b"welcome")
    assert desktop.app.wait_for("frame")["data"] == b"welcome"


def test_declined_it_is_told_so_and_does_not_know_us(gateway, desktop):
    ask(desktop, gateway)
    gateway.wait_for("friend_request")
    assert len(connections(desktop)) == 1
    assert "has been told" in gateway.uwish("device", "decline", "Desk")
    wait_until(lambda: connections(desktop) == [], WAIT_S, "the core hangs up")
    assert contacts(desktop) == []
    assert [request["declined"] for request in requests(gateway)] == [True]
    assert json.loads(gateway.uwish("device", "list", "--json")) == []


def test_a_request_survives_both_sides_and_is_answered_when_it_is_repeated(
    start_gateway, new_desktop
):
    gateway = start_gateway()
    desktop = new_desktop(protocols=(gateway.protocol,))
    ask(desktop, gateway)
    gateway.wait_for("friend_request")
    gateway.stop()
    wait_until(lambda: connections(desktop) == [], WAIT_S, "the core sees the close")
    gateway = start_gateway(port=gateway.port)
    (request,) = requests(gateway)
    assert request["waiting"] is False
    assert "when it asks again" in approve(gateway, "Desk")
    assert contacts(desktop) == []
    ask(desktop, gateway)
    wait_until(lambda: contacts(desktop) == [gateway.uid], WAIT_S, "the core knows the gateway")
    assert gateway.events("friend_request") == []
    desktop.dial_until_online()


def test_a_core_that_hears_the_gateway_asks_it(start_gateway, new_desktop):
    """What a user of a desktop does: the gateway is in the list of who is near, and he asks it."""
    gateway = start_gateway(host=ADDRESS)
    desktop = new_desktop(protocols=(gateway.protocol,), discovers=True)

    def heard():
        near = desktop.app.request("wld.list")
        return [host for host in near if host["ruid"] == gateway.uid]

    (found,) = wait_until(heard, WAIT_S, "the core has heard the gateway")
    assert desktop.app.request("wld.friendRequest", desktop.uid, found["ruid"], found["rhid"])
    gateway.wait_for("friend_request")
    approve(gateway, "Desk")
    wait_until(lambda: contacts(desktop) == [gateway.uid], WAIT_S, "the core knows the gateway")
    # Where the gateway is, its certificate has said.
    assert desktop.dial_until_online()["ruid"] == gateway.uid


def test_a_gateway_that_was_not_told_to_takes_no_requests(start_gateway, new_desktop):
    gateway = start_gateway(asked=False)
    desktop = new_desktop(protocols=(gateway.protocol,))
    ask(desktop, gateway)
    refused = gateway.wait_for("refused")
    assert (refused["reason"], refused["phase"]) == ("bad_hello", "hello")
    assert requests(gateway) == []
    assert contacts(desktop) == []
