"""docs/ten-minutes.md, followed literally: a virtual board in place of the USB port.

With WRITE_TRANSCRIPT=1 in the environment the page is written anew from what the commands say.
"""

import difflib
import os

import pytest
from command_line import ENVIRONMENT
from tool_on_board import NETWORKS, PASSWORD
from transcript import PAGE, Terminal, general, play, present

from uwish_host.sim import VirtualBoard


@pytest.fixture
def terminal(tmp_path, chip, firmware, monkeypatch):
    """The reader's computer: a board at the port, and a chip in boot mode for `uwish flash`."""
    for name in ("PYTHONPATH",):
        monkeypatch.setenv(name, ENVIRONMENT[name])
    firmware(name="ESP32_GENERIC-v1.26.1.bin")
    boot_loader = chip("esp32")
    with VirtualBoard(tmp_path / "flash", networks=NETWORKS) as board:
        board.wait_prompt()
        address = []

        def translate(command):
            port = boot_loader if " flash " in command else board.port
            command = command.replace("/dev/ttyUSB0", port)
            for theirs in ("0.0.0.0:37009", "192.168.1.10:37009"):
                command = command.replace(theirs, f"127.0.0.1:{_free_port(address)}")
            return command

        made = Terminal(tmp_path, translate, {"password of home": PASSWORD})
        yield made
        made.close()


def _free_port(found):
    """A port for the gateway, the same each time."""
    import socket

    if not found:
        with socket.create_server(("127.0.0.1", 0)) as server:
            found.append(server.getsockname()[1])
    return found[0]


def test_every_command_says_what_stands_there(terminal):
    page = PAGE.read_text()
    now = play(terminal, page)
    assert PASSWORD not in now
    if os.environ.get("WRITE_TRANSCRIPT"):
        PAGE.write_text(present(now))
        page = now
    differences = difflib.unified_diff(
        general(page).splitlines(), general(now).splitlines(), "the page", "what is said", n=1
    )
    assert not (shown := "\n".join(differences)), shown


def test_what_differs_each_time_is_not_compared_and_all_else_is():
    one = "12:01:02  online     lamp  lamp/sensor  0a1b2c\ncompiled  80 files, 110 KB"
    assert general(one) == general(one.replace("02", "59").replace("80", "81").replace("0a", "ff"))
    assert general(one) != general(one.replace("online", "offline"))
    assert general(one) != general(one.replace("lamp", "lump"))
