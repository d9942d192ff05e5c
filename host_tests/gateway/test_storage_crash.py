"""kill -9 under load: what was in the database stays, without a gap, and the next start goes on."""

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path

import cbor2
import pytest
from gateway_world import Device
from storage_world import GIVE_UP_S, looking, rows

from uwish_host.contacts_file import Contact
from uwish_host.state import State

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join((str(ROOT / "lib"), str(ROOT / "tools"))),
}


class GatewayProcess:
    """`uwish gateway` with this state, as RunningGateway for devices."""

    def __init__(self, state, port=0, *options):
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "uwish_host", "gateway", "--json", "--workers", "0"),
                *("--state", str(state.directory), "--listen", f"127.0.0.1:{port}", *options),
            ],
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
        )
        listening = json.loads(self.process.stdout.readline())
        self.port = int(listening["address"].rpartition(":")[2])
        self.identity = state.identity()
        self.transport = listening["transport"]

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture
def state(tmp_path):
    made = State(tmp_path / "state")
    made.initialise()
    return made


@pytest.fixture
def device(state):
    made = Device(tx_size=8192)
    public = made.app._node.identity.public
    with state.changing_contacts() as contacts:
        contacts[made.app.uid] = Contact(public, "lamp")
    yield made
    made.app.close()


class Sender:
    """Sends numbered readings as fast as they go."""

    def __init__(self, device):
        self._device = device
        self._next = 0

    def until(self, condition):
        """Send until then; AssertionError when it takes too long."""
        deadline = time.monotonic() + GIVE_UP_S
        while not condition():
            assert time.monotonic() < deadline, "waited in vain"
            while self._device.online:
                if self._device.send(cbor2.dumps([{0: "n", 2: self._next}])) != 200:
                    break
                self._next += 1
            self._device.app.poll(1)


def stored(path):
    """How many numbers are in the database, as another process sees it."""
    if not path.exists():
        return 0
    with looking(path) as db:
        ((tables,),) = db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'reading'")
        return db.execute("SELECT count(*) FROM reading").fetchone()[0] if tables else 0


def numbers(path):
    return [value for (value,) in rows(path, "SELECT value FROM reading ORDER BY id")]


def test_what_was_written_survives_kill_9_and_a_second_start_goes_on(state, device):
    path = state.readings_path
    sender = Sender(device)
    running = GatewayProcess(state, 0, "--flush-ms", "20")
    device.pin(running)
    seen = 0
    for round in range(1, 4):
        if round > 1:
            running = GatewayProcess(state, running.port, "--flush-ms", "20")
        try:
            sender.until(lambda goal=seen + 500: stored(path) > goal)
            acknowledged = numbers(path)
        finally:
            running.kill()
        after = numbers(path)
        # Whoever has looked has seen nothing that is not there any more.
        assert after[: len(acknowledged)] == acknowledged
        assert rows(path, "PRAGMA integrity_check") == [("ok",)]
        # In the order they were sent. Some at the end of each round are lost: those that were on
        # their way, and the last batch.
        assert after == sorted(set(after))
        assert rows(path, "SELECT count(*) FROM frame") == [(len(after),)]
        seen = len(after)
    assert rows(path, "SELECT count(*) FROM device") == [(1,)]
    reasons = [reason for (reason,) in rows(path, "SELECT reason FROM presence ORDER BY id")]
    assert reasons == [None, "gateway_down", None, "gateway_down", None]


def test_until_the_first_gap_nothing_is_missing(state, device):
    path = state.readings_path
    running = GatewayProcess(state, 0, "--flush-ms", "20")
    try:
        device.pin(running)
        Sender(device).until(lambda: stored(path) > 1000)
    finally:
        running.kill()
    found = numbers(path)
    assert found == list(range(len(found)))


def test_a_gateway_that_is_told_to_stop_writes_all_it_has(state, device):
    path = state.readings_path
    # So long that only the end can be what writes.
    running = GatewayProcess(state, 0, "--flush-ms", "60000")
    try:
        device.pin(running)
        sender = Sender(device)
        said = bytearray()

        def enough():
            ready, _, _ = select.select([running.process.stdout], [], [], 0)
            if ready:
                said.extend(os.read(running.process.stdout.fileno(), 65536))
            return said.count(b'"event": "frame"') > 100

        sender.until(enough)
        assert stored(path) == 0
        running.process.terminate()
        assert running.process.wait(GIVE_UP_S) == 0
    finally:
        running.kill()
    found = numbers(path)
    assert found == list(range(len(found)))
    assert len(found) > 100
    ((online, reason),) = rows(path, "SELECT online, reason FROM presence ORDER BY id DESC LIMIT 1")
    assert (online, reason) == (0, "closed")
