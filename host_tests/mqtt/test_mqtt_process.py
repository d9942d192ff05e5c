"""`uwish gateway --mqtt` as a process: its last will, what a kill -9 costs, what it shows."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import cbor2
import pytest
from gateway_world import Device
from gateway_world import until as turning
from mqtt_broker import GIVE_UP_S, once, password_line, until

from uwish_host.contacts_file import Contact
from uwish_host.mqtt.address import PASSWORD_VARIABLE
from uwish_host.state import State

ROOT = Path(__file__).resolve().parents[2]
SECRET = "correct horse"


class GatewayProcess:
    """`uwish gateway` with this state; as RunningGateway for devices."""

    def __init__(self, state, output, broker, *options, port=0):
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(ROOT / "lib"), str(ROOT / "tools"))),
            PASSWORD_VARIABLE: SECRET,
        }
        self.output = output
        with open(output, "w") as file:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "uwish_host", "gateway", "--json", "--workers", "0"),
                    *("--state", str(state.directory), "--listen", f"127.0.0.1:{port}"),
                    *("--flush-ms", "20", "--mqtt", broker.url, "--mqtt-user", "house", *options),
                ],
                env=environment,
                stdout=file,
                stderr=file,
            )
        self.identity = state.identity()
        until(lambda: self.events("listening") or self.process.poll() is not None)
        (listening,) = self.events("listening")
        self.transport = listening["transport"]
        self.port = int(listening["address"].rpartition(":")[2])

    def events(self, name):
        found = (
            json.loads(line) for line in self.output.read_text().splitlines() if line[:1] == "{"
        )
        return [event for event in found if event["event"] == name]

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(GIVE_UP_S)


@pytest.fixture
def closed_broker(make_broker, tmp_path):
    return make_broker(password_line(tmp_path, "house", SECRET))


@pytest.fixture
def state(tmp_path):
    made = State(tmp_path / "state")
    made.initialise()
    return made


@pytest.fixture
def lamp(state):
    device = Device("lamp")
    with state.changing_contacts() as contacts:
        contacts[device.app.uid] = Contact(device.app._node.identity.public, "lamp")
    yield device
    device.app.close()


def test_last_will_and_what_a_kill_costs(state, lamp, closed_broker, make_ear, tmp_path):
    """What was sent arrives at the broker once the next gateway runs; the will says meanwhile that
    this one is gone; what it had said of devices is put right."""
    ear = make_ear(closed_broker.port, "#", user="house", password=SECRET)
    first = GatewayProcess(state, tmp_path / "first", closed_broker)
    lamp.pin(first)
    presence = f"uwish/gateway/{first.identity.hid.hex()}/presence"
    here = f"uwish/device/{lamp.app.uid.hex()}/presence"
    sent = []

    def send(count):
        def one():
            pack = cbor2.dumps([{0: "n", 2: len(sent)}])
            return lamp.online and lamp.send(pack) == 200

        for _ in range(count):
            turning(one, lamp)
            sent.append(True)

    turning(lambda: lamp.online, lamp)
    send(50)
    turning(lambda: ear.latest("/reading/n") == 49 and ear.at(here) == ["online"], lamp)
    closed_broker.freeze()
    send(50)
    turning(lambda: len(first.events("frame")) == 100, lamp)
    turning(lambda: _stored(state) == 100, lamp)
    closed_broker.thaw()
    first.end(signal.SIGKILL)
    until(lambda: ear.at(presence)[-1] == "offline")
    second = GatewayProcess(state, tmp_path / "second", closed_broker, port=first.port)
    try:
        until(lambda: ear.at(presence)[-1] == "online")
        turning(lambda: ear.at(here)[-1] == "offline" or second.events("online"), lamp)
        turning(lambda: second.events("online"), lamp)
        send(5)
        turning(lambda: ear.latest("/reading/n") == 104, lamp)
        assert once(ear.values()) == list(range(105))
    finally:
        assert second.end() == 0
    assert ear.at(presence)[-1] == "offline"
    assert ear.at(here)[-1] == "offline"
    for process in (first, second):
        text = process.output.read_text()
        assert SECRET not in text and "Traceback" not in text
        assert not process.events("warning")


def _stored(state):
    from storage_world import rows

    return rows(state.readings_path, "SELECT count(*) FROM frame")[0][0]
