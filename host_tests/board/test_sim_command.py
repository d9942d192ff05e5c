"""`uwish sim` and `uwish sim-control`, as a user calls them."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from uwish_host.cli import main

UWISH = Path(sys.executable).with_name("uwish")
MPREMOTE = Path(sys.executable).with_name("mpremote")
WAIT_S = 60


class Sim:
    """A running `uwish sim --json`; `wait` for its events."""

    def __init__(self, *arguments, **options):
        command = [UWISH, "sim", "--json", *map(str, arguments)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
        self.events = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def wait(self, name, **fields):
        """The next such event."""
        for line in self.process.stdout:
            event = json.loads(line)
            self.events.append(event)
            if event["event"] == name and fields.items() <= event.items():
                return event
        raise AssertionError(f"no {name}; it said {self.events}")


def control(state, *arguments):
    """The click Result."""
    return CliRunner().invoke(main, ["sim-control", "--state", str(state), *map(str, arguments)])


def status(state, *arguments):
    done = control(state, *arguments)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def mpremote(port, *arguments):
    done = subprocess.run(
        [MPREMOTE, "connect", port, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=WAIT_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def state(tmp_path):
    return tmp_path / "board"


def test_a_board_from_power_on_to_the_end(state):
    with Sim("--state", state, "--size", "256k") as sim:
        port = sim.wait("port")
        assert Path(port["link"]).resolve() == Path(port["port"])
        sim.wait("boot", cause="power-on")
        sim.wait("prompt")
        assert mpremote(port["port"], "eval", "__import__('os').statvfs('/')[2]") == "64\n"
        # The name that stays the same, too.
        mpremote(port["link"], "exec", "with open('kept', 'w') as f: f.write('x')")
        assert status(state, "reset")["power"] == "running"
        sim.wait("boot", cause="hard")
        sim.wait("prompt")
        pid = status(state, "status")["pid"]
        sim.process.send_signal(signal.SIGTERM)
        sim.wait("power", on=False)
        assert sim.process.wait(WAIT_S) == 0
        assert not Path(f"/proc/{pid}").exists()
    assert sorted(file.name for file in state.iterdir()) == ["flash.bin", "lock"]
    with Sim("--state", state) as sim:
        port = sim.wait("port")["port"]
        sim.wait("prompt")
        assert mpremote(port, "exec", "print(open('kept').read())") == "x\n"


def test_it_ends_with_its_interpreter_even_when_it_is_killed(state):
    with Sim("--state", state) as sim:
        sim.wait("prompt")
        pid = status(state, "status")["pid"]
        sim.process.kill()
        sim.process.wait(WAIT_S)
        end = time.monotonic() + WAIT_S
        while Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes():
            assert time.monotonic() < end
            time.sleep(0.01)
    # Nothing that a dead one has left is in the way.
    with Sim("--state", state) as sim:
        sim.wait("prompt")


def test_one_board_has_one_broker(state):
    with Sim("--state", state) as sim:
        sim.wait("prompt")
        second = subprocess.run(
            [UWISH, "sim", "--state", state], capture_output=True, text=True, timeout=WAIT_S
        )
        assert second.returncode == 1
        assert "runs in" in second.stderr


def test_control_reaches_everything(state):
    with Sim("--state", state) as sim:
        sim.wait("prompt")
        for command, fields in (
            (("wifi", "down"), {"access_points": False}),
            (("wifi", "up", "--rssi", -80), {"access_points": True}),
            (("drop",), {}),
            (("pin", 4, 1), {}),
            (("adc", 34, 1500.5), {}),
            (("temperature", -30), {}),
            (("sensor", 4, -20.5, "--humidity", 50), {}),
            (("sensor", 4), {}),
            (("cut", 1000), {}),
            (("keep",), {}),
            (("network", "guests", "--open"), {}),
            (("brown-out",), {"cause": "power-on"}),
            (("power", "off"), {"power": "off", "pid": None}),
            (("erase",), {}),
            (("power", "on"), {"power": "running"}),
        ):
            assert fields.items() <= status(state, *command).items(), command
        done = control(state, "wake")
        assert done.exit_code == 1
        assert done.stderr == "Error: the board is not in deep sleep\n"


def test_without_a_board_it_says_what_to_start(state):
    done = control(state, "status")
    assert done.exit_code == 1
    assert f"start `uwish sim --state {state}`" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--size", "lots"), "'lots' is no size"),
        (("--size", "5000"), "multiple of 4096"),
        (("--heap", "3x"), "'3x' is no size"),
        (("--wifi-open",), "--wifi-open belongs to --wifi"),
    ],
)
def test_what_cannot_be(state, arguments, said):
    done = subprocess.run(
        [UWISH, "sim", "--state", state, *arguments], capture_output=True, text=True, timeout=WAIT_S
    )
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_wifis_password_is_asked_for_and_never_shown(state):
    ours, theirs = pty.openpty()
    secret = "only-this-one"
    # In a session of its own, so that the question is asked there.
    with Sim(
        *("--state", state, "--wifi", "home"),
        stdin=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as sim:
        os.close(theirs)
        said = b""
        while b"Password of the Wi-Fi home: " not in said:
            said += os.read(ours, 1000)
        os.write(ours, secret.encode() + b"\n")
        port = sim.wait("port")["port"]
        sim.wait("prompt")
        code = (
            "import network, time\nw = network.WLAN()\nw.active(True)\nw.config(reconnects=0)\n"
            "w.connect('home', %r)\nwhile w.status() == 1001: time.sleep_ms(10)\nprint(w.status())"
        )
        assert mpremote(port, "exec", code % "wrong") == "202\n"
        sim.wait("wifi", status=202)
        assert mpremote(port, "exec", code % secret) == "1010\n"
        sim.wait("wifi", status=1010, ssid="home")
        status(state, "status")
        sim.process.send_signal(signal.SIGINT)
        assert sim.process.wait(WAIT_S) == 0
        assert secret not in json.dumps(sim.events)
    os.close(ours)
    assert secret.encode() not in said


def test_people_get_sentences(state):
    with Sim("--state", state) as sim:
        sim.wait("prompt")
    process = subprocess.Popen(
        [UWISH, "sim", "--state", state], stdout=subprocess.PIPE, text=True, bufsize=1
    )
    try:
        lines = [process.stdout.readline() for _ in range(4)]
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=WAIT_S)
    finally:
        process.kill()
        process.wait()
    assert lines[0].startswith("port: /dev/pts/")
    assert lines[1:] == [
        "board: power on\n",
        "board: starts: power-on\n",
        "board: waits at the prompt\n",
    ]
    assert rest.endswith("board: power off\n")
    assert process.returncode == 0


def test_people_are_not_told_of_each_prompt_and_each_blink(capsys):
    from uwish_host.commands.sim import _Digest

    show = _Digest()
    for event in (
        ("boot", {"cause": "hard"}),
        *[("prompt", {}), ("pin", {"pin": 2, "level": 1})] * 3,
        ("boot", {"cause": "soft"}),
        ("pixel", {"pin": 8, "colour": [0, 8, 8]}),
        ("prompt", {}),
    ):
        show(*event)
    assert capsys.readouterr().out.splitlines() == [
        "board: starts: hard",
        "board: waits at the prompt",
        "board: starts: soft",
        "board: waits at the prompt",
    ]
