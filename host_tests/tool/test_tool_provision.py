"""`uwish provision` on a virtual board: identity, Wi-Fi, gateway; and what it never shows."""

import base64
import json
import os
import subprocess
import sys

import pytest
from command_line import ENVIRONMENT, GatewayProcess, ok
from tool_on_board import (
    PASSWORD,
    Tool,
    devices,
    on_board,
    provision,
    value_on_board,
    write_on_board,
)

from uwish_host.board import gateways
from uwish_host.state import State


def config_of(board):
    return json.loads(on_board(board, "print(open('/config.json').read())", shows_secret=True))


def test_a_device_comes_online_at_a_gateway(board, gateway):
    said = provision(board, gateway, "--name", "greenhouse", wait=20).splitlines()
    assert [line.split()[0] for line in said] == ["identity", "wifi", "gateway", "online"]
    assert "made: greenhouse" in said[0]
    assert said[3] == "online    the device is online at gateway"
    (device,) = devices(gateway.state)
    assert device["alias"] == "greenhouse" and device["uid"] in said[0]
    frame = gateway.wait_for("frame")
    assert frame["peer"]["alias"] == "greenhouse" and frame["format"] == "senml"


def test_once_more_changes_nothing_and_needs_no_password(board, gateway):
    first = provision(board, gateway, run="json")
    again = Tool(board).json(
        "provision",
        *("--gateway", gateway.state, "--address", gateway.listening["address"]),
    )
    assert first["identity"]["made"] and not again["identity"]["made"]
    assert first["identity"]["uid"] == again["identity"]["uid"]
    assert again["gateway"]["admitted"] == "unchanged"
    assert again["wifi"] == "home" and again["online"] == {"online": True}


def test_the_device_keeps_all_of_it(board, gateway):
    provision(board, gateway, "--name", "greenhouse")
    config = config_of(board)
    assert config == {"name": "greenhouse", "wifi": {"ssid": "home", "password": PASSWORD}}
    assert set(value_on_board(board, "os.listdir('/')")) == {
        *("boot.py", "main.py", "config.json", "lib", "deploy", "wish")
    }


def test_other_settings_stay(board, gateway):
    settings = {"interval_s": 2, "wifi": {"ssid": "old", "password": "x" * 8, "hostname": "shed"}}
    write_on_board(board, "/config.json", json.dumps(settings))
    provision(board, gateway)
    assert config_of(board) == {
        "interval_s": 2,
        "wifi": {"ssid": "home", "password": PASSWORD, "hostname": "shed"},
    }


def test_the_gateway_in_the_settings_gives_way(board, gateway, tmp_path):
    other = ok("identity", "create", "--state", tmp_path / "other") and ok(
        "identity", "export", "--state", tmp_path / "other", "--hex"
    )
    settings = {"gateway": {"document": other.strip(), "transports": ["wish://127.0.0.1:9"]}}
    write_on_board(board, "/config.json", json.dumps(settings))
    provision(board, gateway)
    assert "gateway" not in config_of(board)


def test_an_open_network(board, gateway):
    board.control("network", ssid="guests", password=None)
    provision(board, gateway, "--wifi", "guests", password="")
    assert config_of(board)["wifi"] == {"ssid": "guests"}


def test_a_wrong_password_is_told(board, gateway):
    said = provision(board, gateway, password="wrong password", wait=8, run="refused")
    assert "is not online at gateway after 8 s; it said last:" in said
    assert "uwish doctor --port" in said


def test_a_connection_from_before_its_restart_does_not_count(board, gateway):
    provision(board, gateway, wait=20)
    gateway.wait_for("frame")
    # The gateway does not notice for a while that the device has gone.
    board.control("wifi", up=False)
    said = provision(board, gateway, wait=2, run="refused")
    assert "is not online at gateway after 2 s" in said
    assert "closed" not in [event["event"] for event in gateway.events]


def test_no_gateway_runs(board, tmp_path):
    state = tmp_path / "state"
    ok("identity", "create", "--state", state)
    tool = Tool(board)
    said = tool.ok("provision", "--gateway", state, "--address", "127.0.0.1:9", "--wifi", "home",
                   "--password-file", "-", input=PASSWORD)  # fmt: skip
    assert said.splitlines()[-1] == "restarted no gateway runs here now: start `uwish gateway`"
    assert len(devices(state)) == 1
    with GatewayProcess(state, listen="127.0.0.1:0"):
        pass


