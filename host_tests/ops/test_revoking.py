"""`uwish device remove`: gone at once, for good, and everybody who looks is told."""

import asyncio
import contextlib
import sqlite3

import pytest
from command_line import GIVE_UP_S, GatewayProcess, ok
from device_online import Device
from gateway_world import Client, RunningGateway, hello, rest_of, until

import uwish
import uwish_host.gateway
from uwish.identity import Identity
from uwish_host.admission import admit, dismiss
from uwish_host.contacts_file import Contact
from uwish_host.control import ControlServer
from uwish_host.errors import Failure
from uwish_host.sink import Sink


@pytest.fixture
def gateway(state, monkeypatch):
    """A gateway that never looks at its file by itself, and hears commands."""
    monkeypatch.setattr(uwish_host.gateway, "_CONTACTS_S", 1e6)
    running = RunningGateway(state)
    control = ControlServer(running.state, running.gateway)
    asyncio.run_coroutine_threadsafe(control.start(), running._loop).result(GIVE_UP_S)
    yield running
    running.call(control.close)
    running.close()


@pytest.fixture
def connect(gateway):
    """The Client of an identity: a contact, and online at the gateway."""
    clients = []

    def make(identity):
        admit(gateway.state, Contact(identity.public, identity.alias))
        online = len(gateway.named("online"))
        clients.append(Client(gateway, identity))
        clients[-1].talk()
        while len(gateway.named("online")) == online:
            clients[-1].read()
            clients[-1].talk()
        return clients[-1]

    yield make
    for client in clients:
        client.socket.close()


@pytest.fixture
def lamp():
    return Identity.create("lamp")


def remove(gateway, identity):
    return dismiss(gateway.state, lambda contacts: contacts[identity.uid])


def connections(gateway):
    return gateway.call(gateway.gateway.connection_count)


def test_the_connection_has_ended_when_the_command_has(gateway, connect, lamp):
    """Not "within a second": the gateway is told, and has acted before the command says so."""
    client = connect(lamp)
    connect(Identity.create("door"))
    remove(gateway, lamp)
    assert connections(gateway) == 1
    (closed,) = gateway.named("closed")
    assert (closed["alias"], closed["reason"]) == ("lamp", "unknown_contact")
    rest_of(client.socket)
    assert [link.alias for link, _ in gateway.call(gateway.gateway.online)] == ["door"]


def test_presence_is_published_with_the_reason(gateway, connect, lamp):
    seen = []

    class Watching(Sink):
        def presence(self, presence):
            seen.append((presence.device.alias, presence.online, presence.reason))

    connect(lamp)
    gateway.call(gateway.bus.add, Watching())
    remove(gateway, lamp)
    assert seen == [("lamp", False, "unknown_contact")]


def test_the_identity_cannot_come_back(gateway, connect, lamp):
    connect(lamp)
    remove(gateway, lamp)
    with gateway.connect() as sock:
        sock.sendall(hello(gateway, lamp.uid))
        assert rest_of(sock) == b""
    (refused,) = until(lambda: gateway.named("refused"))
    assert (refused["reason"], refused["ruid"]) == ("unknown_contact", lamp.uid.hex())


def test_in_the_middle_of_its_handshake(gateway, lamp):
    admit(gateway.state, Contact(lamp.public, "lamp"))
    with gateway.connect() as sock:
        sock.sendall(hello(gateway, lamp.uid))
        assert sock.recv(1) == b"\x01"
        remove(gateway, lamp)
        assert connections(gateway) == 0


def test_all_hosts_of_the_identity_go(gateway, connect, lamp):
    connect(lamp)
    second = Identity.load(lamp.dump())
    second.hid = bytes(31) + b"\7"
    connect(second)
    assert connections(gateway) == 2
    remove(gateway, lamp)
    assert connections(gateway) == 0
    assert len(gateway.named("offline")) == 2


def test_added_again_it_is_let_in(gateway, connect, lamp):
    connect(lamp)
    remove(gateway, lamp)
    connect(lamp)
    assert connections(gateway) == 1
    assert len(gateway.named("online")) == 2


def test_a_gateway_that_does_not_answer_is_said(gateway, connect, lamp, monkeypatch):
    def silent(state, **request):
        raise Failure("the gateway gave no answer")

    connect(lamp)
    monkeypatch.setattr("uwish_host.admission.tell_gateway", silent)
    with pytest.raises(Failure, match="no contact any more, but the gateway gave no answer"):
        remove(gateway, lamp)
    assert lamp.uid not in gateway.state.contacts()


def test_a_real_device_is_gone_from_the_list_and_from_history_and_comes_back(state):
    with GatewayProcess(state) as running:
        device = Device(running, state)
        ok("device", "remove", "--state", state, "lamp")
        closed = running.wait_for("closed")
        assert closed["reason"] == "unknown_contact"
        device.until(lambda: not device.online)
        assert ok("device", "list", "--state", state, "--json") == "[]\n"
        ok("device", "add", "--state", state, device.app.identity.export().hex())
        # It was refused meanwhile and would wait for minutes: a changed pin is dialled at once.
        own = bytes.fromhex(running.listening["uid"])
        device.app.peer.pin(device.app.uid, own, uwish.ANY_HOST, "always", priority=1)
        device.until(lambda: device.online)
        running.stop()
        device.app.close()
    with contextlib.closing(sqlite3.connect(state / "readings.db")) as database:
        rows = database.execute("SELECT online, reason FROM presence ORDER BY id").fetchall()
    assert rows == [(1, None), (0, "unknown_contact"), (1, None), (0, "closed")]
