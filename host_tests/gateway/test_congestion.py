"""A sink that cannot take more holds the devices back, and nothing is lost."""

import threading

import pytest
from gateway_world import until

import uwish.connection
from uwish_host.sink import Sink


class Slow(Sink):
    """Congested after so many frames, until it is let go."""

    name = "slow"

    def __init__(self, limit):
        self.frames = []
        self._limit = limit

    def frame(self, frame):
        self.frames.append(frame.data)

    def congested(self):
        return len(self.frames) >= self._limit

    def let_go(self):
        self._limit = 1 << 60


@pytest.fixture
def slow(gateway):
    sink = Slow(5)
    gateway.call(gateway.bus.add, sink)
    return sink


def send_all(device, count):
    """Send numbered frames, as many as its buffer takes at a time: which had to wait."""
    refused = []
    for number in range(count):
        payload = b"%06d" % number + bytes(500)
        while device.send(payload) == 507:
            refused.append(number)
            device.app.poll(1)
    return refused


def test_devices_are_not_read_from_until_there_is_room(gateway, online_device, slow):
    device = online_device()
    sending = threading.Thread(target=send_all, args=(device, 20000), daemon=True)
    # What a device sends at once is more than all buffers on the way hold.
    sending.start()
    until(lambda: gateway.call(lambda: gateway.gateway._held))
    (link,) = gateway.gateway._links
    before = gateway.call(lambda: link.stats.bytes_in)
    held = len(slow.frames)
    # As long as it is held nothing is read, whatever comes.
    for _ in range(50):
        gateway.call(lambda: None)
    assert gateway.call(lambda: link.stats.bytes_in) == before
    assert len(slow.frames) == held
    gateway.call(slow.let_go)
    gateway.call(gateway.bus.relieved)
    sending.join(60)
    until(lambda: len(slow.frames) == 20000, device)
    assert [int(data[:6]) for data in slow.frames] == list(range(20000))


def test_a_device_that_connects_meanwhile_gets_in_afterwards(gateway, make_device, slow):
    slow._limit = 0
    device = make_device()
    gateway.let_in(device)
    device.pin(gateway)
    until(lambda: gateway.call(lambda: gateway.gateway._held), device)
    assert device.online == []
    gateway.call(slow.let_go)
    gateway.call(gateway.bus.relieved)
    until(lambda: device.online, device)


def test_a_link_that_ends_while_it_is_held_is_forgotten(gateway, online_device, slow):
    device = online_device()
    slow._limit = 0
    device.send(b"x")
    until(lambda: gateway.call(lambda: gateway.gateway._held), device)
    gateway.shut_out(device)
    assert gateway.call(lambda: gateway.gateway._held) == {}
    gateway.call(slow.let_go)
    gateway.call(gateway.bus.relieved)
    assert slow.frames == []


def test_frames_to_devices_go_out_meanwhile(gateway, online_device, slow):
    device = online_device()
    slow._limit = 0
    device.send(b"x")
    until(lambda: gateway.call(lambda: gateway.gateway._held), device)
    assert gateway.send(device, b"for you") == 200
    until(lambda: device.frames == [b"for you"], device)


def test_who_is_not_read_from_is_not_called_silent(gateway, online_device, slow, monkeypatch):
    device = online_device()
    slow._limit = 0
    device.send(b"x")
    until(lambda: gateway.call(lambda: gateway.gateway._held), device)
    (link,) = gateway.gateway._links
    monkeypatch.setattr(uwish.connection, "SILENT_MS", -1)
    gateway.call(link._on_timer)
    assert gateway.named("closed") == []
    monkeypatch.undo()
    gateway.call(slow.let_go)
    gateway.call(gateway.bus.relieved)
    until(lambda: slow.frames == [b"x"], device)
    assert device.presence == ["online"]
