"""The flash: its size is real, and so is what a power cut leaves."""

import random

import pytest
from mpremote_command import mpremote, run, write

from uwish_host.errors import Failure
from uwish_host.sim import VirtualBoard
from uwish_host.sim.flash import BLOCK, after_cut

SMALL = 64 << 10  # bytes: 16 blocks

COPY = """
import os
with open('new', 'wb') as f:
    for i in range(40):
        f.write(bytes((i,)) * 128)
os.rename('new', 'data')
with open('more', 'wb') as f:
    f.write(bytes(1000))
"""
# What the file holds: the digit of its content, its length; or that there is none.
LOOK = """
import os
try:
    d = open('data', 'rb').read()
    print(len(d), sum(d), os.listdir('/'))
except OSError:
    print('none')
"""


def test_files_stay_when_the_power_goes(board, tmp_path):
    write(board, "kept.py", "VALUE = 3\n", tmp_path)
    board.control("power", on=False)
    board.control("power", on=True)
    assert run(board, "exec", "import kept; print(kept.VALUE)") == "3\n"


def test_files_stay_in_the_image(tmp_path):
    image = tmp_path / "image"
    with VirtualBoard(image, size=SMALL) as board:
        write(board, "kept.py", "VALUE = 4\n", tmp_path)
    with VirtualBoard(image, size=2 << 20) as board:
        assert run(board, "exec", "import kept; print(kept.VALUE)") == "4\n"
        # An image has the size that it was made with.
        assert run(board, "eval", "__import__('os').statvfs('/')[2]") == "16\n"


def test_blank_flash_is_formatted_once(board):
    board.wait_event("formatted")
    board.control("reset")
    board.wait_prompt()
    assert [event for event, _ in board.events].count("formatted") == 1


def test_a_file_system_that_is_damaged_is_told_and_left_alone(tmp_path):
    image = tmp_path / "image"
    with VirtualBoard(image, size=SMALL) as board:
        board.wait_prompt()
    damaged = bytearray(image.read_bytes())
    damaged[4:4096] = damaged[4100:8192] = bytes(4092)
    image.write_bytes(damaged)
    with VirtualBoard(image, size=SMALL) as board:
        board.wait_event("corrupted")
        board.wait_prompt()
        assert "The filesystem appears to be corrupted" in board.output
        with pytest.raises(Failure, match="power off first"):
            board.control("erase")
        board.control("power", on=False)
        assert image.read_bytes() == damaged
        board.control("erase")
        board.control("power", on=True)
        board.wait_event("formatted")


def test_a_full_flash_refuses_and_goes_on(tmp_path):
    (tmp_path / "large").write_bytes(bytes(SMALL))
    with VirtualBoard(tmp_path / "image", size=SMALL) as board:
        done = mpremote(board, "fs", "cp", tmp_path / "large", ":large")
        assert done.status == 1
        assert "ENOSPC" in done.text or "No space" in done.text
        run(board, "fs", "rm", ":large")
        write(board, "small.py", "OK = 1\n", tmp_path)
        assert run(board, "exec", "import small; print(small.OK)") == "1\n"


def test_nothing_of_the_host_is_seen(board):
    board.wait_prompt()
    assert run(board, "eval", "__import__('os').listdir('/')") == "['boot.py']\n"
    text = run(board, "exec", "import os; print(hasattr(os, 'system'), len(os.urandom(8)))")
    assert text == "False 8\n"
    assert run(board, "exec", "import sys; print(sys.path)") == "['', '.frozen', '/lib']\n"


def raw(board, code):
    """What `code` prints, at the raw prompt: mpremote takes longer to start than this to run."""
    board.wait_prompt()
    before = len(board.output)
    board.type(b"\x01" + code.encode() + b"\x04\x02")
    board.wait_output("\x04>\r\nMicroPython", since=before)
    return board.output[before:].partition(">OK")[2].partition("\x04")[0].replace("\r\n", "\n")


OLD = "f = open('data', 'wb'); f.write(b'\\x01' * 5000); f.close()"


