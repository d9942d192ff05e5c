"""`uwish gateway` as a process, and `uwish send` and `uwish device` while it runs."""

import contextlib
import json
import signal
import socket
import time

import pytest
from command_line import GIVE_UP_S, GatewayProcess, ok, refused, start
from device_online import Device

from uwish.documents import Document


def test_it_says_where_it_listens_and_who_it_is(gateway, state):
    listening = gateway.listening
    shown = json.loads(ok("identity", "show", "--state", state, "--json"))
    assert listening["uid"] == shown["uid"]
    assert listening["hid"] == shown["hid"]
    assert listening["transport"] == "wish://" + listening["address"]
    assert listening["sid"] == b"gateway".ljust(32, b"\0").hex()
    assert listening["protocols"] == ["sensor"]
    assert listening["contacts"] == 0
    host, port = listening["address"].split(":")
    socket.create_connection((host, int(port)), GIVE_UP_S).close()


def test_on_all_addresses_it_does_not_claim_to_know_its_own(state):
    with GatewayProcess(state, listen=":0") as running:
        assert running.listening["transport"] is None
        assert Document(bytes.fromhex(running.listening["document"])).transports == []
        port = int(running.listening["address"].rpartition(":")[2])
        socket.create_connection(("127.0.0.1", port), GIVE_UP_S).close()


def test_names_are_ours_to_choose(state):
    options = ("--name", "hub", "--protocol", "chess", "--protocol", "sensor", "--alias", "house")
    with GatewayProcess(state, *options) as running:
        assert running.listening["name"] == "hub"
        assert running.listening["protocols"] == ["chess", "sensor"]
        assert running.listening["alias"] == "house"


def test_frames_and_presence_are_lines_of_json(gateway, device):
    device.app.peer.send(device.online[0], b"\x01\x02")
    device.until(lambda: device.app.stats.sent == 1)
    frame = gateway.wait_for("frame")
    assert frame["data"] == "0102"
    assert frame["peer"]["ruid"] == device.app.uid.hex()
    assert [event["event"] for event in gateway.events] == [
        "listening",
        "contacts",
        "connected",
        "online",
        "frame",
    ]
    device.app.close()
    assert gateway.wait_for("offline")["peer"] == frame["peer"]
    assert gateway.wait_for("closed")["received"] == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_orderly(state, number):
    with GatewayProcess(state) as running:
        device = Device(running, state)
        assert (state / "control.sock").exists()
        status, _, err = running.stop(number)
        assert (status, err) == (0, f"made a new gateway identity in {state}\n")
        device.until(lambda: not device.online)
        assert [event["event"] for event in running.events[-3:]] == ["offline", "closed", "stopped"]
        assert not (state / "control.sock").exists()
        device.app.close()


def test_it_ends_when_nobody_reads_its_output(state):
    # `uwish gateway | head -1`
    with start("gateway", "--state", state, "--listen", "127.0.0.1:0", "--json") as running:
        listening = json.loads(running.stdout.readline())
        running.stdout.close()
        host, port = listening["address"].split(":")
        deadline = time.monotonic() + GIVE_UP_S
        while running.poll() is None:
            assert time.monotonic() < deadline
            with contextlib.suppress(OSError):
                knock(host, int(port))
        assert running.returncode == 0
        assert "Traceback" not in running.stderr.read()


def knock(host, port):
    """Something that the gateway has to tell of."""
    with socket.create_connection((host, port), GIVE_UP_S) as sock:
        sock.sendall(bytes(67))
        sock.recv(1)


def test_the_list_shows_who_is_online(gateway, device, state):
    (row,) = json.loads(ok("device", "list", "--state", state, "--json"))
    assert [peer["name"] for peer in row["online"]] == ["device"]
    assert ok("device", "list", "--state", state).split("\t")[2] == "device/sensor"


def test_a_removed_device_is_disconnected_at_once(gateway, device, state):
    ok("device", "remove", "--state", state, "lamp")
    closed = gateway.wait_for("closed")
    assert (closed["alias"], closed["reason"]) == ("lamp", "unknown_contact")
    device.until(lambda: not device.online)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "HOST:PORT"),
        ("nonsense", "HOST:PORT"),
        ("127.0.0.1", "HOST:PORT"),
        ("127.0.0.1:", "HOST:PORT"),
        ("127.0.0.1:x", "HOST:PORT"),
        ("127.0.0.1:65536", "HOST:PORT"),
        ("::1:1", "HOST:PORT"),
    ],
)
def test_what_is_no_address(state, address, said):
    assert said in refused("gateway", "--state", state, "--listen", address, status=2)
    assert not state.exists()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("192.0.2.1:0", "does not have that address"),
        ("no-such-name.invalid:0", "cannot listen on no-such-name.invalid:0"),
        ("x" * 300 + ":0", "cannot listen"),
    ],
)
def test_an_address_that_cannot_be(state, address, said):
    assert said in refused("gateway", "--state", state, "--listen", address)


def test_a_port_in_use(state):
    with socket.create_server(("127.0.0.1", 0)) as sock:
        address = f"127.0.0.1:{sock.getsockname()[1]}"
        said = refused("gateway", "--state", state, "--listen", address)
    assert address in said
    assert "in use" in said
    assert not (state / "control.sock").exists()


@pytest.mark.parametrize(
    "options", [("--name", ""), ("--name", "x" * 33), ("--protocol", "twelve-chars")]
)
def test_names_that_cannot_be(state, options):
    assert "bytes" in refused("gateway", "--state", state, *options, status=2)
    assert not state.exists()


def test_the_private_key_is_in_no_output(gateway, device, state):
    device.app.peer.send(device.online[0], b"x")
    device.until(lambda: device.app.stats.sent == 1)
    gateway.wait_for("frame")
    _, out, err = gateway.stop()
    private = json.loads((state / "identity.json").read_text())["private"]
    said = json.dumps(gateway.events) + out + err
    assert private not in said


def test_without_json_it_writes_lines_for_people(state):
    with start("gateway", "--state", state, "--listen", "127.0.0.1:0") as running:
        first = running.stdout.readline()
        running.terminate()
        rest = running.stdout.read()
    assert "listening  127.0.0.1:" in first
    assert "no device may connect" in rest
    assert "stopped" in rest
    assert "\x1b" not in first + rest
