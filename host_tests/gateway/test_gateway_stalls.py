"""Devices that take nothing, say nothing, or ask too much: bounded, and ended with a reason."""

import contextlib

from gateway_world import until

import uwish.connection
import uwish_host.link
from uwish_host.remote import TX_SIZE

# {req: {op: "nonsense", args: [], id: 7}}
UNKNOWN_REQUEST = bytes.fromhex(
    "3300000003726571002900000002 6f7000 09000000 6e6f6e73656e736500 0461726773000500000000"
    "1069640007000000 0000".replace(" ", "")
)


def fill(gateway, device):
    """Send until the gateway refuses; the statuses."""
    statuses = []
    while not statuses or statuses[-1] == 200:
        statuses.append(gateway.send(device, bytes(1000)))
    return statuses


def test_a_device_that_takes_nothing_gets_507_and_is_dropped(gateway, online_device, monkeypatch):
    device = online_device()
    statuses = fill(gateway, device)
    assert statuses[-1] == 507
    (link,) = gateway.gateway._links
    assert link.frames.used <= TX_SIZE
    monkeypatch.setattr(uwish.connection, "STALLED_MS", 50)
    gateway.call(link._on_timer)
    (closed,) = until(lambda: (gateway.call(link._on_timer), gateway.named("closed"))[1])
    assert closed["reason"] == "stalled"
    accepted = sum(status == 200 for status in statuses)
    assert closed["sent"] + closed["dropped"] >= accepted
    assert closed["dropped"] > 0
    assert closed["refused"] >= 1
    assert gateway.named("offline")


def test_a_slow_device_that_reads_again_loses_nothing(gateway, online_device):
    device = online_device()
    accepted = sum(status == 200 for status in fill(gateway, device))
    until(lambda: len(device.frames) == accepted, device)
    assert gateway.send(device, b"more") == 200
    until(lambda: device.frames[-1] == b"more", device)


def test_a_full_buffer_for_one_device_is_not_full_for_another(gateway, online_device):
    stalled = online_device("stalled")
    fill(gateway, stalled)
    other = online_device("other")
    assert gateway.send(other, b"hello") == 200
    until(lambda: other.frames == [b"hello"], other)


def test_silence_is_broken_by_a_ping_and_ends_the_connection(gateway, online_device, monkeypatch):
    device = online_device()
    monkeypatch.setattr(uwish.connection, "PING_MS", 20)
    monkeypatch.setattr(uwish.connection, "SILENT_MS", 600)
    monkeypatch.setattr(uwish_host.link, "PING_MS", 10)
    (link,) = gateway.gateway._links
    before = link.stats.bytes_in
    gateway.call(link._on_timer)
    # Two pongs: the device that answers stays.
    until(lambda: link.stats.bytes_in >= before + 2 * 31, device)
    assert gateway.named("closed") == []
    (closed,) = until(lambda: gateway.named("closed"))
    assert closed["reason"] == "silent"


def test_who_only_asks_is_read_no_further_than_he_reads(gateway, make_client):
    client = make_client()
    client.socket.setblocking(False)
    asked = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            client.say(UNKNOWN_REQUEST)
            asked += 1
    # The kernel holds the rest of what was said; here it is one read, and places for 12 answers.
    (link,) = gateway.gateway._links
    assert len(gateway.call(lambda: link._rest)) < 16384
    assert asked > 1000
    assert gateway.named("closed") == []