def test_a_power_cut_at_every_write_leaves_the_old_file_or_the_new(tmp_path):
    image = tmp_path / "image"
    with VirtualBoard(image, size=SMALL) as board:
        assert raw(board, OLD) == ""
    before = image.read_bytes()
    with VirtualBoard(image, size=SMALL) as board:
        board.wait_prompt()
        start = board.control("status")["writes"]
        board.record()
        assert raw(board, COPY) == ""
        journal = board.recorded()
        count = board.control("status")["writes"] - start
    assert count == len(journal) > 20

    chance = random.Random(2)
    states = []
    for after in range(count):
        image.write_bytes(before)
        with VirtualBoard(image, size=SMALL) as board:
            board.wait_prompt()
            portion = chance.random()
            board.control("cut", after=after, portion=portion, restart=True)
            board.type(b"\x01" + COPY.encode() + b"\x04")
            board.wait_event("power-cut", write=start + after + 1)
            states.append(raw(board, LOOK).split(" [")[0])
            names = {event for event, _ in board.events}
            assert not names & {"corrupted", "formatted"}
        # What the journal says of a cut is what a cut does (blocks 0 and 1 hold times as well).
        told = after_cut(before, journal, after, portion)
        assert image.read_bytes()[2 * BLOCK :] == told[2 * BLOCK :]
        if after % 5 == 0:
            image.write_bytes(told)
            with VirtualBoard(image, size=SMALL) as board:
                board.wait_prompt()
                assert raw(board, LOOK).split(" [")[0] == states[-1]
    old, new = "5000 5000", f"5120 {128 * sum(range(40))}"
    # First the old file, from one write on the new one, and never anything else.
    assert states == [old] * states.count(old) + [new] * states.count(new)
    assert old in states and new in states


def test_a_power_cut_in_the_middle_of_mpremotes_copy(board, tmp_path):
    (tmp_path / "file").write_bytes(bytes(30_000))
    board.wait_prompt()
    board.control("cut", after=100)
    # As with a board that loses its power, mpremote waits for ever.
    board.type(b"\x01")
    board.wait_output("raw REPL; CTRL-B to exit\r\n>")
    code = b"f = open('x', 'wb')\nfor i in range(300): f.write(bytes(100))\nf.close()\n"
    board.type(code + b"\x04")
    number = board.wait_event("power-cut")
    assert board.events[number][1]["write"] > 100
    assert board.control("status")["power"] == "off"
    board.control("power", on=True)
    board.wait_prompt()
    run(board, "fs", "cp", tmp_path / "file", ":x")
    assert run(board, "eval", "__import__('os').stat('x')[6]") == "30000\n"


def test_a_cut_can_be_taken_back(board):
    board.wait_prompt()
    board.control("cut", after=3)
    board.control("keep")
    run(board, "exec", COPY)
    assert not any(event == "power-cut" for event, _ in board.events)


def test_ctrl_c_does_not_break_into_the_file_system(board):
    """A board's flash driver is not interrupted; here it is Python, and must not be either."""
    board.wait_prompt()
    loop = b"print('go')\nwhile True:\n f=open('x','wb')\n f.write(bytes(500))\n f.close()\n"
    for _ in range(20):
        before = len(board.output)
        board.type(b"\x01" + loop + b"\x04")
        board.wait_output("OKgo\r\n", since=before)
        board.type(b"\x03")
        board.wait_output("\x04>", since=before)
        assert "KeyboardInterrupt" in board.output[before:]
        board.type(b"\x02")
        board.wait_prompt()
    # The file system still works, now and after a power cut.
    assert raw(board, OLD) == ""
    board.control("brown-out")
    assert raw(board, LOOK).startswith("5000 5000 ")


@pytest.mark.parametrize("size", [4095, 4096, 100_000])
def test_a_size_that_no_flash_has(tmp_path, size):
    with pytest.raises(Failure, match="multiple of 4096"), VirtualBoard(tmp_path / "f", size=size):
        pass


def test_a_file_that_is_no_flash(tmp_path):
    (tmp_path / "f").write_bytes(b"something else")
    with pytest.raises(Failure, match="no flash image"), VirtualBoard(tmp_path / "f"):
        pass
