"""Silence, and connections that break: who notices, and what comes back by itself.

The limits are those of WIRE.md 4. A core pings after 11 s without input and gives up after 41; a
device pings after 10 s and gives up after 40. What has to be waited for is waited for once: all
silences here are one, in which four devices and a gateway behave differently.
"""

import re
import time
from types import SimpleNamespace

import pytest
from harness import Desktop, Device, Gateway, call, connect, wait_online

SILENCE_S = 15
CORE_PINGS_S = 12
GIVE_UP_S = 60
PING_RECORD = 2 + 12 + 16  # bytes of a ping or pong on the wire


@pytest.fixture(scope="module")
def silence(tmp_path_factory):
    """One silence for all: `quiet` and `busy` with 15 s behind them, in which `busy` did not poll
    until the core's ping had come; `frozen` since then, and `deaf`, whose core is frozen."""
    scratch = tmp_path_factory.mktemp("silence")
    with (
        Desktop(scratch / "desk", "Desk") as desktop,
        Desktop(scratch / "gone", "Gone") as gone,
        Device(scratch / "quiet", "quiet") as quiet,
        Device(scratch / "busy", "busy") as busy,
        Device(scratch / "frozen", "frozen") as frozen,
        Device(scratch / "deaf", "deaf") as deaf,
        Gateway(scratch / "gateway") as gateway,
        Desktop(scratch / "caller", "Caller", protocols=(gateway.protocol,)) as caller,
    ):
        gateway_link = call(caller, gateway)
        links = {device: connect(desktop, device) for device in (quiet, busy, frozen)}
        links[deaf] = connect(gone, deaf)
        before = busy.stats()
        frozen.freeze()
        gone.core.freeze()
        busy.command("nap", milliseconds=CORE_PINGS_S * 1000, timeout=30)
        time.sleep(SILENCE_S - CORE_PINGS_S)
        yield SimpleNamespace(
            desktop=desktop,
            gone=gone,
            quiet=quiet,
            busy=busy,
            frozen=frozen,
            deaf=deaf,
            gateway=gateway,
            caller=caller,
            links=links,
            gateway_link=gateway_link,
            before=before,
            after=busy.stats(),
        )
        frozen.thaw()
        gone.core.thaw()


def test_15_s_of_silence_are_survived(silence):
    still_connected(silence, silence.quiet)


def test_15_s_of_silence_are_survived_by_a_core_that_called_the_gateway(silence):
    gateway, app, link = silence.gateway, silence.caller.app, silence.gateway_link
    app.settle()
    assert app.events("offline") == gateway.events("closed") == []
    app.send(link.gateway_peer, b"are you there?")
    assert bytes.fromhex(gateway.wait_for("frame")["data"]) == b"are you there?"
    gateway.send(link.app_peer, b"I am")
    assert app.wait_for("frame")["data"] == b"I am"
    assert len(gateway.events("connected")) == 1


def test_the_ping_of_the_core_is_answered(silence):
    # `busy` sent no ping of its own, it was not polled: what it got is the core's ping, and what
    # it said is the answer.
    for counter in ("bytes_in", "bytes_out"):
        assert silence.after[counter] - silence.before[counter] == PING_RECORD
    still_connected(silence, silence.busy)


def test_a_device_that_hangs_is_offline_in_the_app_and_comes_back(silence):
    app = silence.desktop.app
    gone = app.wait_for("offline", timeout=GIVE_UP_S)["peer"]
    assert gone["ruid"] == silence.frozen.uid
    silence.frozen.thaw()
    assert silence.frozen.wait_for("offline")["peer"] == silence.links[silence.frozen].app_peer
    assert wait_online(silence.desktop, silence.frozen) == silence.links[silence.frozen]


def test_a_core_that_hangs_is_offline_on_the_device_and_comes_back(silence):
    deaf = silence.deaf
    assert deaf.wait_for("offline", timeout=GIVE_UP_S)["peer"] == silence.links[deaf].app_peer
    assert deaf.wait_for("log", lambda e: "nothing was heard for too long" in e["text"])
    silence.gone.core.thaw()
    assert deaf.wait_for("online", timeout=GIVE_UP_S)["peer"] == silence.links[deaf].app_peer


@pytest.mark.parametrize("kill", [False, True], ids=["orderly", "power_cut"])
def test_the_core_restarts_and_the_device_comes_back_by_itself(desktop, device, link, kill):
    desktop.restart(kill)
    assert device.wait_for("offline")["peer"] == link.app_peer
    assert wait_online(desktop, device) == link
    assert device.send(link.app_peer, b"back again") == 200
    assert desktop.app.wait_for("frame")["data"] == b"back again"
    desktop.app.send(link.device_peer, b"welcome")
    assert device.wait_for("frame")["data"] == b"welcome"
    assert device.stats()["handshakes"] == 2


def test_while_the_core_is_off_the_device_backs_off(desktop, device, link):
    desktop.app.stop()
    desktop.core.stop()
    device.wait_for("offline")
    delays = []
    for _ in range(2):
        line = device.wait_for("log", lambda e: "no answer at this address" in e["text"])["text"]
        assert line.startswith(f"uwish warn: Desk at {desktop.transport}: ")
        delays.append(int(re.search(r"again in (\d+) s", line).group(1)))
    assert delays[0] < delays[1]
    desktop.core.start()
    desktop.app = desktop.log_in()
    assert wait_online(desktop, device) == link


def still_connected(silence, device):
    app = silence.desktop.app
    link = silence.links[device]
    app.settle()
    assert device.events("offline") == []
    assert [e for e in app.events("offline") if e["peer"]["ruid"] == device.uid] == []
    assert device.send(link.app_peer, device.uid) == 200
    assert app.wait_for("frame")["data"] == device.uid
    app.send(link.device_peer, device.hid)
    assert device.wait_for("frame")["data"] == device.hid
    assert device.stats()["handshakes"] == 1
