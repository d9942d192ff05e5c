"""The whole path, with the real mpremote on the virtual board: blank flash, deploy, provision,
reset, online at the gateway, frames both ways, a power cut, and back again by itself."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import cbor2
import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent / "cli"))

from command_line import GatewayProcess, ok  # noqa: E402

from uwish_host.sim import VirtualBoard  # noqa: E402

PASSWORD = "correct horse battery"


@pytest.fixture
def home(tmp_path):
    """A board in reach of the Wi-Fi `home`."""
    with VirtualBoard(tmp_path / "flash", networks={"home": PASSWORD}) as board:
        board.wait_prompt()
        yield board


@pytest.fixture(scope="module")
def deployed_flash(tmp_path_factory):
    """The flash of a board after `uwish deploy`, to be copied."""
    flash = tmp_path_factory.mktemp("deployed") / "flash"
    with VirtualBoard(flash) as board:
        board.wait_prompt()
        ok("deploy", "--port", board.port)
        board.wait_prompt()
    return flash


@pytest.fixture
def deployed(deployed_flash, tmp_path):
    """A board with uwish on it, in reach of the Wi-Fi `home`."""
    shutil.copy(deployed_flash, tmp_path / "flash")
    with VirtualBoard(tmp_path / "flash", networks={"home": PASSWORD}) as board:
        yield board


@pytest.fixture
def gateway(tmp_path):
    with GatewayProcess(tmp_path / "state") as running:
        yield running


def mpremote(board, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "mpremote", "connect", board.port, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def provision(board, gateway, state):
    said = ok(
        *("provision", "--port", board.port, "--gateway", state, "--wifi", "home"),
        *("--address", gateway.listening["address"], "--name", "greenhouse", "--json"),
        *("--password-file", "-"),
        input=PASSWORD,
    )
    return json.loads(said)


def frames(gateway, count):
    """The uids that the next frames come from."""
    return {gateway.wait_for("frame")["peer"]["ruid"] for _ in range(count)}


def knows_the_time(gateway):
    """Of each frame so far: has it a time of its own?"""
    found = [bytes.fromhex(e["data"]) for e in gateway.events if e["event"] == "frame"]
    return [any(-3 in record for record in cbor2.loads(data)) for data in found]


def test_from_blank_flash_to_frames_and_back_after_a_power_cut(home, gateway, tmp_path):
    state = tmp_path / "state"
    ok("deploy", "--port", home.port)
    home.wait_output("run uwish provision")
    home.wait_prompt()

    # mpremote sees an ordinary board.
    assert "uwish_board.mpy" in mpremote(home, "fs", "ls", ":/lib")
    mpremote(home, "fs", "cp", str(_settings(tmp_path)), ":config.json")
    assert "greenhouse" not in mpremote(home, "fs", "cat", ":config.json")

    said = provision(home, gateway, state)
    uid = said["identity"]["uid"]
    assert said["online"]["online"]
    assert frames(gateway, 3) == {uid}
    # It is told the time when it comes online; from then on its readings have one.
    while not knows_the_time(gateway)[-1]:
        assert frames(gateway, 1) == {uid}
    known = knows_the_time(gateway)
    assert not known[0] and known == sorted(known)
    assert "clock: set" in home.output
    sent = ok("send", "--state", state, "greenhouse", "--senml", "interval=0.5:s")
    assert sent.startswith("200 ")
    home.wait_output("setting interval: 0.5")

    # The power goes in the middle of its work, and comes back.
    home.control("power", on=False)
    home.control("power", on=True)
    assert gateway.wait_for("connected")["ruid"] == uid
    assert frames(gateway, 2) == {uid}

    # So does a reset by mpremote.
    mpremote(home, "reset")
    assert gateway.wait_for("connected")["ruid"] == uid
    assert frames(gateway, 1) == {uid}
    assert PASSWORD not in home.output


def test_another_deploy_keeps_settings_and_identity(deployed, gateway, tmp_path):
    uid = provision(deployed, gateway, tmp_path / "state")["identity"]["uid"]
    again = json.loads(ok("deploy", "--port", deployed.port, "--json"))
    assert again["deployed"] == {"sent": 0, "removed": 0}
    assert gateway.wait_for("connected")["ruid"] == uid
    assert frames(gateway, 1) == {uid}


def test_the_wifi_goes_and_comes_back(deployed, gateway, tmp_path):
    uid = provision(deployed, gateway, tmp_path / "state")["identity"]["uid"]
    gateway.wait_for("frame")
    mark = len(deployed.output)
    deployed.control("wifi", up=False)
    deployed.wait_output("Wi-Fi home: the connection was lost", since=mark)
    deployed.control("wifi", up=True)
    deployed.wait_output("Wi-Fi home: connected", timeout_s=60, since=mark)
    # Its old connection may be found dead by the gateway only after the new one is there.
    while frames(gateway, 1) != {uid}:
        pass
    deployed.wait_output("online: gateway@", timeout_s=60, since=mark)


def test_the_gateway_restarts(deployed, gateway, tmp_path):
    uid = provision(deployed, gateway, tmp_path / "state")["identity"]["uid"]
    gateway.wait_for("frame")
    gateway.stop()
    with GatewayProcess(tmp_path / "state", listen=gateway.listening["address"]) as again:
        assert again.wait_for("online")["peer"]["ruid"] == uid
        assert frames(again, 1) == {uid}


def _settings(folder):
    file = folder / "config.json"
    file.write_text('{"interval_s": 1}')
    return file
