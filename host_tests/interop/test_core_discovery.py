"""Local discovery with the stock wish-core: each side hears the other and calls it; what decides is
the handshake."""

import pytest
from harness import Gateway, wait_online, wait_until
from loopback import ADDRESS

from uwish.documents import Document, build_document

WAIT_S = 60  # a core announces itself every 5 s


@pytest.fixture
def announcing_gateway(tmp_path, processes):
    return processes.enter_context(Gateway(tmp_path / "gateway", host=ADDRESS))


def meet(desktop, device):
    """They become contacts; all that the device knows of an address is the core's relay."""
    desktop.app.import_(device.document)
    assert device.import_(desktop.document) == 200


def without_transports(gateway):
    """The gateway's identity document as somebody has it who must hear where it is."""
    document = Document(gateway.document)
    return build_document(document.alias, document.uid, document.public)


def test_a_device_calls_a_core_that_it_hears_without_a_pin(desktop, device):
    meet(desktop, device)
    device.discover()
    link = wait_online(desktop, device)
    assert device.send(link.app_peer, b"found") == 200
    assert desktop.app.wait_for("frame")["data"] == b"found"
    hosts = device.heard()["hosts"]
    assert hosts == [[desktop.uid, desktop.hid, f"wish://{ADDRESS}:{desktop.core.port}"]]


def test_a_device_finds_the_core_that_it_has_pinned(desktop, device):
    meet(desktop, device)
    assert device.pin(desktop.uid, desktop.hid) == 200
    device.discover()
    wait_online(desktop, device)


def test_a_device_leaves_other_cores_alone(desktop, device, new_desktop):
    new_desktop("Other")
    device.discover()
    wait_until(lambda: device.heard()["strangers"] > 3, WAIT_S, "both cores are heard")
    heard = device.heard()
    assert (heard["hosts"], heard["malformed"]) == ([], 0)
    stats = device.stats()
    assert (stats["handshakes"], sum(stats["closed"])) == (0, 0)


def test_a_core_that_does_not_know_the_device_turns_it_away(desktop, device):
    assert device.import_(desktop.document) == 200
    device.discover()
    device.wait_for("log", lambda e: "hello" in e["text"] and "import it" in e["text"])
    assert device.stats()["handshakes"] == 0


def test_a_core_calls_the_gateway_that_it_hears(new_desktop, announcing_gateway):
    desktop = new_desktop(discovers=True)
    announcing_gateway.add(desktop.document)
    desktop.app.import_(without_transports(announcing_gateway))
    peer = desktop.app.wait_for("online")["peer"]
    assert (peer["ruid"], peer["rhid"]) == (announcing_gateway.uid, announcing_gateway.hid)
    assert announcing_gateway.wait_for("online")["peer"]["ruid"] == desktop.uid.hex()


def test_a_core_lists_the_gateway_among_strangers(new_desktop, announcing_gateway):
    desktop = new_desktop(discovers=True)

    def listed():
        found = desktop.app.request("wld.list")
        return [host for host in found if host["ruid"] == announcing_gateway.uid]

    wait_until(listed, WAIT_S, "the core has heard the gateway")
    assert listed()[0]["rhid"] == announcing_gateway.hid
    assert listed()[0]["pubkey"] == Document(announcing_gateway.document).public
    assert listed()[0]["alias"] == "gateway"


def test_a_device_calls_the_gateway_that_it_hears(device, announcing_gateway):
    announcing_gateway.add(device.document)
    assert device.import_(without_transports(announcing_gateway)) == 200
    device.discover()
    peer = device.wait_for("online")["peer"]
    assert peer["ruid"] == announcing_gateway.uid
    assert announcing_gateway.wait_for("online")["peer"]["ruid"] == device.uid.hex()
