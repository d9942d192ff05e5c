"""The real mpremote takes the virtual board for a board."""

import hashlib
import json
import random

import pytest
from mpremote_command import mpremote, run, write


def test_exec_and_eval(board):
    assert run(board, "exec", "print('hello')\nprint(6 * 7)") == "hello\n42\n"
    assert run(board, "eval", "{'a': [1, 2]}") == "{'a': [1, 2]}\n"


def test_newlines_are_those_of_a_serial_port(board):
    run(board, "exec", "print('one')\nprint('two')")
    assert "one\r\ntwo\r\n" in board.output


def test_text_beyond_ascii_survives(board):
    assert run(board, "exec", "print('Grüße')") == "Grüße\n"


def test_run_a_script(board, tmp_path):
    script = tmp_path / "script.py"
    script.write_text("for i in range(3):\n    print(i)\n" + "# long enough for windows\n" * 200)
    assert run(board, "run", script) == "0\n1\n2\n"


@pytest.mark.parametrize(
    ("code", "last_line"),
    [
        ("1/0", "ZeroDivisionError: divide by zero"),
        ("def f():\n  raise ValueError('x')\nf()", "ValueError: x"),
        ("import no_such_module", "ImportError: no module named 'no_such_module'"),
        ("1 +", "SyntaxError: invalid syntax"),
    ],
)
def test_a_script_that_fails(board, code, last_line):
    done = mpremote(board, "exec", code)
    assert done.status == 1
    lines = done.text.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-1] == last_line
    # Of the script itself only, as on a board.
    assert all('"<stdin>"' in line for line in lines[1:-1])


def test_a_large_file_both_ways(board, tmp_path):
    data = random.Random(1).randbytes(100_000)
    (tmp_path / "there").write_bytes(data)
    run(board, "fs", "cp", tmp_path / "there", ":data.bin")
    run(board, "fs", "cp", ":data.bin", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == data
    digest = run(board, "fs", "sha256sum", ":data.bin").splitlines()[-1]
    assert digest == hashlib.sha256(data).hexdigest()


def test_folders(board, tmp_path):
    run(board, "fs", "mkdir", ":lib")
    write(board, "lib/a.py", "A = 1\n", tmp_path)
    assert run(board, "fs", "ls", ":lib").split() == ["ls", ":lib", "6", "a.py"]
    assert run(board, "exec", "import a; print(a.A)") == "1\n"
    assert run(board, "fs", "cat", ":lib/a.py") == "A = 1\n"
    run(board, "fs", "rm", ":lib/a.py")
    run(board, "fs", "rmdir", ":lib")
    assert run(board, "eval", "__import__('os').listdir('/')") == "['boot.py']\n"


def test_a_folder_is_copied_and_removed_with_what_is_in_it(board, tmp_path):
    for name in ("one.py", "two.py"):
        folder = tmp_path / "package"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(f"print({name!r})\n")
    run(board, "fs", "cp", "-r", tmp_path / "package", ":")
    assert run(board, "fs", "tree", ":package").count(".py") == 2
    run(board, "fs", "rm", "-r", ":package")
    assert mpremote(board, "fs", "ls", ":package").status == 1


def test_a_file_that_is_not_there(board):
    done = mpremote(board, "fs", "cat", ":nothing")
    assert done.status == 1
    assert "No such file" in done.text


def test_df_shows_the_flash_and_nothing_of_the_host(board):
    lines = run(board, "df").splitlines()
    assert [line.split()[0:2] for line in lines[1:]] == [["<VfsLfs2>", "2097152"]]


def test_mip_installs_a_package_from_a_folder(board, tmp_path):
    (tmp_path / "thing.py").write_text("VALUE = 5\n")
    listing = {"urls": [["thing/__init__.py", "thing.py"]], "deps": [], "version": "1"}
    (tmp_path / "package.json").write_text(json.dumps(listing))
    run(board, "mip", "install", tmp_path / "package.json")
    assert run(board, "exec", "import thing; print(thing.__file__, thing.VALUE)") == (
        "/lib/thing/__init__.py 5\n"
    )


def test_a_local_folder_is_mounted(board, tmp_path):
    (tmp_path / "local.py").write_bytes(b"DATA = '" + bytes(range(32, 38)) + b"'\nprint(DATA)\n")
    (tmp_path / "bytes.bin").write_bytes(bytes(range(256)))
    assert run(board, "mount", tmp_path, "exec", "import local") == (
        f"Local directory {tmp_path} is mounted at /remote\n" + bytes(range(32, 38)).decode() + "\n"
    )
    # Each byte both ways, Ctrl-C, Ctrl-D and newlines among them.
    run(
        board,
        *("mount", tmp_path, "exec"),
        "d = open('bytes.bin', 'rb').read()\nopen('copy.bin', 'wb').write(d)",
    )
    assert (tmp_path / "copy.bin").read_bytes() == bytes(range(256))


def test_code_in_the_raw_prompt_without_paste_mode(board):
    board.wait_prompt()
    board.type(b"\x01")
    board.wait_output("raw REPL; CTRL-B to exit\r\n>")
    board.type(b"print(1 + 1)\x04")
    board.wait_output(">OK2\r\n\x04\x04>")


def test_output_faster_than_mpremote_reads_is_complete(board):
    text = run(board, "exec", "for i in range(4000):\n    print('line', i, 'x' * 40)")
    assert [line.split()[1] for line in text.splitlines()] == [str(i) for i in range(4000)]
