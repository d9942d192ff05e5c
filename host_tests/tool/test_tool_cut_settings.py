"""The power goes at any write of `uwish provision` and `uwish pins`: the device has the old state
or the new one of each thing, keeps its identity, and the same command completes it."""

import ast
import itertools
import shutil

import pytest
from command_line import ok
from tool_on_board import NETWORKS, PASSWORD, Tool, on_board

import uwish
from uwish_host.sim import VirtualBoard

pytestmark = pytest.mark.timeout(
    1200
)  # dozens of starts in each test; a busy machine takes minutes

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
    ssid, own, served = ast.literal_eval(on_board(board, STATE).strip().rpartition("\n")[2])
    return ssid, own, set(served)


def with_each_cut(flash, command, check):
    """For each write that `command(board)` makes on a copy of `flash`, from the first on: let the
    power go there, run it again, and `check(state)`. The states found after the cuts."""
    found = []
    for writes in itertools.count():
        copy = flash.with_name(f"flash-{writes}")
        shutil.copy(flash, copy)
        with VirtualBoard(copy, networks=NETWORKS) as board:
            # A board that just starts misses the first Ctrl-C; who sent it would wait for seconds.
            board.wait_output("uwish")
            mark = len(board.output)
            board.control("cut", after=writes, portion=(0, 0.5, 0.9)[writes % 3], restart=True)
            result = command(board)
            cut = any(name == "power-cut" for name, _ in board.events)
            board.control("keep")
            assert (result.exit_code != 0) == cut, result.output
            board.wait_output("uwish", since=mark)
            if cut:
                assert "then run the same command again" in result.stderr, result.stderr
                found.append(state_of(board))
                mark = len(board.output)
                result = command(board)
                assert result.exit_code == 0, result.output
                board.wait_output("uwish", since=mark)
            check(state_of(board))
        copy.unlink()
        if not cut:
            return found


def test_provision(provisioned, gateways):
    uids = []

    def check(state):
        ssid, own, served = state
        assert (ssid, served) == ("new", {"new"})
        uids.append(*own)

    found = with_each_cut(provisioned, lambda b: provision(b, gateways, "new"), check)
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
        ok("device", "remove", "--state", gateways["new"], own[0])

    found = with_each_cut(flash, lambda b: provision(b, gateways, "new"), check)
    assert [] in [own for _, own, _ in found] and {None, "new"} == {ssid for ssid, _, _ in found}


def test_pin(provisioned, tmp_path):
    app = uwish.App("other", protocols=("sensor",))
    app.identity.create("other")
    file = tmp_path / "other.id"
    file.write_bytes(app.identity.export())

    def check(state):
        assert state[2] == {"old", "other"}

    found = with_each_cut(provisioned, lambda b: Tool(b).run("pins", "pin", file), check)
    assert found and all(served in ({"old"}, {"old", "other"}) for _, _, served in found)
