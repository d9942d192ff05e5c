"""`make board-test`, on the virtual board."""

import subprocess
import sys
from pathlib import Path

import board_test
import board_test_files
import pytest
from mpremote_command import run

from uwish_host.sim import VirtualBoard

SCRIPT = Path(board_test.__file__)
# A wide choice in little time: pure code, native code, vectors, files, sockets, firmware.
SOME = (
    "test_bson.py",
    "test_crypto_gcm.py",
    "test_store.py",
    "test_net.py",
    "test_firmware_kept.py",
)


@pytest.fixture
def board(tmp_path):
    with VirtualBoard(tmp_path / "flash", heap="384k") as board:
        board.wait_prompt()
        yield board


def call(*arguments):
    done = subprocess.run(
        [sys.executable, SCRIPT, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=180,
    )
    return done.returncode, done.stdout


def test_it_runs_portable_tests_on_a_board_and_leaves_it_as_it_was(board):
    status, text = call("--port", board.port, *SOME)
    assert status == 0, text
    assert [line.split()[0] for line in text.splitlines() if line.endswith(" ok")] == list(SOME)
    assert "board-test: 5 files, " in text.splitlines()[-1]
    assert " 0 failed, 0 files broken off" in text.splitlines()[-1]
    assert run(board, "eval", "__import__('os').listdir('/')") == "['boot.py']\n"


def test_a_test_that_fails_makes_it_fail(board, tmp_path):
    portable = tmp_path / "portable"
    portable.mkdir()
    (portable / "test_bad.py").write_text(
        "import unittest\n\n\nclass Bad(unittest.TestCase):\n"
        "    def test_good(self):\n        self.assertEqual(1, 1)\n\n"
        "    def test_bad(self):\n        self.assertEqual(1, 2)\n"
    )
    (portable / "test_ends.py").write_text(
        "import sys\nimport unittest\n\n\nclass Ends(unittest.TestCase):\n"
        "    def test_reset(self):\n        import machine\n\n        machine.reset()\n"
    )
    folder = tmp_path / board_test.FOLDER
    names = ["test_bad.py", "test_ends.py"]
    board_test.stage(folder, "x64", {name: portable / name for name in names})
    board_test.copy(board.port, folder)
    bad = board_test.run_file(board.port, "test_bad.py", 60)
    assert (bad.passed, bad.failed, bad.fault) == (1, ["Bad.test_bad"], None)
    assert "AssertionError: 1 vs (expected) 2" in bad.output
    ends = board_test.run_file(board.port, "test_ends.py", 5)
    assert ends.fault == "not done after 5 s"
    assert board_test.summary([bad]) == 1
    assert board_test.summary([ends]) == 1
    assert board_test.summary([]) == 1


def test_a_port_that_is_none(tmp_path):
    status, text = call("--port", tmp_path / "nothing", "test_bson.py")
    assert status == 2
    assert "gives no answer" in text


def test_the_list_names_files_that_are_there():
    everything = {file.name for file in (SCRIPT.parent / "portable").glob("test_*.py")}
    excluded = {*board_test_files.NOT_ON_A_BOARD, *board_test_files.LARGE}
    assert excluded < everything
    assert set(board_test_files.files(large=True)) == everything - {
        *board_test_files.NOT_ON_A_BOARD
    }
    assert call("--port", "none", "--list")[1].split() == board_test_files.files()
