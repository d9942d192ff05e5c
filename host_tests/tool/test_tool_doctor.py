"""`uwish doctor` on a virtual board: each step that can fail fails here, and is told."""

import json
import os

import pytest
from command_line import GatewayProcess, ok, uwish
from tool_on_board import PASSWORD, Tool, on_board, write_on_board

from uwish_host.board import port
from uwish_host.board.enrol import Enrolment

STEPS = (
    *("port", "firmware", "files", "settings", "sensors", "crashes", "wifi", "clock"),
    *("identity", "pins", "address"),
)


FILL = """
n = 65536
number = 0
while n >= 512:
    try:
        with open("/fill-%d" % number, "wb") as f:
            f.write(bytes(n))
        number += 1
    except OSError:
        n //= 2
"""


class Doctor:
    """What `uwish doctor` finds."""

    def __init__(self, board, *arguments):
        given = arguments or ("--wait", 0)
        result = uwish("doctor", "--port", getattr(board, "port", board), "--json", *given)
        self.port = getattr(board, "port", board)
        self.status = result.exit_code
        self.output = result.output
        said = json.loads(result.stdout)
        self.ok = said["ok"]
        self.steps = {step["step"]: step for step in said["steps"]}
        assert self.status == (0 if self.ok else 1)

    def failed(self):
        return [name for name, step in self.steps.items() if step["state"] == "failed"]

    def why(self, name):
        """The sentence of the one step that fails, and what to try."""
        assert self.failed() == [name], self.steps
        assert self.steps[name]["try"]
        return f"{self.steps[name]['text']} -> {self.steps[name]['try']}"


@pytest.fixture
def provisioned(board, gateway):
    """A board that serves `gateway`."""
    Tool(board).ok(
        "provision",
        *("--gateway", gateway.state, "--address", gateway.listening["address"], "--wait", 0),
        *("--wifi", "home", "--password-file", "-"),
        input=PASSWORD,
    )
    return board


def test_all_is_well(provisioned, gateway):
    said = Tool(provisioned).ok("doctor", "--gateway", gateway.state)
    lines = said.splitlines()
    assert [line.split()[0] for line in lines] == [*STEPS, "gateway"]
    assert "FAILED" not in said
    assert lines[-1] == "gateway   ok     the device is online at gateway"
    assert PASSWORD not in said


def test_a_port_that_is_not_there():
    doctor = Doctor("/dev/ttyNONE")
    assert "there is no port /dev/ttyNONE" in doctor.why("port")


def test_a_blank_board(blank):
    doctor = Doctor(blank)
    assert doctor.why("files") == "uwish is not on the board -> uwish deploy"
    assert doctor.steps["settings"]["state"] == "left out"
    assert doctor.steps["address"]["text"] == "not without wifi"


def test_a_wrong_version(blank, monkeypatch):
    from uwish_host.board import facts

    monkeypatch.setattr(facts, "_OLDEST", (1, 99, 0))
    assert "uwish needs MicroPython 1.99 or newer" in Doctor(blank).why("firmware")


def test_a_damaged_file(provisioned):
    write_on_board(provisioned, "/lib/config.mpy", "x")
    assert "/lib/config.mpy is damaged -> uwish deploy" in Doctor(provisioned).why("files")


def test_damaged_settings(provisioned):
    write_on_board(provisioned, "/config.json", '{"interval_s": -1}')
    why = Doctor(provisioned).why("settings")
    assert "interval_s: must be 0.05 to 86400 seconds" in why
    assert "uwish provision --reset-settings" in why


def test_older_firmware_fails_one_step_and_not_the_others(provisioned, monkeypatch):
    monkeypatch.setattr(Enrolment, "sensors", lambda device: device._call("newer"))
    doctor = Doctor(provisioned)
    assert doctor.why("sensors").endswith("no attribute 'newer' -> uwish deploy")
    assert tuple(doctor.steps) == STEPS


def test_a_full_flash(provisioned):
    on_board(provisioned, FILL)
    doctor = Doctor(provisioned)
    assert doctor.ok and doctor.steps["files"]["state"] == "note"
    assert "the flash has 0 KB left" in doctor.steps["files"]["text"]
    tool = Tool(provisioned)
    said = tool.refused("pins", "pin", "gateway", "--priority", 7)
    assert "its flash is full: remove files from it" in said
    assert [pin["priority"] for pin in tool.json("pins")["pins"]] == [0]


def test_a_board_that_does_not_answer(monkeypatch):
    monkeypatch.setattr(port, "_TRIES_S", (0.1, 0.1))
    monkeypatch.setattr(port, "_BYTE_TIMEOUT_S", 0.1)
    ours, theirs = os.openpty()
    doctor = Doctor(os.ttyname(theirs))
    os.close(ours)
    os.close(theirs)
    assert doctor.why("port").startswith(f"{doctor.port}: no MicroPython prompt -> press its RESET")


