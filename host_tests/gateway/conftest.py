"""A gateway for each test, and devices that are closed after it; a database for storage."""

import sqlite3

import pytest
from gateway_world import Client, Device, RunningGateway, until

from uwish.identity import Identity
from uwish_host.contacts_file import Contact


@pytest.fixture
def gateway(tmp_path):
    running = RunningGateway(tmp_path / "gateway")
    yield running
    running.close()


@pytest.fixture
def make_device():
    devices = []

    def make(*arguments, **options):
        devices.append(Device(*arguments, **options))
        return devices[-1]

    yield make
    for device in devices:
        device.app.close()


@pytest.fixture
def online_device(gateway, make_device):
    """A device that is a contact of the gateway, and online."""

    def make(*arguments, **options):
        device = make_device(*arguments, **options)
        gateway.let_in(device)
        device.pin(gateway)
        until(lambda: device.online and peer_of(gateway, device), device)
        return device

    return make


@pytest.fixture
def make_client(gateway):
    """A Client whose identity is a contact of the gateway, handshake done."""
    clients = []

    def make(alias="client"):
        identity = Identity.create(alias)
        with gateway.state.changing_contacts() as contacts:
            contacts[identity.uid] = Contact(identity.public, alias)
        gateway.call(gateway.gateway.reload_contacts)
        clients.append(Client(gateway, identity))
        return clients[-1]

    yield make
    for client in clients:
        client.socket.close()


def peer_of(gateway, device):
    return [
        fields["peer"]
        for fields in gateway.named("online")
        if fields["peer"]["ruid"] == device.app.uid.hex()
    ]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "readings.db"


@pytest.fixture
def db(path):
    made = sqlite3.connect(path, isolation_level=None)
    yield made
    made.close()
