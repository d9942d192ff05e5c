"""One list of contacts for several gateways: a link in each state directory, or copies of it."""

import os
import shutil
import stat

import pytest
from command_line import ok

from uwish.identity import Identity
from uwish_host import contacts_file
from uwish_host.contacts_file import Contact
from uwish_host.errors import Failure
from uwish_host.state import State


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "contacts"
    made.mkdir(mode=0o700)
    return made


@pytest.fixture
def linked(tmp_path, folder):
    """Two states whose list is in `folder`, where nothing is yet."""
    states = []
    for name in ("one", "two"):
        directory = tmp_path / name
        directory.mkdir(mode=0o700)
        (directory / "contacts.json").symlink_to(folder / "contacts.json")
        states.append(State(directory))
        states[-1].initialise()
    return states


def contact(alias):
    identity = Identity.create(alias)
    return Contact(identity.public, alias)


def test_what_one_changes_the_other_has(linked, folder):
    one, two = linked
    lamp, fan = contact("lamp"), contact("fan")
    before = two.contacts_stamp()
    with one.changing_contacts() as contacts:
        contacts[lamp.uid] = lamp
    assert two.contacts_stamp() != before
    with two.changing_contacts() as contacts:
        contacts[fan.uid] = fan
    assert one.contacts() == two.contacts() == {lamp.uid: lamp, fan.uid: fan}
    for state in linked:
        assert state.contacts_path.is_symlink()
    assert sorted(os.listdir(folder)) == ["contacts.json", "contacts.lock"]
    assert stat.S_IMODE((folder / "contacts.json").stat().st_mode) == 0o600


def test_the_commands_keep_the_link(linked):
    one, two = linked
    identity = Identity.create("lamp")
    ok("device", "add", "--state", one.directory, identity.document().hex())
    assert "lamp" in ok("device", "list", "--state", two.directory)
    ok("device", "remove", "--state", two.directory, "lamp")
    assert one.contacts() == {}


def test_another_list_behind_the_link(linked, folder, tmp_path):
    """As Kubernetes replaces what it mounts: the link leads elsewhere then."""
    one = linked[0]
    lamp = contact("lamp")
    contacts_file.save(tmp_path / "newer.json", {lamp.uid: lamp})
    before = one.contacts_stamp()
    one.contacts_path.unlink()
    one.contacts_path.symlink_to(tmp_path / "newer.json")
    assert one.contacts_stamp() != before
    assert one.contacts() == {lamp.uid: lamp}


def test_who_could_change_the_list(linked, folder):
    assert linked[0].check_privacy() == []
    folder.chmod(0o750)
    (sentence,) = linked[0].check_privacy()
    assert str(folder) in sentence
    folder.chmod(0o770)
    with pytest.raises(Failure, match="who may connect"):
        linked[0].check_privacy()


def test_a_list_that_is_out_of_reach(linked, folder):
    """No gateway starts without it, and none makes an empty one in its place."""
    shutil.rmtree(folder)
    with pytest.raises(Failure):
        linked[0].contacts()
    with pytest.raises(Failure):
        linked[0].initialise()


def test_revoking_reaches_all_gateways(site, crowd):
    """A shared list: one command, and the device is nowhere online any more."""
    members = site.start(2)
    there, elsewhere = crowd.add([members[0].transport], [members[1].transport])
    crowd.until(crowd.all_online, "everybody")
    ok("device", "remove", "--state", members[0].state.directory, elsewhere.alias)
    crowd.until(lambda: elsewhere.host is None, "its end")
    crowd.until(lambda: members[1].events("closed"), "the other gateway")
    assert members[1].events("closed")[-1]["reason"] == "unknown_contact"
    assert there.host == members[0].hid


def test_a_copy_reaches_the_other_gateway(site, crowd):
    """Copies, made by whatever tool: what was removed at one desk is removed where it arrives."""
    desk, other = site.add(), site.add()
    other.state.contacts_path.unlink()
    shutil.copy(desk.state.contacts_path, other.state.contacts_path)
    other.start()
    copy = other.state.contacts_path.with_name("copy")

    def send():
        shutil.copy(desk.state.contacts_path, copy)
        copy.rename(other.state.contacts_path)

    (device,) = crowd.add([other.transport], tell=send)
    crowd.until(crowd.all_online, "the device")
    site.shut_out(device.document.uid)
    send()
    crowd.until(lambda: device.host is None, "its end")
    crowd.until(lambda: other.events("closed"), "the gateway")
    assert other.events("closed")[-1]["reason"] == "unknown_contact"
