"""State directories, and devices to fill them with."""

import pytest

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
