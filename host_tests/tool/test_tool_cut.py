"""`uwish deploy` cut short: the power goes at any write, the cable is pulled. The board has the old
files or the new ones, never some of each, and the next deploy says which and completes."""

import re
import shutil
from pathlib import Path

import pytest
from cuts import Cuts, cut_for_real, journal_of
from tool_on_board import Tool, layout_of, value_on_board

from uwish_host.board.deploy import Deploy
from uwish_host.board.layout import sha256
from uwish_host.board.port import Board

pytestmark = pytest.mark.timeout(600)  # dozens of starts, on a busy machine

# Three modules that only work together, and a main.py that says what it found.
MAIN = "import a, b, c\nprint('found', a.V, b.V, c.V)"
OLD = {"main_py": MAIN} | {f"lib__{name}_py": "V = 'old'" for name in "abc"}
NEW = {"main_py": MAIN} | {f"lib__{name}_py": "V = 'new'" for name in "abd"}
NEW |= {"main_py": MAIN.replace("c", "d")}
FOUND = {"old": "found old old old", "new": "found new new new"}


def unlucky():
    """New versions of the same files, so that in /deploy that of a.py comes next after boot.new,
    and the others after it: while a rename is half done littlefs hides the file that comes next, so
    that it is the one whose turn it is (remote/finish.py)."""
    files = {"main_py": MAIN} | {f"lib__{name}_py": "V = 'new'" for name in "bc"}
    for number in range(1000):
        text = f"V = 'new'  # {number}"
        staged = sha256(f"/lib/a.py {sha256(text.encode())}".encode())
        if staged[0] == "c":
            return files | {"lib__a_py": text}
    raise AssertionError


@pytest.fixture
def old(blank, monkeypatch):
    """A board with the old files; the new ones are what is deployed next."""
    layout_of(monkeypatch, **OLD)
    Tool(blank).ok("deploy")
    blank.wait_output(FOUND["old"])
    blank.wait_prompt()
    layout_of(monkeypatch, **NEW)
    return blank


def off(board, folder):
    """A copy of its flash, after its power was taken."""
    board.control("power", on=False)
    return Path(shutil.copy(folder / "flash", folder / "old"))


def found_by(board, mark=0):
    """What main.py found; the board is at its prompt then."""
    board.wait_output("found", since=mark)
    board.wait_prompt()
    return re.findall(r"found \w+ \w+ \w+", board.output[mark:])[-1]


def deploy(board):
    return Tool(board).ok("deploy")


def test_the_power_goes_at_any_write(old, tmp_path):
    outcomes = {}
    flash = off(old, tmp_path)
    cuts = Cuts(flash, tmp_path, journal_of(deploy, flash, tmp_path, "found", FOUND["new"]))
    for first, numbers in cuts.states():
        with cuts.board(first) as board:
            found = found_by(board)
            assert found in FOUND.values(), (first, found)
            outcomes.update(dict.fromkeys(numbers, found))
            mark = len(board.output)
            said = Tool(board).json("deploy")
            if found == FOUND["new"]:
                assert "before" not in said or "after it took effect" in said["before"]
            elif "before" in said:
                assert "before it took effect" in said["before"]
            assert found_by(board, mark) == FOUND["new"]
            with Board(board.port) as stopped:
                assert stopped.call("disk", "names", "/deploy") == ["manifest"]
    outcomes = [outcomes[number] for number in sorted(outcomes)]
    assert len(outcomes) > 40
    # Once it has taken effect it never goes back.
    assert outcomes == sorted(outcomes, reverse=True)
    assert set(outcomes) == set(FOUND.values())


def test_nothing_is_taken_for_done_that_littlefs_hides(old, tmp_path, monkeypatch):
    layout_of(monkeypatch, **unlucky())
    flash = off(old, tmp_path)
    cuts = Cuts(flash, tmp_path, journal_of(deploy, flash, tmp_path, "found", FOUND["new"]))
    outcomes = []
    for first, _ in cuts.states():
        with cuts.board(first) as board:
            outcomes.append(found_by(board))
    assert outcomes == sorted(outcomes, reverse=True)
    assert set(outcomes) == set(FOUND.values())


@pytest.mark.parametrize("writes", [0, 20, 45])
def test_what_is_said_then(old, writes, tmp_path):
    result = cut_for_real(
        tmp_path / "flash", writes, lambda board: Tool(board).run("deploy"), "found"
    )
    assert result.exit_code == 1, result.output
    assert "run the same command again" in result.stderr


def pull_the_cable(monkeypatch, after):
    """Let the port be gone after so many files were begun."""
    send = Deploy._send
    begun = []

    def send_or_lose(self, path, data, *sent):
        begun.append(path)
        if len(begun) == after:
            self._board._transport.serial.close()
        send(self, path, data, *sent)

    monkeypatch.setattr(Deploy, "_send", send_or_lose)
    return begun


def test_the_cable_is_pulled(old, monkeypatch):
    with monkeypatch.context() as patch:
        begun = pull_the_cable(patch, after=4)
        said = Tool(old).refused("deploy")
    assert "writing /" in said
    assert "check cable and power, then run the same command again" in said
    assert value_on_board(old, "(a.V, b.V, c.V)", "import a, b, c") == ("old", "old", "old")
    # What has arrived is not sent again.
    with monkeypatch.context() as patch:
        again = pull_the_cable(patch, after=None)
        before = Tool(old).json("deploy")["before"]
    assert "before it took effect" in before
    assert not {*begun[:3]} & {*again}
    old.wait_prompt()
    assert value_on_board(old, "(a.V, b.V, d.V)", "import a, b, d") == ("new", "new", "new")


def test_ctrl_c(old, monkeypatch):
    def interrupted(self, *_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Deploy, "commit", interrupted)
        assert Tool(old).run("deploy").exit_code == 1
    assert value_on_board(old, "(a.V, b.V, c.V)", "import a, b, c") == ("old", "old", "old")
    assert Tool(old).json("deploy")["deployed"]["removed"] == ["/lib/c.py"]
