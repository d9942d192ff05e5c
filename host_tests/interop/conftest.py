"""Tests against the stock wish-core: every test in this folder is marked `interop`.

A core starts in 30 ms, an app on it in 150 ms, a device is online 200 ms later: so every test gets
its own, in its own scratch directory, unless it changes nothing that others could notice.
"""

from contextlib import ExitStack
from pathlib import Path

import pytest
from harness import Desktop, Device, connect

HERE = Path(__file__).resolve().parent


def pytest_collection_modifyitems(items):
    """Mark what is in this folder; the hook is shown the tests of all folders."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.interop)


@pytest.fixture
def processes():
    """Ends, in reverse order, what is entered into it."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def new_desktop(tmp_path, processes):
    """Start a Desktop: new_desktop(alias, name=..., protocols=...)."""

    def start(alias="Desk", **options):
        return processes.enter_context(Desktop(tmp_path / alias, alias, **options))

    return start


@pytest.fixture
def new_device(tmp_path, processes):
    """Start a Device: new_device(name, ...); a second one of the same name is the same device."""

    def start(name="device", **options):
        return processes.enter_context(Device(tmp_path / name, name, **options))

    return start


@pytest.fixture
def desktop(new_desktop):
    """A desktop whose app speaks `sensor`."""
    return new_desktop()


@pytest.fixture
def device(new_device):
    """A device that speaks `sensor` and knows nobody yet."""
    return new_device()


@pytest.fixture
def link(desktop, device):
    """`desktop` and `device` see each other: the two peers."""
    return connect(desktop, device)
