"""What belongs on a board, as sources: the library, the firmware, and the folder of the board.

In the source tree and in an installed wheel alike, `files/` beside this module leads to firmware/
and boards/ (in the tree it holds symbolic links).
"""

import re
from pathlib import Path

import uwish

from ..errors import Failure

LIBRARY = Path(uwish.__file__).resolve().parent
_FILES = Path(__file__).resolve().parent / "files"
FIRMWARE = _FILES / "firmware"
BOARDS = _FILES / "boards"

# Only CPython loads these.
_HOST_ONLY = ("_sockets.py", "crypto/host.py")
# MicroPython runs them by name from the root, and only as sources.
_START = ("boot.py", "main.py")
_SENSORS = "board_sensors"
# What os.uname() shows of the chip, after "with" in its `machine`, and the board made for it.
_FAMILY = re.compile(r"(ESP32)-?([A-Z]\d)?")
_BOARD_OF_CHIP = {"ESP32": "esp32_generic", "ESP32S3": "esp32_s3", "ESP32C3": "esp32_c3"}


def boards():
    """The names of all boards, sorted."""
    return sorted(path.parent.name for path in BOARDS.glob("*/uwish_board.py"))


def board_for(machine):
    """The name of the board for what the board says of its `machine`, such as "Generic ESP32
    module with ESP32"; a Failure when no board is made for it."""
    name, _, chip = machine.rpartition(" with ")
    family = _FAMILY.match(chip)
    by_chip = family and _BOARD_OF_CHIP.get("".join(family.groups("")))
    for candidate in (by_chip, name.partition(" ")[0].lower()):
        if candidate in boards():
            return candidate
    raise Failure(
        f"no board folder is made for {machine!r}: choose one with --board ({', '.join(boards())})"
    )


def library():
    """{path below lib/: file} of the device library, what only a host loads included."""
    return {f"uwish/{name}": file for name, file in _modules(LIBRARY).items()}


def for_board(board):
    """{path on the board: file}, all of them Python sources; a Failure when there is no such
    board."""
    if board not in boards():
        raise Failure(f"there is no board {board!r}: the boards are {', '.join(boards())}")
    found = {f"lib/{name}": file for name, file in library().items() if not _is_host_only(name)}
    for name, file in _modules(FIRMWARE).items():
        if name != "manifest.py":  # for builds that freeze it
            found[name if name in _START else f"lib/{name}"] = file
    folder = BOARDS / board
    # Besides these a board folder has what runs on the host: manifests, simulators, scripts.
    found["lib/uwish_board.py"] = folder / "uwish_board.py"
    for name, file in _modules(folder / _SENSORS).items():
        found[f"lib/{_SENSORS}/{name}"] = file
    return found


def _modules(folder):
    return {
        file.relative_to(folder).as_posix(): file
        for file in sorted(folder.rglob("*.py"))
        if "__pycache__" not in file.parts
    }


def _is_host_only(name):
    return name.removeprefix("uwish/") in _HOST_ONLY
