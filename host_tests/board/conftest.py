"""A virtual board with blank flash for each test that asks for one, and what it can connect to."""

import socket

import pytest

from uwish_host.sim import VirtualBoard


@pytest.fixture
def board(tmp_path):
    with VirtualBoard(tmp_path / "flash.bin") as board:
        yield board


@pytest.fixture
def home(tmp_path):
    """A board in reach of one access point."""
    with VirtualBoard(tmp_path / "flash", networks={"home": "secret"}) as board:
        yield board


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        yield server
