"""A stock core that does not want the device, and how the device takes it."""

import re

from harness import invite, wait_online

REFUSED = 3  # uwish.reasons
LONGEST_S = 300  # the back-off of an identity that was refused, plus or minus a quarter


def test_a_device_unknown_to_the_core_says_so_and_backs_off(desktop, device):
    invite(desktop, device)
    line = refusal(device)
    assert line.startswith("uwish warn: Desk: hello: ")
    assert "our identity is no contact there" in line
    assert "import it" in line
    assert delay_s(line) >= LONGEST_S * 3 // 4
    stats = device.stats()
    assert (stats["closed"][REFUSED], sum(stats["closed"]), stats["handshakes"]) == (1, 1, 0)
    assert "import it" in stats["last_error"]
    desktop.app.settle()
    assert device.events("online") == desktop.app.events("online") == []


def test_a_refused_device_is_let_in_once_it_is_imported(desktop, device):
    invite(desktop, device)
    refusal(device)
    desktop.app.import_(device.document)
    # The owner has acted on both sides: a changed pin is dialled without waiting.
    assert device.pin(desktop.uid, desktop.hid, priority=1) == 200
    link = wait_online(desktop, device)
    assert device.send(link.app_peer, b"thank you") == 200
    assert desktop.app.wait_for("frame")["data"] == b"thank you"


def test_a_refusal_costs_the_other_pins_nothing(new_desktop, device):
    stranger, friend = new_desktop("Stranger"), new_desktop("Friend")
    friend.app.import_(device.document)
    assert device.import_(friend.document, friend.transport) == 200
    invite(stranger, device, priority=0)
    refusal(device)
    assert device.pin(friend.uid, friend.hid, priority=9) == 200
    link = wait_online(friend, device)
    assert device.send(link.app_peer, b"hello") == 200
    assert friend.app.wait_for("frame")["data"] == b"hello"
    assert device.stats()["closed"][REFUSED] == 1


def test_a_device_that_is_removed_from_the_contacts_is_refused(desktop, device, link):
    desktop.app.request("identity.remove", device.uid)
    desktop.restart()
    assert device.wait_for("offline")["peer"] == link.app_peer
    assert delay_s(refusal(device)) >= LONGEST_S * 3 // 4


def test_another_core_at_the_address_refuses(new_desktop, device):
    # The address of one desktop, the identity of another: nobody there by that name.
    wanted, found = new_desktop("Wanted"), new_desktop("Found")
    found.app.import_(device.document)
    assert device.import_(wanted.document, found.transport) == 200
    assert device.pin(wanted.uid, wanted.hid) == 200
    assert "Wanted" in refusal(device)
    assert found.app.events("online") == []


def refusal(device):
    return device.wait_for("log", lambda e: "closed without an answer" in e["text"])["text"]


def delay_s(line):
    return int(re.search(r"again in (\d+) s", line).group(1))
