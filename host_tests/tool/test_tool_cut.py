"""`uwish deploy` cut short: the power goes at any write, the cable is pulled. The board has the old
files or the new ones, never some of each, and the next deploy says which and completes."""

import re

import pytest
from tool_on_board import Tool, layout_of, value_on_board

from uwish_host.board.deploy import Deploy

pytestmark = pytest.mark.timeout(900)

# Three modules that only work together, and a main.py that says what it found.
MAIN = "import a, b, c\nprint('found', a.V, b.V, c.V)"
OLD = {"main_py": MAIN} | {f"lib__{name}_py": "V = 'old'" for name in "abc"}
NEW = {"main_py": MAIN} | {f"lib__{name}_py": "V = 'new'" for name in "abd"}
NEW |= {"main_py": MAIN.replace("c", "d")}
FOUND = {"old": "found old old old", "new": "found new new new"}


@pytest.fixture
def old(blank, monkeypatch):
    """A board with the old files; the new ones are what is deployed next."""
    layout_of(monkeypatch, **OLD)
    Tool(blank).ok("deploy")
    blank.wait_output(FOUND["old"])
    blank.wait_prompt()
    layout_of(monkeypatch, **NEW)
    return blank


def deploy_with_cut(board, writes, portion):
    """(whether the power went at the write that follows so many, what the board found after)."""
    seen = len(board.events)
    mark = len(board.output)
    board.control("cut", after=writes, portion=portion, restart=True)
    result = Tool(board).run("deploy")
    cut = any(name == "power-cut" for name, _ in board.events[seen:])
    board.control("keep")
    if cut:
        assert result.exit_code == 1, result.output
        assert "run the same command again" in result.stderr or "no MicroPython" in result.stderr
        board.wait_output("found", since=mark)
    else:
        assert result.exit_code == 0, result.output
    board.wait_output("found", since=mark)
    board.wait_prompt()
    return cut, re.findall(r"found \w+ \w+ \w+", board.output[mark:])[-1]


@pytest.mark.parametrize("first", range(4))
def test_the_power_goes_at_any_write(old, first, monkeypatch):
    # Every fourth write in each of these four, when none, half or most of it has happened.
    outcomes = []
    for writes in range(first, 1000, 4):
        cut, found = deploy_with_cut(old, writes, (0, 0.5, 0.9)[writes % 3])
        assert found in FOUND.values(), (writes, found)
        if not cut:
            assert found == FOUND["new"]
            break
        outcomes.append(found)
        said = Tool(old).json("deploy")
        if found == FOUND["new"]:
            assert "after it took effect" in said["before"]
        elif "before" in said:
            assert "before it took effect" in said["before"]
        old.wait_prompt()
        assert value_on_board(old, "(a.V, b.V, d.V)", "import a, b, d") == ("new", "new", "new")
        assert value_on_board(old, "os.listdir('/deploy')") == ["manifest"]
        # Back to the old files for the next cut.
        layout_of(monkeypatch, **OLD)
        Tool(old).ok("deploy")
        old.wait_prompt()
        layout_of(monkeypatch, **NEW)
    assert len(outcomes) > 10
    # Once it has taken effect it never goes back.
    assert outcomes == sorted(outcomes, reverse=True)
    assert set(outcomes) == set(FOUND.values())


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
