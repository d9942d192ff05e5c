"""What a board is: its MicroPython, its chip, its room."""

from ..errors import Failure
from .compile import Format
from .sources import board_for

_OLDEST = (1, 24, 0)


class Facts:
    """`release` (text such as "MicroPython 1.26.1"), `machine`, `format` (a compile.Format),
    `block` and `free` (bytes of its file system), `heap` (free bytes), `frozen` (whether uwish is
    part of its MicroPython: that is loaded instead of files)."""

    def __init__(self, board):
        """Ask `board`, a port.Board; a Failure when it is no MicroPython that uwish runs on."""
        fields = board.call("facts", "facts")
        if fields["name"] != "micropython":
            raise Failure(f"{board.port}: uwish runs on MicroPython, not on {fields['name']}")
        self.machine = fields["machine"]
        self.version = fields["version"]
        self.release = "MicroPython " + ".".join(map(str, self.version))
        self.format = Format.of_board(fields["mpy"])
        self.block = fields["block"]
        self.free = fields["free"]
        self.heap = fields["heap"]
        self.frozen = fields["frozen"]

    def require_version(self):
        """A Failure unless uwish runs on this MicroPython."""
        if self.version < _OLDEST:
            oldest = ".".join(map(str, _OLDEST[:2]))
            raise Failure(
                f"the board has {self.release}, uwish needs MicroPython {oldest} or newer: "
                "flash one with `uwish flash`"
            )

    def board_name(self):
        """The board folder that is made for it."""
        return board_for(self.machine)
