"""The parts of the board commands that need no board: formats, folders, ports, passwords."""

import io
import os
from types import SimpleNamespace

import pytest
from tool_on_board import PASSWORD

from uwish_host.board import compile as compiler
from uwish_host.board import listen, ports, secret, sources
from uwish_host.board.compile import Format
from uwish_host.board.layout import Deployed, Layout
from uwish_host.board.listen import Listener
from uwish_host.board.port import BoardError, source
from uwish_host.errors import Failure


@pytest.mark.parametrize(
    ("number", "version", "arch"),
    [
        (6 | 3 << 8 | 10 << 10, "6.3", "xtensawin"),
        (6 | 3 << 8 | 11 << 10, "6.3", "rv32imc"),
        (6 | 3 << 8 | 2 << 10, "6.3", "x64"),
        (6 | 2 << 8, "6.2", None),
    ],
)
def test_what_a_board_says_of_its_mpy_files(number, version, arch):
    found = Format.of_board(number)
    assert (str(found), found.arch) == (version, arch)


def test_the_compiler_is_asked_for_its_version():
    assert str(compiler.compiler_format()) == "6.3"


def test_without_native_code_the_sub_version_does_not_matter():
    compiler.require_fit(Format(6, 1, None), "MicroPython 1.19")
    with pytest.raises(Failure, match=r"version 6\.1, mpy-cross makes 6\.3"):
        compiler.require_fit(Format(6, 1, "xtensawin"), "MicroPython 1.19")


def test_compiled_files_are_of_the_version_that_was_promised(tmp_path):
    file = tmp_path / "m.py"
    file.write_text("X = 1\n")
    ours = compiler.compiler_format()
    for arch in compiler.ARCHITECTURES:
        made = compiler.compile_all(arch, tmp_path / str(arch), {"m.py": file})["m.mpy"]
        assert made.read_bytes()[:2] == b"M" + bytes([ours.version])


@pytest.mark.parametrize(
    ("machine", "board"),
    [
        ("Generic ESP32 module with ESP32", "esp32_generic"),
        ("Generic ESP32 module with SPIRAM with ESP32", "esp32_generic"),
        ("Generic ESP32S3 module with ESP32S3", "esp32_s3"),
        ("LOLIN C3 mini with ESP32-C3FH4", "esp32_c3"),
        ("ESP32C3 module with ESP32C3", "esp32_c3"),
        ("TTGO with ESP32-PICO-D4", "esp32_generic"),
        ("Virtual board with uwish sim", "virtual"),
    ],
)
def test_the_board_for_a_chip(machine, board):
    assert sources.board_for(machine) == board


@pytest.mark.parametrize("machine", ["Pico W with RP2040", "ESP32C6 module with ESP32C6"])
def test_a_chip_without_a_board(machine):
    with pytest.raises(Failure, match="choose one with --board .*esp32_generic"):
        sources.board_for(machine)


@pytest.mark.parametrize("board", sources.boards())
def test_what_belongs_on_a_board(board):
    found = sources.for_board(board)
    for path in ("boot.py", "main.py", "lib/uwish_board.py", "lib/uwish/app.py", "lib/wifi.py"):
        assert found[path].is_file()
    assert "lib/sensors/__init__.py" in found and "lib/provision.py" in found
    for path in ("lib/manifest.py", "lib/uwish/crypto/host.py", "lib/uwish/_sockets.py"):
        assert path not in found
    assert not [path for path in found if "chip/" in path or "virtual_device" in path]
    others = {"boot.py", "main.py"}
    assert all(path.startswith("lib/") for path in set(found) - others)


def layout(**files):
    files = {name: text.encode() for name, text in files.items()}
    return Layout(files, "b", Format(6, 3, "x64"))


def test_a_build_is_named_by_its_content():
    assert layout(a="1").build == layout(a="1").build
    assert len({made.build for made in (layout(a="1"), layout(a="2"), layout(b="1"))}) == 3


def test_a_manifest_is_read_as_it_was_written():
    made = layout(a="1", b="2")
    found = Deployed(made.manifest())
    assert (found.build, found.files, found.board) == (made.build, made.hashes, "b")
    assert made.build in str(found)


@pytest.mark.parametrize("text", [None, b"", b"{", b"[]", b"{}", b'{"format": "x"}', b"\xff"])
def test_a_manifest_that_is_none(text):
    found = Deployed(text)
    assert found.files == {} and found.build is None and str(found) == "no uwish"


def usb(*names):
    return lambda: (
        [SimpleNamespace(device=name, vid=1) for name in names]
        + [SimpleNamespace(device="/dev/ttyS0", vid=None)]
    )


