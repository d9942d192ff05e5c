"""The harness itself: two stock cores with two Node apps see each other and exchange frames, so
what the other tests measure with is sound."""

import os
import signal

import loopback
import pytest
from harness import Desktop, RequestFailed, WishCore


@pytest.fixture
def introduced(new_desktop):
    """Two desktops that know each other, and the peer that the first one saw when it called."""
    alice, bob = new_desktop("Alice", name="app-a"), new_desktop("Bob", name="app-b")
    bob.app.import_(alice.document)
    public = bob.app.public_key(bob.uid)
    alice.app.import_(alice.app.document("Bob", public, [bob.transport]))
    return alice, bob, alice.dial_until_online()


def test_two_stock_cores_see_each_other_with_the_full_tuple(introduced):
    alice, bob, seen = introduced
    assert seen == peer_of(alice, bob)
    assert bob.app.wait_for("online")["peer"] == peer_of(bob, alice)


def test_two_stock_cores_exchange_frames(introduced):
    alice, bob, to_bob = introduced[0].app, introduced[1].app, introduced[2]
    to_alice = bob.wait_for("online")["peer"]
    for payload in (b"", b"\x00", bytes(range(256)), bytes(16000)):
        alice.send(to_bob, payload)
        assert bob.wait_for("frame")["data"] == payload
        bob.send(to_alice, payload)
        frame = alice.wait_for("frame")
        assert frame["data"] == payload
        assert frame["peer"]["ruid"] == to_bob["ruid"]


def test_a_restarted_core_keeps_its_identity_and_its_contacts(introduced):
    alice, bob, _ = introduced
    before = alice.app.request("identity.list")
    alice.restart()
    assert alice.app.request("identity.list") == before
    assert [entry["uid"] for entry in before] == [alice.uid, bob.uid]
    assert alice.app.hid() == alice.hid


def test_an_error_of_the_core_is_an_exception_with_its_number(desktop):
    with pytest.raises(RequestFailed) as failure:
        desktop.app.create_identity("a second one")
    assert failure.value.code == 304


def test_a_core_that_crashed_is_reported(tmp_path):
    desktop = Desktop(tmp_path)
    os.kill(desktop.core.pid, signal.SIGKILL)
    desktop.app.wait_for("closed")
    with pytest.raises(AssertionError, match="crashed, status -9"):
        desktop.stop()


def test_the_core_is_not_started_where_there_is_a_network(tmp_path, monkeypatch):
    monkeypatch.setattr(loopback, "interfaces", lambda: {"lo": True, "eth0": True})
    core = WishCore(tmp_path)
    with pytest.raises(RuntimeError, match="not started here"):
        core.start()
    assert not core.running
    assert not (tmp_path / "wish.conf").exists()


def peer_of(desktop, other):
    """The peer that the app of `desktop` knows when the app of `other` is online."""
    return {
        "luid": desktop.uid,
        "ruid": other.uid,
        "rhid": other.hid,
        "rsid": other.app.sid,
        "protocol": "sensor",
        "name": other.app.app_name,
        "online": True,
    }
