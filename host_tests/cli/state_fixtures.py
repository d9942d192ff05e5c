"""Fixtures of all tests that use `uwish` as a person does: a state directory, devices for it, a
gateway that runs. A conftest takes those it needs by importing them."""

import pytest
from command_line import GatewayProcess
from device_online import Device

import uwish


@pytest.fixture
def state(tmp_path):
    """Where a state is going to be."""
    return tmp_path / "state"


@pytest.fixture
def document():
    """The identity document of a new device."""

    def make(alias="lamp"):
        app = uwish.App("device", protocols=("sensor",))
        app.identity.create(alias)
        return app.identity.export()

    return make


@pytest.fixture
def gateway(state):
    with GatewayProcess(state) as running:
        yield running


@pytest.fixture
def device(gateway, state):
    """Online at that gateway."""
    made = Device(gateway, state)
    yield made
    made.app.close()
