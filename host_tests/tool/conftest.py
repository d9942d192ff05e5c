"""Chips and boards for the tests of the board commands."""

import shutil
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
# What runs `uwish` as a user does lies with the tests of the gateway's commands; what runs a stock
# core, with those against it.
sys.path += [str(HERE.parent / "cli"), str(HERE.parent / "interop")]

from command_line import GatewayProcess  # noqa: E402
from tool_on_board import NETWORKS, Tool  # noqa: E402

from uwish_host.board import layout  # noqa: E402
from uwish_host.commands import deploy  # noqa: E402
from uwish_host.sim import VirtualBoard  # noqa: E402

GIVE_UP_S = 60


@cache
def compiled(board, arch):
    """The layout of a board, made once: shrinking and compiling take seconds."""
    return layout.build_layout(board, layout_formats[arch])


layout_formats = {}


@pytest.fixture
def quick(monkeypatch):
    """Deploys in this process compile once for all tests."""

    def build(board, fmt, done=lambda: None):
        layout_formats[fmt.arch] = fmt
        return compiled(board, fmt.arch)

    monkeypatch.setattr(deploy, "build_layout", build)


@pytest.fixture
def blank(tmp_path, quick):
    """A virtual board with nothing on it, at its prompt."""
    with VirtualBoard(tmp_path / "flash", networks=NETWORKS) as board:
        board.wait_prompt()
        yield board


@pytest.fixture(scope="session")
def deployed_flash(tmp_path_factory):
    """The flash of a virtual board after `uwish deploy`, to be copied."""
    flash = tmp_path_factory.mktemp("deployed") / "flash"
    with VirtualBoard(flash, networks=NETWORKS) as board:
        board.wait_prompt()
        Tool(board).ok("deploy")
        board.wait_prompt()
    return flash


@pytest.fixture
def board(tmp_path, deployed_flash, quick):
    """A virtual board with uwish on it, at its prompt."""
    shutil.copy(deployed_flash, tmp_path / "flash")
    with VirtualBoard(tmp_path / "flash", networks=NETWORKS) as board:
        board.wait_prompt()
        yield board


@pytest.fixture
def gateway(tmp_path):
    """A gateway that runs; `state` is where."""
    state = tmp_path / "state"
    with GatewayProcess(state) as running:
        running.state = state
        yield running


@pytest.fixture
def chip():
    """chip("esp32"): the port of a mock boot loader (PyPI: esp32-mock-bootloader) of that chip."""
    running = []

    def start(name="esp32"):
        command = Path(sys.executable).with_name("esp32-mock-bootloader")
        process = subprocess.Popen(
            [command, "run", "--chip", name, "--pty"],
            env={"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running.append(process)
        overdue = threading.Timer(GIVE_UP_S, process.kill)
        overdue.start()
        line = process.stdout.readline()
        overdue.cancel()
        return line.strip()

    yield start
    for process in running:
        process.terminate()
        process.communicate()


@pytest.fixture
def firmware(tmp_path):
    """firmware(chip_id): an image file for that chip, as far as its header goes."""

    def make(chip_id=0, size=50000, name="firmware.bin"):
        header = bytearray(24)
        header[0] = 0xE9
        header[1] = 1
        header[12:14] = chip_id.to_bytes(2, "little")
        body = b"MicroPython" + bytes(i * 7 & 0xFF for i in range(size - 24 - 11))
        file = tmp_path / name
        file.write_bytes(bytes(header) + body)
        return file

    return make
