"""The power goes at any write of `uwish provision` and `uwish pins`: the device has the old state
or the new one of each thing, keeps its identity, and the same command completes it."""

import ast
import json
import shutil

import pytest
from command_line import ok
from cuts import Cuts, cut_for_real, journal_of
from tool_on_board import PASSWORD, Tool

import uwish
from uwish_host.board.port import Board

pytestmark = pytest.mark.timeout(600)  # dozens of starts in each test, on a busy machine

STARTED = "uwish info: started as lamp"

# What a device is: (ssid, uid, aliases of those it serves).
STATE = """
import json, provision
try:
    ssid = json.load(open('/config.json'))['wifi']['ssid']
except OSError:
    ssid = None
known = {c['uid']: c for c in provision.contacts()}
own = [uid for uid in known if known[uid]['own']]
print((ssid, own, sorted([known[p['ruid']]['alias'] for p in provision.pins()])))
"""


@pytest.fixture
def gateways(tmp_path):
    """{name: state directory} of two gateways."""
    for name in ("old", "new"):
        ok("identity", "create", "--state", tmp_path / name, "--alias", name)
    return {name: tmp_path / name for name in ("old", "new")}


@pytest.fixture
def provisioned(board, gateways, tmp_path):
    """The flash of a board that serves `old`, to be copied."""
    assert provision(board, gateways, "old").exit_code == 0
    flash = tmp_path / "provisioned"
    board.control("power", on=False)
    shutil.copy(tmp_path / "flash", flash)
    return flash


def provision(board, gateways, name):
    return Tool(board).run(
        *("provision", "--gateway", gateways[name], "--address", "127.0.0.1:9", "--wait", 0),
        *("--wifi", name, "--password-file", "-", "--name", "lamp"),
        input=PASSWORD,
    )


def state_of(board):
    with Board(board.port) as stopped:
        said = stopped.run(STATE)
    ssid, own, served = ast.literal_eval(said.strip().rpartition("\n")[2])
    return ssid, own, set(served)


def after_each_cut(flash, folder, command, check):
    """For each cut of `command(board)` on a copy of `flash`: run it again, and `check(state)`. The
    states that the cuts leave, one for each."""
    journal = journal_of(lambda board: succeed(command, board), flash, folder, "uwish", STARTED)
    cuts = Cuts(flash, folder, journal)
    found = {}
    for first, numbers in cuts.states():
        with cuts.board(first) as board:
            board.wait_output("uwish")
            found.update(dict.fromkeys(numbers, state_of(board)))
            mark = len(board.output)
            succeed(command, board)
            # A board that just starts misses the first Ctrl-C; who sent it would wait for seconds.
            board.wait_output(STARTED, since=mark)
            check(state_of(board))
    for writes in {0, len(found) // 2}:
        copy = folder / "cut-for-real"
        shutil.copy(flash, copy)
        result = cut_for_real(copy, writes, command, "uwish")
        assert result.exit_code == 1
        assert "then run the same command again" in result.stderr, result.stderr
    return [found[number] for number in sorted(found)]


def succeed(command, board):
    result = command(board)
    assert result.exit_code == 0, result.output


def test_provision(provisioned, gateways, tmp_path):
    uids = []

    def check(state):
        ssid, own, served = state
        assert (ssid, served) == ("new", {"new"})
        uids.append(*own)

    found = after_each_cut(provisioned, tmp_path, lambda b: provision(b, gateways, "new"), check)
    assert len(set(uids)) == 1
    assert all(own == uids[:1] for _, own, _ in found)
    assert {ssid for ssid, _, _ in found} == {"old", "new"}
    served = [served for _, _, served in found]
    assert served[0] == {"old"}
    assert all(one in ({"old"}, {"old", "new"}, {"new"}) for one in served)


def test_the_first_time(deployed_flash, gateways, tmp_path):
    flash = tmp_path / "blank"
    shutil.copy(deployed_flash, flash)

    def check(state):
        ssid, own, served = state
        assert (ssid, len(own), served) == ("new", 1, {"new"})

    def another(board):
        # Each of these is a device of its own, with the same name.
        for device in json.loads(ok("device", "list", "--state", gateways["new"], "--json")):
            ok("device", "remove", "--state", gateways["new"], device["uid"])
        return provision(board, gateways, "new")

    found = after_each_cut(flash, tmp_path, another, check)
    assert [] in [own for _, own, _ in found] and {None, "new"} == {ssid for ssid, _, _ in found}


def test_pin(provisioned, tmp_path):
    app = uwish.App("other", protocols=("sensor",))
    app.identity.create("other")
    file = tmp_path / "other.id"
    file.write_bytes(app.identity.export())

    def check(state):
        assert state[2] == {"old", "other"}

    found = after_each_cut(provisioned, tmp_path, lambda b: Tool(b).run("pins", "pin", file), check)
    assert found and all(served in ({"old"}, {"old", "other"}) for _, _, served in found)
