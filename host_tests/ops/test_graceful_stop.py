"""Stopping a gateway: devices are told and come back, and nothing that they handed over is lost."""

import asyncio
import contextlib
import signal
import socket
import sqlite3
import subprocess
import sys
import threading

import pytest
from command_line import ENVIRONMENT, GIVE_UP_S, GatewayProcess
from device_online import Device
from gateway_world import Client, RunningGateway, rest_of, until

from uwish.identity import Identity
from uwish_host.board.core_app import encode
from uwish_host.contacts_file import Contact
from uwish_host.ops import leaving

OURS = b"client".ljust(32, b"\0")


GATEWAY = b"gateway".ljust(32, b"\0")


@pytest.fixture
def gateway(tmp_path):
    running = RunningGateway(tmp_path / "gateway")
    yield running
    running.close()


@pytest.fixture
def client(gateway):
    """A client that the gateway knows as an online peer."""
    identity = Identity.create("client")
    with gateway.state.changing_contacts() as contacts:
        contacts[identity.uid] = Contact(identity.public, "client")
    gateway.call(gateway.gateway.reload_contacts)
    made = Client(gateway, identity)
    made.talk()
    while not gateway.named("online"):
        made.read()
        made.talk()
    yield made
    made.socket.close()


class Patient(GatewayProcess):
    """A gateway that gives a test on a busy machine all the time that it needs."""

    def __init__(self, state):
        self.events = []
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-c", PATIENT, "gateway", "--state", str(state)),
                *("--listen", "127.0.0.1:0", "--json"),
            ],
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


PATIENT = """
from uwish_host.cli import main
from uwish_host.ops import leaving

leaving.LEAVE_S = leaving.QUIET_S = 60
main()
"""


def leave(gateway):
    """The gateway begins to leave: a future."""
    return asyncio.run_coroutine_threadsafe(leaving.leave(gateway.gateway), gateway._loop)


def test_a_device_sees_a_close_and_is_back_after_the_restart(state):
    with GatewayProcess(state) as first:
        device = Device(first, state)
        address = first.listening["address"]
        stopping = threading.Thread(target=first.stop)
        stopping.start()
        device.until(lambda: not device.online)
        stopping.join()
        assert first.process.returncode == 0
        (closed,) = [event for event in first.events if event["event"] == "closed"]
        assert closed["reason"] == "closed"
    with GatewayProcess(state, listen=address) as again:
        device.until(lambda: device.online)
        device.app.peer.send(device.online[0], b"back")
        device.until(lambda: device.app.stats.sent)
        assert again.wait_for("frame")["data"] == b"back".hex()
        device.app.close()


def test_what_a_device_had_sent_when_the_gateway_is_told_to_end_is_kept(state):
    """The device goes on sending until it sees the close: whatever its system took by then must be
    in the database."""
    with Patient(state) as running:
        device = Device(running, state)
        accepted = 0
        while device.online:
            if device.app.peer.send(device.online[0], b"%d" % accepted) == 200:
                accepted += 1
                if accepted == 1000:
                    running.process.send_signal(signal.SIGTERM)
            device.app.poll(0)
        sent = device.app.stats.sent
        running.wait_for("stopped")
        assert running.process.wait(GIVE_UP_S) == 0
        device.app.close()
    assert sent >= 1000
    with contextlib.closing(sqlite3.connect(state / "readings.db")) as database:
        rows = database.execute("SELECT data FROM frame ORDER BY id").fetchall()
    assert [int(data) for (data,) in rows] == list(range(sent))


def test_the_gateway_says_what_it_does(state):
    with GatewayProcess(state) as running:
        device = Device(running, state)
        device.app.close()
        running.wait_for("closed")
        running.stop()
    assert [event["event"] for event in running.events[-2:]] == ["stopping", "stopped"]
    assert running.events[-2]["connections"] == 0


def test_what_comes_while_leaving_is_heard_though_not_answered(gateway, client, monkeypatch):
    # However slow this machine is: it is waited for until it hangs up.
    for limit in ("LEAVE_S", "QUIET_S"):
        monkeypatch.setattr(f"uwish_host.ops.leaving.{limit}", GIVE_UP_S)
    left = leave(gateway)
    rest_of(client.socket)  # until the end of the stream: the gateway says no more
    # More requests than a connection has places for answers.
    for _ in range(50):
        client.say(encode({"req": {"op": "what", "args": [], "id": 7}}))
    last = {"op": "send", "args": [OURS, GATEWAY, "sensor", b"last words"]}
    client.say(encode({"req": last}))
    until(lambda: gateway.named("frame"))
    assert gateway.named("frame")[0]["data"] == b"last words".hex()
    client.socket.close()
    left.result(GIVE_UP_S)
    (closed,) = gateway.named("closed")
    assert closed["reason"] == "closed"


def test_who_does_not_hang_up_is_not_waited_for(gateway, client, monkeypatch):
    monkeypatch.setattr("uwish_host.ops.leaving.LEAVE_S", 0.05)
    leave(gateway).result(GIVE_UP_S)
    assert gateway.call(gateway.gateway.connection_count) == 1
    gateway.call(gateway.gateway.close)
    (closed,) = gateway.named("closed")
    assert closed["reason"] == "closed"


def test_who_is_silent_is_waited_for_less_long(gateway, client, monkeypatch):
    monkeypatch.setattr("uwish_host.ops.leaving.LEAVE_S", 1000)
    monkeypatch.setattr("uwish_host.ops.leaving.QUIET_S", 0.05)
    leave(gateway).result(GIVE_UP_S)
    assert gateway.call(gateway.gateway.connection_count) == 1


def test_strangers_are_not_waited_for(gateway):
    with gateway.connect() as sock:
        sock.sendall(b"W.")
        until(lambda: gateway.call(gateway.gateway.connection_count))
        leave(gateway).result(GIVE_UP_S)
        # The beginning of an answer: come again.
        assert rest_of(sock) == b"\x01\x80"


def test_the_address_is_free_at_once_for_the_next(state):
    with GatewayProcess(state) as first:
        host, port = first.listening["address"].split(":")
        with socket.create_connection((host, int(port)), GIVE_UP_S):
            first.stop()
    with GatewayProcess(state, listen=f"{host}:{port}") as second:
        assert second.listening["address"] == f"{host}:{port}"