def test_sensors_that_do_not_work(provisioned):
    text = on_board(provisioned, "print(open('/config.json').read())", shows_secret=True)
    settings = json.loads(text)
    settings["sensors"] = [
        "heap",
        {"sensor": "dht22", "pin": 4},
        {"sensor": "ds18b20", "pin": 5},
        {"sensor": "adc"},
        "none",
    ]
    write_on_board(provisioned, "/config.json", json.dumps(settings))
    provisioned.control("sensor", pin=5, celsius=20.5)
    why = Doctor(provisioned).why("sensors")
    assert why.startswith("dht22: the DHT22 does not answer: check its pin")
    assert "; adc: pin: must be the number of a pin; none: there is no sensor called 'none'" in why
    assert "ds18b20:" not in why and "heap:" not in why
    provisioned.control("sensor", pin=4, celsius=20.5, humidity=50)
    assert "dht22" not in Doctor(provisioned).why("sensors")


def test_without_a_gateway_to_ask_the_device_is_heard(provisioned, gateway):
    (device,) = json.loads(ok("device", "list", "--state", gateway.state, "--json"))
    ok("device", "remove", "--state", gateway.state, device["alias"])
    why = Doctor(provisioned, "--wait", 60).why("online")
    assert "most likely our identity is no contact there" in why
    assert "uwish provision" in why


def test_nothing_set_up_yet(board):
    doctor = Doctor(board)
    assert doctor.failed() == ["wifi", "identity"]
    assert doctor.steps["wifi"]["text"] == "no network is set"
    assert doctor.steps["identity"]["text"] == "the device has no identity yet"


def test_a_network_that_is_not_there(provisioned):
    provisioned.control("wifi", up=False)
    assert "home: no network of this name answers" in Doctor(provisioned).why("wifi")


def test_a_wrong_password(provisioned):
    text = on_board(provisioned, "print(open('/config.json').read())", shows_secret=True)
    write_on_board(provisioned, "/config.json", text.replace(PASSWORD, "wrong password"))
    doctor = Doctor(provisioned)
    assert "home: the password is refused" in doctor.why("wifi")
    assert "wrong password" not in doctor.output + provisioned.output.replace(text, "")


def test_a_weak_signal_is_remarked_upon(provisioned):
    provisioned.control("wifi", rssi=-88)
    doctor = Doctor(provisioned)
    assert doctor.ok
    assert "-88 dBm, which is weak" in doctor.steps["wifi"]["text"]


def test_a_gateway_that_has_stopped(provisioned, gateway):
    gateway.stop()
    assert "nobody listens there -> start `uwish gateway`" in Doctor(provisioned).why("address")


def test_a_gateway_whose_address_has_no_such_name(provisioned, gateway):
    state = gateway.state
    Tool(provisioned).ok(
        *("provision", "--gateway", state, "--address", "nowhere.invalid:1", "--wait", 0)
    )
    assert "nobody has this name: give the address in numbers" in Doctor(provisioned).why("address")


def test_no_pin(provisioned):
    Tool(provisioned).ok("pins", "unpin", "gateway")
    assert "serves no gateway yet" in Doctor(provisioned).why("pins")


def test_a_clock_that_is_set(provisioned):
    code = "import machine; machine.RTC().datetime((2026, 1, 2, 4, 3, 4, 5, 0))"
    on_board(provisioned, code)
    assert Doctor(provisioned).steps["clock"]["text"] == "set, it is 2026"


def test_crashes_are_told(provisioned):
    on_board(
        provisioned,
        "from kept import Kept, open_memory\nk = Kept(open_memory())\n"
        "k.crashed('ValueError: it was a test')\nk.save()",
    )
    doctor = Doctor(provisioned)
    assert doctor.steps["crashes"]["state"] == "note"
    assert "ValueError: it was a test" in doctor.steps["crashes"]["text"]


def test_a_gateway_that_does_not_know_the_device(provisioned, gateway):
    (device,) = json.loads(ok("device", "list", "--state", gateway.state, "--json"))
    ok("device", "remove", "--state", gateway.state, device["alias"])
    doctor = Doctor(provisioned, "--gateway", gateway.state)
    assert doctor.why("gateway") == "gateway does not let it in -> uwish provision"


def test_a_gateway_that_does_not_run_here(provisioned, gateway, tmp_path):
    address = gateway.listening["address"]
    gateway.stop()
    # Somebody else listens there, so that the device's side is well.
    with GatewayProcess(tmp_path / "other", listen=address):
        doctor = Doctor(provisioned, "--gateway", gateway.state)
    assert doctor.why("gateway") == "gateway does not run -> uwish gateway --state DIR"
