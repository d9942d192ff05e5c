"""What deploy compiles is kept; and the same sources make the same files, whoever compiles them."""

import os
import subprocess
import sys

import pytest
from command_line import ENVIRONMENT
from tool_on_board import Tool, write_on_board

from uwish_host.board import cache
from uwish_host.board import compile as compiler
from uwish_host.board.names import Names, listed

# Enough names of each kind for any order of a set to show.
SOURCE = "class C:\n" + "".join(
    f"    def method_{i}(self, given_{i}):\n        self.own_{i} = self._own_{i} = given_{i}\n"
    for i in range(40)
)
MANY = f"{SOURCE}\n" + "".join(
    f"def function_{i}(a, b):\n    return a.own_{i}\n" for i in range(40)
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A cache of its own."""
    monkeypatch.setenv("UWISH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def sources(tmp_path):
    file = tmp_path / "m.py"
    file.write_text("X = 1\n")
    return {"m.py": file}


@pytest.fixture
def runs(monkeypatch):
    """The names of the files that mpy-cross was run for."""
    made = []
    compile_file = compiler.compile_file

    def noted(source, target, arch, name=None):
        made.append(name)
        compile_file(source, target, arch, name)

    monkeypatch.setattr(compiler, "compile_file", noted)
    return made


def test_the_same_is_compiled_once(sources, runs):
    first = compiler.compile_set("x64", sources)
    ticks = []
    again = compiler.compile_set("x64", sources, lambda: ticks.append(1))
    assert (first.files, first.functions) == (again.files, again.functions)
    assert (runs, ticks) == (["m.py"], [1])


def test_what_differs_is_compiled_anew(sources, runs, monkeypatch):
    old = compiler.compile_set("x64", sources).files
    compiler.compile_set(None, sources)
    sources["m.py"].write_text("X = 2\n")
    assert compiler.compile_set("x64", sources).files != old
    assert len(runs) == 3
    monkeypatch.setattr(compiler, "compiler_version", lambda: "another mpy-cross")
    compiler.compile_set("x64", sources)
    monkeypatch.setattr(cache, "_tools", lambda: "other tools")
    compiler.compile_set("x64", sources)
    assert len(runs) == 5


def test_names_and_texts_cannot_be_taken_for_each_other():
    keys = [cache.key_of("v", "x64", texts) for texts in ({"a": "b 1 c"}, {"a": "b", "c": "1"})]
    assert len({*keys, cache.key_of("v", "x6", {"a": "b 1 c"})}) == 3


@pytest.mark.parametrize("damage", [b"", b"PK", None])
def test_a_damaged_file_counts_as_absent(sources, runs, folder, damage):
    old = compiler.compile_set("x64", sources).files
    (file,) = (folder / "compiled").iterdir()
    data = bytearray(file.read_bytes())
    data[data.index(b"M\x06")] ^= 1  # the .mpy's first byte
    file.write_bytes(data if damage is None else damage)
    assert compiler.compile_set("x64", sources).files == old
    assert len(runs) == 2


def test_without_a_folder_it_works_too(sources, runs, tmp_path, monkeypatch):
    monkeypatch.setenv("UWISH_CACHE", str(tmp_path / "m.py" / "no-folder"))
    for _ in range(2):
        assert list(compiler.compile_set("x64", sources).files) == ["m.mpy"]
    assert len(runs) == 2


def test_old_ones_go(folder, monkeypatch):
    monkeypatch.setattr(cache, "_MOST", 3)
    for number in range(5):
        cache.store(f"k{number}", {}, {})
        os.utime(folder / "compiled" / f"k{number}.zip", (number, number))
        cache.load("k0")  # what is used is not old
    assert sorted(path.stem for path in (folder / "compiled").iterdir()) == ["k0", "k3", "k4"]


def test_where_it_is(monkeypatch, tmp_path):
    monkeypatch.delenv("UWISH_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    cache.keep_names("b", {})
    assert (tmp_path / "xdg" / "uwish" / "names" / "b.json").exists()
    assert (tmp_path / "xdg" / "uwish" / "names").stat().st_mode & 0o077 == 0


def test_the_same_names_in_every_process():
    code = (
        "import ast, sys; from uwish_host.shrink.program import Program\n"
        "from uwish_host.shrink.rename import rename\n"
        "p = Program({'p': '', 'p.m': sys.stdin.read()}, ('p',))\n"
        "print(rename(p, {'p'}, set()), ast.unparse(p.modules['p.m']))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**ENVIRONMENT, "PYTHONHASHSEED": str(seed)},
            input=MANY,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(3)
    }
    assert len(said) == 1 and "function_0" not in said.pop().partition("}")[2]


NAMES = compiler.Compiled(
    {"uwish/calls.mpy": b"", "device.mpy": b"", "sensors/adc.mpy": b""},
    {"Bc": ["Node._call", "Pack._drop"], "append": ["Line.feed"]},
)


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ('  File "calls", line 1, in Bc', " (Node._call or Pack._drop)"),
        ("uwish error: crash: OSError: 5 at app, line 1, in append", " (Line.feed)"),
        ('  File "device", line 1, in append', ""),  # the firmware keeps its names
        ('  File "calls", line 1, in poll', ""),
        ("in Bc", ""),
    ],
)
def test_what_a_traceback_means(line, meaning):
    cache.keep_names("b1", listed(NAMES))
    cache.keep_names("b0", listed(compiler.Compiled({}, {})))
    assert Names("b1").explain(line) == line + meaning
    assert Names("b0").explain(line) == line
    assert Names("unknown").explain(line) == line


def test_logs_say_what_it_means(blank):
    cache.keep_names("f00d", listed(NAMES))
    # Again and again: what is said before the port is open after the restart may be lost, or the
    # first part of a line.
    line = "print('  File \"calls\", line 1, in Bc')"
    program = f"import time\nwhile True:\n    {line}\n    time.sleep(0.1)"
    write_on_board(blank, "/main.py", program)
    said = Tool(blank).ok("logs", "--restart", "--lines", 2)
    assert said.endswith('\n  File "calls", line 1, in Bc (Node._call or Pack._drop)\n')
