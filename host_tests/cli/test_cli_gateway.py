"""`uwish gateway` as a process, and `uwish send` and `uwish device` while it runs."""

import contextlib
import json
import signal
import socket
import stat
import time

import pytest
from command_line import GIVE_UP_S, GatewayProcess, ok, refused, start, uwish

import uwish as library


class Device:
    """A device of this process, online at a gateway."""

    def __init__(self, gateway, state, alias="lamp", name="device"):
        self.app = library.App(name, protocols=("sensor",))
        self.app.identity.create(alias)
        self.frames = []
        self.online = []
        self.app.on("online", self.online.append)
        self.app.on("offline", self.online.remove)
        self.app.on("frame", lambda peer, data: self.frames.append(bytes(data)))
        ok("device", "add", "--state", state, self.app.identity.export().hex())
        self.app.identity.import_(bytes.fromhex(gateway.listening["document"]))
        own = bytes.fromhex(gateway.listening["uid"])
        self.app.peer.pin(self.app.uid, own, library.ANY_HOST, "always")
        self.until(lambda: self.online)

    def until(self, condition):
        deadline = time.monotonic() + GIVE_UP_S
        while not condition():
            self.app.poll(2)
            assert time.monotonic() < deadline, "waited in vain"


@pytest.fixture
def gateway(state):
    with GatewayProcess(state) as running:
        yield running


@pytest.fixture
def device(gateway, state):
    made = Device(gateway, state)
    yield made
    made.app.close()


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
    assert "no gateway runs" in refused("send", "--state", state / "x", "lamp", "--text", "x")


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


def test_the_list_shows_who_is_online(gateway, device, state):
    (row,) = json.loads(ok("device", "list", "--state", state, "--json"))
    assert [peer["name"] for peer in row["online"]] == ["device"]
    assert ok("device", "list", "--state", state).split("\t")[2] == "device/sensor"


def test_a_removed_device_is_disconnected_at_once(gateway, device, state):
    ok("device", "remove", "--state", state, "lamp")
    closed = gateway.wait_for("closed")
    assert (closed["alias"], closed["reason"]) == ("lamp", "unknown_contact")
    device.until(lambda: not device.online)


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
        sock.sendall(bytes(70000) + b"\n")
        assert sock.recv(1) == b""
    assert json.loads(ok("device", "list", "--state", state, "--json")) == []


def test_a_state_deep_in_the_tree_has_a_control_socket_too(tmp_path):
    state = tmp_path / ("d" * 100) / ("e" * 100)
    with GatewayProcess(state):
        assert uwish("send", "--state", state, "lamp", "--text", "x").exit_code == 4


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
    assert "bytes" in refused("gateway", "--state", state, *options)
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