def test_the_gateway_has_moved(board, tmp_path, gateway):
    provision(board, gateway)
    gateway.stop()
    with GatewayProcess(gateway.state) as moved:
        moved.state = gateway.state
        said = provision(board, moved, run="json", wait=20)
        assert said["gateway"]["transport"] == "wish://" + moved.listening["address"]
        assert said["online"]["online"]


def test_another_gateway_takes_its_place(board, gateway, tmp_path):
    provision(board, gateway)
    with GatewayProcess(tmp_path / "new") as new:
        new.state = tmp_path / "new"
        said = provision(board, new, run="json", wait=20)
        assert said["gateway"]["dropped"] == [gateway.listening["uid"]]
        assert said["online"]["online"]
    (pin,) = Tool(board).json("pins")["pins"]
    assert pin["ruid"] == new.listening["uid"]


def test_more_than_one_gateway(board, gateway, tmp_path):
    provision(board, gateway)
    ok("identity", "create", "--state", tmp_path / "new")
    Tool(board).ok(
        "provision",
        *("--gateway", tmp_path / "new", "--address", "127.0.0.1:9", "--also", "--wait", 0),
    )
    assert len(Tool(board).json("pins")["pins"]) == 2


def test_damaged_settings_are_told_and_can_be_begun_anew(board, gateway):
    write_on_board(board, "/config.json", '{"interval_s": ')
    assert "/config.json is not JSON" in provision(board, gateway, run="refused")
    provision(board, gateway, "--reset-settings")
    assert list(config_of(board)) == ["wifi"]


def test_wrong_settings_leave_the_old_file(board, gateway):
    write_on_board(board, "/config.json", '{"interval_s": 7}')
    said = provision(board, gateway, "--name", "x" * 40, run="refused")
    assert "name: must be text of 1 to 32 bytes" in said
    assert config_of(board) == {"interval_s": 7}
    assert "config.json.new" not in value_on_board(board, "os.listdir('/')")


def test_nobody_to_ask(board, gateway):
    tool = Tool(board)
    said = tool.refused("provision", "--gateway", gateway.state, "--wifi", "home", "--address",
                        gateway.listening["address"])  # fmt: skip
    assert "--password-file" in said


def test_the_password_is_asked_for_and_shown_nowhere(board, gateway, tmp_path):
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "uwish_host", "provision", "--port", board.port]
    command += ["--gateway", gateway.state, "--address", gateway.listening["address"]]
    command += ["--wifi", "home", "--name", "greenhouse", "--json"]
    running = subprocess.Popen(
        [str(part) for part in command],
        env=ENVIRONMENT,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: __import__("fcntl").ioctl(0, __import__("termios").TIOCSCTTY, 0),
    )
    os.close(theirs)
    shown = b""
    arguments = set()
    while b"password of home" not in shown:
        shown += os.read(ours, 1000)
    os.write(ours, PASSWORD.encode() + b"\n")
    while True:
        if running.poll() is None:  # so /proc has it, even when it ends this very moment
            with open(f"/proc/{running.pid}/cmdline", "rb") as file:
                arguments.add(file.read())
        try:
            data = os.read(ours, 1000)
        except OSError:
            break
        shown += data
    os.close(ours)
    written = running.communicate()[0]
    assert running.returncode == 0, shown + written
    assert json.loads(written)["online"]["online"]
    everything = shown + written + board.output.encode() + b"".join(arguments)
    everything += b"".join(file.read_bytes() for file in gateway.state.iterdir() if file.is_file())
    assert config_of(board)["wifi"]["password"] == PASSWORD
    # A format byte, then the seed (uwish.identity.Identity.dump).
    load = "uwish.FileStore('/wish').load('identity')"
    kept = value_on_board(board, load, "import uwish", shows_secret=True)
    seed = kept[1:33]
    for secret in (PASSWORD.encode(), seed):
        for form in (secret, secret.hex().encode(), base64.b64encode(secret)):
            assert form not in everything
    # The search would have found it.
    assert kept[33:65].hex().encode() in everything


def test_an_address_is_needed_where_there_is_no_network(monkeypatch, tmp_path):
    state = State(tmp_path)
    state.initialise()
    monkeypatch.setattr(gateways, "_ELSEWHERE", ("0.0.0.0.0", 9))
    own = gateways.OwnGateway(state)
    with pytest.raises(gateways.Failure, match="--address"):
        gateways.choose_transport(None, own)
