"""`uwish` installed from a wheel, far from the source tree, finds what belongs on a board."""

import json
import shutil
import subprocess
import sys
import zipfile

import pytest
from command_line import ROOT

from uwish_host.board import sources

SHOW = """
import json, sys
from pathlib import Path
import uwish_host
from uwish_host.board import sources
found = {board: sorted(sources.for_board(board)) for board in sources.boards()}
print(json.dumps([str(Path(uwish_host.__file__).parent), str(sources.LIBRARY), found]))
"""


@pytest.fixture
def installed(tmp_path):
    """The folder into which a wheel of this tree was unpacked."""
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("lib", "tools", "firmware", "boards"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, symlinks=True, ignore=ignore)
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--no-index", "-w", tmp_path, source], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    return tmp_path / "installed"


def run(installed, *arguments):
    """A Python process that sees the installed packages before this tree's."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=installed,
        env={"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_a_wheel_has_all_that_deploy_needs(installed):
    package, library, found = json.loads(run(installed, "-c", SHOW))
    assert package == str(installed / "uwish_host") and library == str(installed / "uwish")
    assert found == {board: sorted(sources.for_board(board)) for board in sources.boards()}
    assert "esp32_generic" in found and "lib/wifi.py" in found["esp32_generic"]


def test_it_can_compile_them(installed):
    code = (
        "from uwish_host.board.layout import build_layout;"
        "from uwish_host.board.compile import Format;"
        "print(len(build_layout('esp32_c3', Format(6, 3, 'rv32imc')).files))"
    )
    assert int(run(installed, "-c", code)) > 30
