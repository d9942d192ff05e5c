"""`uwish send` to devices of a running gateway, and the control socket it goes through."""

import json
import socket
import stat

import pytest
from command_line import GatewayProcess, ok, refused, uwish


@pytest.mark.parametrize(
    ("options", "payload"),
    [
        (["--hex", "00 ff"], b"\x00\xff"),
        (["--text", "grün"], "grün".encode()),
        (["--json", '{"a": [1, true]}'], bytes.fromhex("a161618201f5")),
        (["--senml", "interval=2:s"], bytes.fromhex("81a30068696e74657276616c01617302" + "02")),
        (
            ["--senml", "led=true", "--senml", "mode=eco"],
            bytes.fromhex("82a200636c656404f5a200646d6f64650363" + b"eco".hex()),
        ),
    ],
)
def test_send(gateway, device, state, options, payload):
    assert ok("send", "--state", state, "lamp", *options).startswith("200 ")
    device.until(lambda: device.frames)
    assert device.frames == [payload]
    sent = gateway.wait_for("sent")
    assert (sent["status"], sent["data"]) == (200, payload.hex())


def test_the_device_of_send_is_an_alias_a_uid_or_a_url(gateway, device, state):
    url = gateway.wait_for("online")["peer"]["url"]
    for who in ("lamp", device.app.uid.hex()[:6], device.app.uid.hex(), url):
        assert uwish("send", "--state", state, who, "--text", who).exit_code == 0
    device.until(lambda: len(device.frames) == 4)


@pytest.mark.parametrize(
    ("who", "options", "status", "exit_code"),
    [
        ("lamp", ["--hex", "00" * 4091], 413, 5),
        ("lamp", ["--text", "x" * 100000], 413, 5),
        ("nobody", ["--text", "x"], 404, 4),
        ("lamp", ["--text", "x", "--protocol", "chess"], 404, 4),
        ("lamp", ["--text", "x", "--service", "other"], 404, 4),
        ("a>b@c/d/sensor", ["--text", "x"], 404, 4),
        ("lamp", ["--text", "x", "--protocol", "sensor", "--service", "device"], 200, 0),
    ],
)
def test_the_status_of_send(device, state, who, options, status, exit_code):
    result = uwish("send", "--state", state, who, *options)
    assert result.exit_code == exit_code
    assert result.stdout.startswith(f"{status} ")


def test_send_to_a_device_that_is_not_online(gateway, state, document):
    ok("device", "add", "--state", state, document("away").hex())
    result = uwish("send", "--state", state, "away", "--text", "x")
    assert (result.exit_code, result.stdout) == (4, "404 away is not online (1 bytes)\n")


def test_send_to_a_full_buffer_is_507(gateway, device, state):
    # The device takes no turns: its kernel and ours hold some, then the gateway's buffer is full.
    statuses = []
    while not statuses or statuses[-1] == 0:
        statuses.append(uwish("send", "--state", state, "lamp", "--hex", "00" * 4000).exit_code)
    assert statuses[-1] == 7


def test_send_without_a_gateway(state):
    ok("identity", "create", "--state", state)
    assert "no gateway runs" in refused("send", "--state", state, "lamp", "--text", "x")


def test_send_wants_exactly_one_payload(state):
    for options in ([], ["--text", "x", "--hex", "00"]):
        result = uwish("send", "--state", state, "lamp", *options)
        assert result.exit_code == 2
        assert "--senml" in result.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--hex", "0"], "not hex"),
        (["--hex", "xx"], "not hex"),
        (["--json", "{"], "not JSON"),
        (["--senml", "x"], "name=value"),
        (["--senml", " x=1"], "SenML name"),
        (["--senml", "=1"], "SenML name"),
    ],
)
def test_a_payload_that_makes_no_sense(state, options, said):
    assert said in refused("send", "--state", state, "lamp", *options)


def test_the_control_socket_is_private_and_replaced_when_it_is_dead(state):
    with GatewayProcess(state) as running:
        assert stat.S_IMODE((state / "control.sock").stat().st_mode) == 0o600
        running.process.kill()
        running.process.wait()
    assert (state / "control.sock").exists()
    assert "no gateway runs" in refused("send", "--state", state, "lamp", "--text", "x")
    with GatewayProcess(state):
        assert uwish("send", "--state", state, "lamp", "--text", "x").exit_code == 4


def test_nonsense_on_the_control_socket_is_answered(gateway, state):
    questions = [b"{", b"[]", b"7", b'{"op": "nonsense"}', b'{"op": "send"}', b'{"op": ["x"]}']
    questions += [b'{"op": "send", "device": 7, "data": "00"}', b"[" * 50000]
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(state / "control.sock"))
        with sock.makefile("rb") as lines:
            for question in questions:
                sock.sendall(question + b"\n")
                assert json.loads(lines.readline()) == {"error": "no such request"}
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(state / "control.sock"))
        sock.sendall(bytes(300000) + b"\n")
        assert sock.recv(1) == b""
    assert json.loads(ok("device", "list", "--state", state, "--json")) == []


def test_a_state_deep_in_the_tree_has_a_control_socket_too(tmp_path):
    state = tmp_path / ("d" * 100) / ("e" * 100)
    with GatewayProcess(state):
        assert uwish("send", "--state", state, "lamp", "--text", "x").exit_code == 4