def test_the_only_port_is_taken(monkeypatch):
    monkeypatch.setattr(ports.list_ports, "comports", usb("/dev/ttyUSB0"))
    assert ports.choose_port(None) == "/dev/ttyUSB0"


@pytest.mark.parametrize(
    ("there", "name", "why"),
    [
        ((), None, "no board is plugged in"),
        (("/dev/ttyUSB1", "/dev/ttyUSB0"), None, "ports with a board are /dev/ttyUSB0, /dev/ttyU"),
        (("/dev/ttyUSB0",), "/dev/ttyUSB7", "there is no port /dev/ttyUSB7.*/dev/ttyUSB0"),
        ((), "/", "/ is no serial port"),
        ((), "", "--port has an empty name: plug a board in"),
        ((), __file__, "test_tool_parts.py is no serial port"),
    ],
)
def test_a_port_that_cannot_be_chosen(monkeypatch, there, name, why):
    monkeypatch.setattr(ports.list_ports, "comports", usb(*there))
    with pytest.raises(Failure, match=why):
        ports.choose_port(name)


def test_a_port_that_is_none_once_it_is_opened():
    with pytest.raises(Failure, match="/dev/null is no serial port"):
        ports.open_port("/dev/null", 1)


def test_a_port_that_only_others_may_open(monkeypatch):
    monkeypatch.setattr(ports.os, "access", lambda *_: False)
    with pytest.raises(Failure, match="join the group `dialout`"):
        ports.choose_port("/dev/null")


def test_a_link_to_a_pseudo_terminal_is_followed(tmp_path):
    ours, theirs = os.openpty()
    link = tmp_path / "board"
    link.symlink_to(os.ttyname(theirs))
    assert ports.choose_port(str(link)) == os.ttyname(theirs)
    os.close(ours)
    os.close(theirs)


def test_a_pseudo_terminal_that_is_gone_is_not_looked_for_again():
    """By then its number may be that of somebody's own terminal, which would be spoilt."""
    master, terminal = os.openpty()
    with Listener(os.ttyname(terminal)) as listener:
        lines = listener.lines()
        os.write(master, b"hello\n")
        assert next(lines) == "hello"
        os.close(terminal)
        os.close(master)
        with pytest.raises(Failure, match="is gone"):
            next(lines)


def test_a_port_that_went_away_is_waited_for_and_that_is_told(monkeypatch):
    before, then = os.openpty(), os.openpty()
    opened = []

    def open_port(name, silence_s):
        opened.append(name)
        if len(opened) == 2:
            raise Failure("there is no port")
        terminal = (before if len(opened) == 1 else then)[1]
        return ports.open_port(os.ttyname(terminal), silence_s)

    monkeypatch.setattr(listen, "open_port", open_port)
    told = []
    with Listener("/dev/ttyUSB0", gone=lambda: told.append("gone")) as listener:
        lines = listener.lines()
        for end in before:
            os.close(end)
        while len(opened) < 3:
            assert next(lines) is None
        os.write(then[0], b"hello\n")
        assert next(line for line in lines if line is not None) == "hello"
    assert told == ["gone"]
    for end in then:
        os.close(end)


def test_a_password_from_a_file(tmp_path):
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\nnothing else\n")
    assert secret.ask_password("home", str(file)) == PASSWORD


def test_a_password_from_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\r\n"))
    assert secret.ask_password("home", "-") == PASSWORD


def test_an_empty_line_is_an_open_network_and_nothing_at_all_is_not(monkeypatch, tmp_path):
    for text in ("\n", "\r\n"):
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        assert secret.ask_password("home", "-") == ""
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(Failure, match="standard input is empty"):
        secret.ask_password("home", "-")
    (tmp_path / "password").touch()
    with pytest.raises(Failure, match="password is empty"):
        secret.ask_password("home", str(tmp_path / "password"))


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("OSError: [Errno 28] ENOSPC", "its flash is full"),
        ("OSError: 28", "its flash is full"),
        ("MemoryError: memory allocation failed", "its memory is full"),
        ("ImportError: no module named 'provision'", "uwish deploy"),
        ("ValueError: interval_s: must be 1", ""),
    ],
)
def test_what_to_try_when_the_board_says_no(said, advice):
    error = BoardError("/dev/x", "writing", said)
    told = said.removeprefix("ValueError: ")
    assert error.message.startswith(f"/dev/x, writing: the board says {told}")
    assert advice in error.message
    assert error.is_full == ("28" in said)


@pytest.mark.parametrize("script", ["facts", "disk", "finish", "network"])
def test_what_runs_on_the_board_is_sent_without_its_docstring(script):
    text = source(script)
    assert not text.startswith('"""') and "def " in text
    compile(text, script, "exec")
