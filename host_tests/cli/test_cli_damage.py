"""State that is missing, damaged, or not ours: one sentence, and nothing is touched."""

import json
import os
import stat

import pytest
from command_line import GatewayProcess, ok, process, refused

from uwish_host import files
from uwish_host.errors import Failure
from uwish_host.storage.schema import open_for_writing

GATEWAY = ("gateway", "--listen", "127.0.0.1:0")
COMMANDS = {
    "gateway": GATEWAY,
    "list": ("device", "list"),
    "add": ("device", "add", "00"),
    "remove": ("device", "remove", "lamp"),
    "show": ("identity", "show"),
    "export": ("identity", "export"),
    "create": ("identity", "create"),
}


@pytest.fixture
def full(state, document):
    """A state with a device in it."""
    ok("device", "add", "--state", state, document("lamp").hex())
    return state


def contents(state):
    return {
        path.name: path.read_bytes()
        for path in state.iterdir()
        if path.suffix == ".json" or path.name.startswith(".")
    }


def damage(path, change):
    fields = json.loads(path.read_text())
    change(fields)
    path.write_text(json.dumps(fields))


IDENTITY_DAMAGE = {
    "empty": lambda path: path.write_text(""),
    "cut": lambda path: path.write_text(path.read_text()[:100]),
    "noise": lambda path: path.write_bytes(b"\xff\x00" * 50),
    "a list": lambda path: path.write_text("[]"),
    "deep": lambda path: path.write_text("[" * 100000),
    "no key": lambda path: damage(path, lambda fields: fields.pop("private")),
    "another key": lambda path: damage(path, lambda fields: fields.update(private="00" * 32)),
    "short": lambda path: damage(path, lambda fields: fields.update(hid="00")),
    "format": lambda path: damage(path, lambda fields: fields.update(format="uwish identity 9")),
    "number": lambda path: damage(path, lambda fields: fields.update(private=7)),
    "missing": lambda path: path.unlink(),
    "a directory": lambda path: (path.unlink(), path.mkdir()),
}

CONTACTS_DAMAGE = {
    "empty": lambda path: path.write_text(""),
    "cut": lambda path: path.write_text(path.read_text()[:-5]),
    "a list": lambda path: path.write_text("[]"),
    "null": lambda path: path.write_text("null"),
    "format": lambda path: damage(path, lambda fields: fields.update(format="x")),
    "no list": lambda path: damage(path, lambda fields: fields.update(contacts=7)),
    "uid": lambda path: damage(path, lambda f: f["contacts"][0].update(uid="00" * 32)),
    "public": lambda path: damage(path, lambda f: f["contacts"][0].update(public="00")),
    "alias": lambda path: damage(path, lambda f: f["contacts"][0].update(alias="")),
    "transports": lambda path: damage(path, lambda f: f["contacts"][0].update(transports=[7])),
    "twice": lambda path: damage(path, lambda f: f["contacts"].append(f["contacts"][0])),
    "missing": lambda path: path.unlink(),
}


@pytest.mark.parametrize("how", IDENTITY_DAMAGE)
@pytest.mark.parametrize("command", ["gateway", "show", "export", "create"])
def test_a_damaged_identity(full, how, command):
    IDENTITY_DAMAGE[how](full / "identity.json")
    before = {} if how == "a directory" else contents(full)
    said = refused(*COMMANDS[command], "--state", full)
    assert "identity" in said
    if how != "a directory":
        assert contents(full) == before


@pytest.mark.parametrize("how", CONTACTS_DAMAGE)
@pytest.mark.parametrize("command", ["gateway", "list", "remove", "create"])
def test_a_damaged_contact_file(full, how, command):
    CONTACTS_DAMAGE[how](full / "contacts.json")
    before = contents(full)
    said = refused(*COMMANDS[command], "--state", full)
    assert "contacts.json" in said
    assert contents(full) == before


def test_adding_to_a_damaged_contact_file(full, document):
    (full / "contacts.json").write_text("{")
    before = contents(full)
    assert "contacts.json" in refused("device", "add", "--state", full, document().hex())
    assert contents(full) == before


@pytest.mark.parametrize("command", ["list", "remove", "show", "export"])
def test_a_missing_state(state, command):
    assert str(state) in refused(*COMMANDS[command], "--state", state)
    assert not state.exists()


def test_a_private_key_that_others_can_read_is_refused(full):
    os.chmod(full / "identity.json", 0o644)
    assert "chmod 600" in refused(*GATEWAY, "--state", full)
    assert stat.S_IMODE((full / "identity.json").stat().st_mode) == 0o644


def test_a_state_directory_that_cannot_be(tmp_path):
    path = tmp_path / "file"
    path.write_text("x")
    assert str(path) in refused(*GATEWAY, "--state", path)
    assert str(path) in refused(*GATEWAY, "--state", path / "below")
    assert path.read_text() == "x"


def test_lost_identity_with_contacts_left_is_not_made_anew(full):
    (full / "identity.json").unlink()
    for command in (GATEWAY, ("identity", "create")):
        assert "backup" in refused(*command, "--state", full)
    assert not (full / "identity.json").exists()


def test_a_first_start_that_was_cut_short_is_completed(state):
    ok("identity", "create", "--state", state)
    (state / "identity.json").unlink()
    ok("identity", "create", "--state", state)
    assert (state / "identity.json").exists()


def test_a_full_disk_leaves_the_old_file(full, document, monkeypatch):
    before = contents(full)

    def fail(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", fail)
    said = refused("device", "add", "--state", full, document("new").hex())
    assert "No space left" in said
    monkeypatch.undo()
    assert contents(full) == before


def test_a_file_that_is_there_is_never_made_again(tmp_path):
    path = tmp_path / "file"
    files.write_new(path, "old")
    with pytest.raises(FileExistsError):
        files.write_new(path, "new")
    assert path.read_text() == "old"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_second_gateway_with_one_state_is_refused(full):
    with GatewayProcess(full):
        done = process(*GATEWAY, "--state", full)
        assert done.returncode == 1
        assert "already" in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_a_lock_says_what_it_is_told_to(tmp_path):
    with files.locked(tmp_path / "lock"):
        second = files.locked(tmp_path / "lock", busy="taken")
        with pytest.raises(Failure, match="taken"):
            second.__enter__()


def test_a_database_that_is_damaged_inside(full):
    """Its first page is sound, so that it can be opened."""
    path = full / "readings.db"
    open_for_writing(path).close()
    noise = path.read_bytes()[:4096] + b"\xff" * (path.stat().st_size - 4096)
    path.write_bytes(noise)
    assert f"cannot use {path}: " in refused(*GATEWAY, "--state", full, "--workers", "0")
    assert path.read_bytes() == noise
