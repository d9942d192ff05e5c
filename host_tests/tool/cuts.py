"""The power goes at any write of a command: what the board has then, and that it goes on.

The command runs once, with a journal of what it writes (sim/flash.py). From that the flash is known
as each cut would leave it. Every one of these is mounted by the real littlefs, and written to
(mount_each_cut.py); those that hold the same files are one state, and every state is started on a
board. That a real cut leaves what the journal says is shown in host_tests/board/test_flash.py.
"""

import json
import shutil
import struct
from contextlib import contextmanager
from pathlib import Path

import micropython_runner
from tool_on_board import NETWORKS

from uwish_host.sim import VirtualBoard
from uwish_host.sim.flash import after_cut

PORTIONS = (0, 0.5, 0.9)  # as in mount_each_cut.py
_MOUNT = Path(__file__).with_name("mount_each_cut.py")


def journal_of(command, flash, folder, greeting, done):
    """What `command(board)` writes on a board with the flash in the file `flash`, from when the
    board has said `greeting` until it says `done`."""
    copy = folder / "uncut"
    shutil.copy(flash, copy)
    with VirtualBoard(copy, networks=NETWORKS) as board:
        board.wait_output(greeting)
        assert copy.read_bytes() == flash.read_bytes()
        board.record()
        mark = len(board.output)
        command(board)
        board.wait_output(done, since=mark)
        return board.recorded()


class Cuts:
    """Of `journal`, written over the flash in the file `flash`; `folder` is for files."""

    def __init__(self, flash, folder, journal):
        self._folder = folder
        self._before = Path(flash).read_bytes()
        self._journal = journal
        self.trees = self._mount()  # what is there after each cut
        assert len(self.trees) == len(journal)

    def states(self):
        """(number of the first cut, numbers of all cuts) that leave the same files, in order."""
        found = {}
        for number, tree in enumerate(self.trees):
            found.setdefault(json.dumps(tree, sort_keys=True), []).append(number)
        return [(numbers[0], numbers) for numbers in found.values()]

    @contextmanager
    def board(self, number):
        """The board as the power comes back after that cut."""
        flash = self._folder / "after-cut"
        portion = PORTIONS[number % 3]
        flash.write_bytes(after_cut(self._before, self._journal, number, portion))
        with VirtualBoard(flash, networks=NETWORKS) as board:
            yield board

    def _mount(self):
        image = self._folder / "to-mount"
        image.write_bytes(self._before)
        journal = self._folder / "journal"
        with open(journal, "wb") as file:
            for place, data in self._journal:
                file.write(struct.pack("=II", place, len(data)) + data)
        done = micropython_runner.run(_MOUNT, image, journal, heap="16m")
        assert done.status == 0, done.output[-1000:]
        return [json.loads(line) for line in done.output.splitlines()]


def cut_for_real(flash, writes, command, greeting):
    """The result of `command(board)` on a board with this flash (changed) whose power goes at the
    write after so many; checked to have been cut."""
    with VirtualBoard(flash, networks=NETWORKS) as board:
        board.wait_output(greeting)
        board.control("cut", after=writes, restart=True)
        result = command(board)
        board.wait_event("power-cut")
        return result
