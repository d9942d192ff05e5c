"""The passphrase of a backup: asked for, and told to nobody."""

import os
import pty
import subprocess
import sys

from backup_world import PASSPHRASE, identity
from command_line import ENVIRONMENT, GIVE_UP_S, ok, process, refused


def test_a_wrong_passphrase(file, tmp_path, state):
    wrong = tmp_path / "wrong"
    wrong.touch(0o600)
    wrong.write_text("correct horse battery stable\n")
    other = tmp_path / "other"
    said = refused("identity", "restore", "--state", other, file, "--passphrase-file", wrong)
    assert "passphrase is wrong" in said
    assert "stable" not in said
    assert not other.exists()


def test_a_passphrase_that_others_can_read_is_refused(full, tmp_path, passphrase):
    option, path = passphrase
    path.chmod(0o640)
    backup = tmp_path / "backup"
    said = refused("identity", "backup", "--state", full, backup, option, path)
    assert f"chmod 600 {path}" in said and PASSPHRASE not in said
    assert not backup.exists()


def test_a_short_passphrase_is_refused(full, tmp_path, cheap):
    path = tmp_path / "backup"
    asked = ("identity", "backup", "--state", full, path, "--passphrase-file", "-")
    assert "8 characters" in refused(*asked, input="seven77\n")
    assert not path.exists()
    ok(*asked, input="eight888\n")
    assert path.exists()


def test_nobody_to_ask(full, tmp_path):
    said = refused("identity", "backup", "--state", full, tmp_path / "backup")
    assert "--passphrase-file" in said


def at_a_terminal(*arguments, typed):
    """(status, what the terminal showed) of a command whose user types these lines, each when the
    next question stands there."""
    ours, its = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "uwish_host", *map(str, arguments)],
        env=ENVIRONMENT,
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
    ) as running:
        os.close(its)
        shown = b""
        waiting = list(typed)
        while True:
            try:
                data = os.read(ours, 1000)
            except OSError:  # EIO: it has ended
                break
            shown += data
            if waiting and data.endswith(b": "):
                os.write(ours, waiting.pop(0).encode() + b"\n")
        os.close(ours)
        status = running.wait(GIVE_UP_S)
    assert not waiting
    return status, shown.decode()


def test_a_person_is_asked_twice_and_shown_nothing(full, tmp_path):
    path = tmp_path / "backup"
    backup = ("identity", "backup", "--state", full, path)
    status, shown = at_a_terminal(*backup, typed=(PASSPHRASE, "mistyped", PASSPHRASE, PASSPHRASE))
    assert status == 0
    assert "do not match" in shown
    assert PASSPHRASE not in shown
    other = tmp_path / "other"
    restore = ("identity", "restore", "--state", other, path)
    status, shown = at_a_terminal(*restore, typed=(PASSPHRASE,))
    assert status == 0
    assert PASSPHRASE not in shown
    assert identity(other) == identity(full)


def test_the_key_is_in_no_output_and_in_no_file_on_the_way(full, tmp_path, cheap, monkeypatch):
    """Every file that is opened for writing while a backup is made and restored."""
    written = []
    real = os.open

    def noting(path, flags, *more, **options):
        if flags & (os.O_WRONLY | os.O_RDWR):
            written.append(os.fspath(path))
        return real(path, flags, *more, **options)

    monkeypatch.setattr(os, "open", noting)
    file, other = tmp_path / "backup", tmp_path / "other"
    options = ("--passphrase-file", "-")
    said = ok("identity", "backup", "--state", full, file, *options, input=PASSPHRASE)
    said += ok("identity", "restore", "--state", other, file, *options, input=PASSPHRASE)
    monkeypatch.undo()
    assert identity(full)["private"] not in said
    # A temporary file that is gone by now has a name that is none of these.
    names = {os.path.basename(path).rsplit(".", 1)[0] for path in map(str, written)}
    assert names <= {"contacts", "gateway", "backup", "identity", ".contacts.json"}
    with_key = [
        path
        for path in tmp_path.rglob("*")
        if path.is_file() and identity(full)["private"].encode() in path.read_bytes()
    ]
    assert sorted(with_key) == [other / "identity.json", full / "identity.json"]


def test_the_passphrase_is_never_an_argument(full, tmp_path):
    done = process("identity", "backup", "--state", full, tmp_path / "b", "--passphrase", "x")
    assert done.returncode != 0
    assert not (tmp_path / "b").exists()
