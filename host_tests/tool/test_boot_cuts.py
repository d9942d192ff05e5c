"""The power goes at any write that a device makes by itself: at its first start, which makes its
identity and takes its gateway from /config.json, and until it sleeps. It comes back with the old or
the new state of each thing, says which, and goes on."""

import json
import shutil

import pytest
from command_line import ok
from cuts import Cuts
from test_tool_cut_settings import state_of
from tool_on_board import NETWORKS, PASSWORD, on_board, write_on_board

from uwish_host.board.port import Board
from uwish_host.sim import VirtualBoard

pytestmark = pytest.mark.timeout(600)  # dozens of starts, on a busy machine

# A board without RTC memory keeps more on flash: how it ended, and the frames that wait.
NO_RTC_MEMORY = "import machine\ndel machine.RTC.memory\n"
KEPT = """
from backlog import Backlog
import uwish
print(Backlog(1792, uwish.FileStore('/wish').load('backlog') or b'').count)
"""


@pytest.fixture
def configured(board, tmp_path):
    """The flash of a board that has its configuration, and has never started with it."""
    ok("identity", "create", "--state", tmp_path / "gateway")
    document = ok("identity", "export", "--state", tmp_path / "gateway", "--hex").strip()
    settings = {
        "name": "lamp",
        "interval_s": 60,
        "wifi": {"ssid": "home", "password": PASSWORD},
        "gateway": {"document": document, "transports": ["wish://127.0.0.1:9"]},
        # Long enough awake for the test to stop it, on a slow machine too.
        "sleep": {"budget_s": 5, "stay_s": 12, "keep": "flash"},
    }
    write_on_board(board, "/config.json", json.dumps(settings))
    boot = on_board(board, "print(open('/boot.py').read())")
    write_on_board(board, "/boot.py", NO_RTC_MEMORY + boot.replace("\r\n", "\n"))
    board.control("power", on=False)
    return shutil.copy(tmp_path / "flash", tmp_path / "configured")


def journal_of_a_life(flash, folder):
    """(journal, output) from power-on to sleep."""
    copy = folder / "uncut"
    shutil.copy(flash, copy)
    with VirtualBoard(copy, networks=NETWORKS) as board:
        board.control("power", on=False)
        shutil.copyfile(flash, copy)
        mark = len(board.output)
        board.record()
        board.control("power", on=True)
        board.wait_event("sleep", timeout_s=60)
        return board.recorded(), board.output[mark:]


def waiting(board):
    with Board(board.port) as stopped:
        return int(stopped.run(KEPT).split()[-1])


def made(output):
    """The uid that it has made, if it says so."""
    return output.partition("identity: there was none, made ")[2][:64] or None


def test_the_power_goes_at_any_write_of_a_life(configured, tmp_path):
    journal, output = journal_of_a_life(configured, tmp_path)
    first = made(output)
    assert len(first) == 64 and "1 frames wait for the next wake" in output
    cuts = Cuts(configured, tmp_path, journal)
    uids, frames = {}, {}
    for number, numbers in cuts.states():
        with cuts.board(number) as board:
            board.wait_output("uwish info: started as lamp")
            ssid, (uid,), served = state_of(board)
            assert (ssid, served) == ("home", {"gateway"})
            # The old state is no identity: then it says which it made.
            assert made(board.output) == (None if uid == first else uid)
            count = waiting(board)
            assert (f"{count} frames wait from before" in board.output) == (count > 0)
            uids.update(dict.fromkeys(numbers, uid == first))
            frames.update(dict.fromkeys(numbers, count))
    for found in (uids, frames):
        states = [found[number] for number in sorted(found)]
        # First the old one, from one write on the new one, and never anything else.
        assert states == sorted(states) and set(states) == {0, 1}
