"""Simulated devices take turns like boards, which know nothing of one another: what one of them
does is not put off until others have done theirs, nor do all do it at the same moment."""

import pytest

from uwish_host.bench import fleet, sending

COUNT = 1000


class FakeTime:
    """Stands still unless it is told to go on."""

    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        return self.now

    def monotonic_ns(self):
        return int(self.now * 1e9)


class FakeDevice:
    online = True

    def __init__(self, log):
        self.ticks = 0
        self._log = log

    def tick(self):
        self.ticks += 1

    def send(self, stamp):
        self._log.append(("send", self))
        return True

    def flush(self):
        self._log.append(("flush", self))
        return True


@pytest.fixture
def clock(monkeypatch):
    clock = FakeTime()
    monkeypatch.setattr(fleet, "time", clock)
    monkeypatch.setattr(sending, "time", clock)
    return clock


@pytest.fixture
def made(clock):
    order = {"uid": "00" * 32, "public": "00" * 32, "host": "127.0.0.1", "port": 1}
    made = fleet.Fleet({**order, "identities": [], "first": 0, "kind": "senml"})
    made._devices = [FakeDevice([]) for _ in range(COUNT)]
    return made


def ticks(made):
    return sum(device.ticks for device in made._devices)


def test_deadlines_are_looked_at_a_few_at_a_time_and_each_once_a_second(made, clock):
    made.turn(0)
    for _ in range(200):
        before = ticks(made)
        clock.now += 0.005
        made.turn(0)
        assert ticks(made) - before <= COUNT / 100
    assert {device.ticks for device in made._devices} <= {0, 1}
    assert COUNT * 0.9 <= ticks(made) <= COUNT


def test_a_few_devices_are_looked_at_as_often(made, clock):
    made._devices = made._devices[:3]
    for _ in range(1000):
        clock.now += 0.005
        made.turn(0)
    assert {device.ticks for device in made._devices} <= {4, 5}


def test_turns_that_are_shorter_than_a_device_s_share_add_up(made, clock):
    for _ in range(10_000):
        clock.now += 0.0001
        made.turn(0)
    assert COUNT * 0.9 <= ticks(made) <= COUNT


def test_after_a_pause_they_are_no_more(made, clock):
    clock.now += 60
    made.turn(0)
    assert ticks(made) <= COUNT / 100


def test_without_devices_nobody_is_looked_at(made, clock):
    made._devices = []
    clock.now += 1
    made.turn(0)


def test_a_frame_is_on_its_way_before_the_next_is_made(clock):
    log = []
    devices = [FakeDevice(log) for _ in range(3)]

    class Turns:
        def turn(self, timeout_s):
            clock.now += 0.5

    found = sending.send(Turns(), devices, rate=4, seconds=1.2)
    assert found["sent"] == 4
    sends = [what for what in log if what[0] == "send"]
    assert len(sends) == 4
    assert [device for _, device in sends] == [*devices, devices[0]]
    for at, (what, device) in enumerate(log):
        if what == "send":
            assert log[at + 1] == ("flush", device)
