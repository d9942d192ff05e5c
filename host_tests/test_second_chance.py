"""A test may fail once where --reruns says so (.ci/run does); what it failed of is shown."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import micropython_runner as runner
import pytest
from micropython_runner_pytest import MicroPythonFile

HERE = Path(__file__).resolve().parent
_ONCE_BAD = """
import pathlib
def test_it():
    mark = pathlib.Path({mark!r})
    found, _ = mark.exists(), mark.touch()
    assert found, "not the first time"
"""


def run(folder, text, *options):
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_it.py").write_text(text)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(HERE)},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(("options", "status"), [((), 1), (("--reruns", "1"), 0)])
def test_only_who_asks_gives_a_second_chance(tmp_path, options, status):
    done = run(tmp_path, _ONCE_BAD.format(mark=str(tmp_path / "mark")), *options)
    assert done.returncode == status, done.stdout + done.stderr
    assert "AssertionError: not the first time" in done.stdout
    assert ("RERUN test_it.py::test_it" in done.stdout) == bool(options)


def test_there_is_no_third(tmp_path):
    assert run(tmp_path, "def test_it(): assert False", "--reruns", "1").returncode == 1


def test_a_second_chance_under_micropython_is_a_process_of_its_own(monkeypatch):
    ended = SimpleNamespace(status=0, output="")
    runs = []
    monkeypatch.setattr(runner, "heap_of", lambda path: "4m")
    monkeypatch.setattr(runner, "run", lambda *args, **limits: runs.append(args) or ended)
    file = SimpleNamespace(_report=None, path=HERE, size=0, time_limit_s=1)
    file.session = SimpleNamespace(items=[])
    first = MicroPythonFile.report(file)
    assert MicroPythonFile.report(file) is first
    assert MicroPythonFile.report(file, again=True) is not first
    assert len(runs) == 2
