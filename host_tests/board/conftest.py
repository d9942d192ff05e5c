"""A virtual board with blank flash for each test that asks for one."""

import pytest

from uwish_host.sim import VirtualBoard


@pytest.fixture
def board(tmp_path):
    with VirtualBoard(tmp_path / "flash.bin") as board:
        yield board
