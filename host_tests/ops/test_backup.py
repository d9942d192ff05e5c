"""`uwish identity backup` and `restore`: everything comes back, or nothing is touched."""

import json
import stat

from backup_world import identity
from command_line import ok, refused

from uwish_host.ops import backup as backups


def test_what_was_backed_up_comes_back(full, file, tmp_path, passphrase):
    other = tmp_path / "other"
    said = ok("identity", "restore", "--state", other, file, *passphrase)
    assert identity(other) == identity(full)
    assert (other / "contacts.json").read_text() == (full / "contacts.json").read_text()
    assert identity(full)["hid"] in said
    assert "1 contact as of" in said
    assert stat.S_IMODE(other.stat().st_mode) == 0o700
    for name in ("identity.json", "contacts.json"):
        assert stat.S_IMODE((other / name).stat().st_mode) == 0o600


def test_settings_come_back_unless_there_are_some(full, tmp_path, passphrase, cheap):
    (full / "gateway.toml").write_text('name = "hub"\n')
    file = tmp_path / "backup"
    ok("identity", "backup", "--state", full, file, *passphrase)
    one, two = tmp_path / "one", tmp_path / "two"
    ok("identity", "restore", "--state", one, file, *passphrase)
    assert (one / "gateway.toml").read_text() == 'name = "hub"\n'
    assert stat.S_IMODE((one / "gateway.toml").stat().st_mode) == 0o600
    two.mkdir(mode=0o700)
    (two / "gateway.toml").write_text("workers = 0\n")
    ok("identity", "restore", "--state", two, file, *passphrase)
    assert (two / "gateway.toml").read_text() == "workers = 0\n"


def test_a_new_host_of_the_same_identity(full, file, tmp_path, passphrase):
    hids = {identity(full)["hid"]}
    for name in ("second", "third"):
        said = ok(
            "identity", "restore", "--state", tmp_path / name, file, "--new-host", *passphrase
        )
        made = identity(tmp_path / name)
        assert made["hid"] in said
        # Sorts below a desktop core's (uwish.identity).
        assert made["hid"].startswith("00")
        hids.add(made.pop("hid"))
        assert made == {k: v for k, v in identity(full).items() if k != "hid"}
    assert len(hids) == 3


def test_the_file_is_for_its_owner_and_tells_nothing(full, file):
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    data = file.read_bytes()
    fields = identity(full)
    for name in ("private", "public", "hid"):
        assert bytes.fromhex(fields[name]) not in data
        assert fields[name].encode() not in data
    assert b"lamp" not in data


def test_two_backups_have_nothing_in_common_but_the_header(full, file, tmp_path, passphrase):
    again = tmp_path / "again"
    ok("identity", "backup", "--state", full, again, *passphrase)
    one, two = file.read_bytes(), again.read_bytes()
    assert one[:16] == two[:16]
    assert one[16:44] != two[16:44]
    assert one[44:76] != two[44:76]


def test_a_file_that_is_there_is_not_overwritten(full, file, passphrase):
    before = file.read_bytes()
    assert "already" in refused("identity", "backup", "--state", full, file, *passphrase)
    assert file.read_bytes() == before


def test_an_identity_that_is_there_is_not_replaced(file, tmp_path, passphrase):
    other = tmp_path / "other"
    ok("identity", "create", "--state", other)
    before = {path.name: path.read_bytes() for path in other.glob("*.json")}
    said = refused("identity", "restore", "--state", other, file, *passphrase)
    assert "already" in said
    assert "nothing was changed" in said
    assert {path.name: path.read_bytes() for path in other.glob("*.json")} == before


def test_a_lost_identity_comes_back_to_newer_contacts(full, file, document, passphrase):
    before = identity(full)
    ok("device", "add", "--state", full, document("new").hex())
    (full / "identity.json").unlink()
    said = ok("identity", "restore", "--state", full, file, *passphrase)
    assert "stay as they were" in said
    assert identity(full) == before
    assert len(json.loads(ok("device", "list", "--state", full, "--json"))) == 2


def test_damaged_contacts_that_are_there_are_not_touched(file, full, passphrase):
    (full / "identity.json").unlink()
    (full / "contacts.json").write_text("{")
    refused("identity", "restore", "--state", full, file, *passphrase)
    assert (full / "contacts.json").read_text() == "{"
    assert not (full / "identity.json").exists()


def test_a_damaged_state_is_not_backed_up(full, tmp_path, passphrase):
    (full / "contacts.json").write_text("{")
    said = refused("identity", "backup", "--state", full, tmp_path / "backup", *passphrase)
    assert "contacts.json" in said
    assert not (tmp_path / "backup").exists()


def test_where_nothing_can_be_written_or_read(full, tmp_path, passphrase, cheap):
    missing = tmp_path / "missing" / "backup"
    assert "No such file" in refused("identity", "backup", "--state", full, missing, *passphrase)
    said = refused("identity", "restore", "--state", tmp_path / "other", missing, *passphrase)
    assert "No such file" in said


def test_a_full_disk_leaves_no_half_of_a_backup(full, tmp_path, passphrase, cheap, monkeypatch):
    def fail(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups.os, "fsync", fail)
    path = tmp_path / "backup"
    assert "No space left" in refused("identity", "backup", "--state", full, path, *passphrase)
    assert not path.exists()
