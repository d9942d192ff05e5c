"""The two other ways onto a board (docs/BOARDS.md): mip with the real mpremote, and freezing."""

import subprocess
import sys

import pytest
from command_line import ROOT
from tool_on_board import value_on_board

from uwish_host.board import sources
from uwish_host.sim import VirtualBoard

LIB = ROOT / "lib"
# From sources, which are compiled on the board, it takes more than a board's heap here: objects of
# 64 bits.
HEAP = "512k"


def mip_install(board, *arguments):
    command = [sys.executable, "-m", "mpremote", "connect", board.port, "mip", "install"]
    done = subprocess.run(
        [*command, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_mip_from_the_local_folder(tmp_path):
    with VirtualBoard(tmp_path / "flash", heap=HEAP) as board:
        board.wait_prompt()
        mip_install(board, LIB / "package.json")
        # The program in the README begins like this.
        code = "import uwish\napp = uwish.App('greenhouse', protocols=('sensor',))"
        made = f"{code}\napp.identity.create('greenhouse')"
        uid, there = value_on_board(board, "(app.uid, uwish.__file__)", made)
        assert len(uid) == 32 and there == "/lib/uwish/__init__.py"


class Manifest:
    """A manifest, read as MicroPython's makemanifest.py does: `modules` is {path: file}."""

    def __init__(self, file):
        self.modules = {}
        self._run(file)

    def _run(self, file):
        folder = file.parent

        def include(path):
            if not path.startswith("$("):  # MicroPython's own
                self._run((folder / path).resolve(strict=True))

        def module(name):
            self._add(name, folder / name)

        def package(name):
            for found in (folder / name).rglob("*.py"):
                self._add(found.relative_to(folder).as_posix(), found)

        functions = {"include": include, "module": module, "package": package}
        exec(file.read_text(), {**functions, "metadata": lambda **_: None})

    def _add(self, name, file):
        assert file.is_file() and name not in self.modules, name
        self.modules[name] = file


@pytest.mark.parametrize(
    "board", [name for name in sources.boards() if (sources.BOARDS / name / "manifest.py").exists()]
)
def test_a_manifest_freezes_what_deploy_puts_there(board):
    frozen = Manifest(ROOT / "boards" / board / "manifest.py").modules
    deployed = {
        name.removeprefix("lib/"): file.resolve()
        for name, file in sources.for_board(board).items()
        if name.startswith("lib/")
    }
    assert {name: file.resolve() for name, file in frozen.items() if name in deployed} == deployed
    # What only a host imports does no harm in a firmware; the library's manifest is for all.
    assert set(frozen) - set(deployed) == {f"uwish/{name}" for name in sources._HOST_ONLY}


def test_there_are_manifests():
    assert {"esp32_generic", "esp32_s3", "esp32_c3"} <= {
        path.parent.name for path in sources.BOARDS.glob("*/manifest.py")
    }
