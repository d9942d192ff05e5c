"""Readings of a row: the latest, their trends, frame rates; and what bounds all that."""

import pytest
from small_fleet import START, World, device, pack

from uwish_host.fleet import model, row
from uwish_host.fleet.latest import TREND


def test_the_latest_of_each_name():
    world = World("lamp")
    world.says(pack(t=20.5, on=True, mode="eco", raw=b"\x01\x02"))
    world.says(pack(t=21), after_s=2)
    readings = world.row().readings
    assert {name: latest.value for name, latest in readings.items()} == {
        "t": 21,
        "on": True,
        "mode": "eco",
        "raw": b"\x01\x02",
    }
    t = readings["t"]
    assert (t.name, t.unit, t.time) == ("t", "Cel", START + 2)
    assert t.trend == [(START, 20.5), (START + 2, 21.0)]
    assert readings["on"].trend == readings["mode"].trend == readings["raw"].trend == []
    assert [latest.numeric for latest in readings.values()] == [True, False, False, False]


def test_a_trend_is_the_last_60_numbers():
    world = World("lamp")
    for value in range(100):
        world.says(pack(t=value), after_s=1)
    trend = world.row().readings["t"].trend
    assert [value for _, value in trend] == list(range(100 - TREND, 100))
    assert trend[-1] == (START + 100, 99)


def test_frames_that_are_no_readings_count():
    world = World("lamp")
    world.says(b"hello")
    assert (world.row().frames, world.row().readings) == (1, {})


def test_the_rate_is_that_of_the_last_seconds_and_falls_to_nothing():
    world = World("lamp")
    for _ in range(1000):
        world.says(b"x", after_s=0.1)
    assert world.row().rate == pytest.approx(10, rel=0.02)
    world.clock.now += 10
    assert world.row().rate == pytest.approx(10 / 2.718, rel=0.02)
    world.clock.now += 200
    assert world.row().rate < 1e-6


def test_a_clock_that_is_set_back_harms_nothing():
    world = World("lamp")
    world.says(b"x")
    for _ in range(3):
        world.says(pack(t=1), after_s=-3600)
    assert 0 < world.row().rate <= 0.4
    assert world.row().last == START - 3 * 3600


class Counted:
    """A frame that counts how often it is read."""

    def __init__(self, clock, value, reads):
        self.device = device()
        self.time = clock.now
        self._readings = pack(t=value)
        self._reads = reads

    @property
    def readings(self):
        from uwish_host.decode import decode

        self._reads.append(self.time)
        return decode(self._readings, self.time).readings


def test_a_busy_device_is_read_now_and_then_and_when_somebody_looks():
    world = World("lamp")
    reads = []
    for value in range(1000):
        world.clock.now += 0.01
        world.fleet.frame(Counted(world.clock, value, reads))
    assert 40 <= len(reads) <= 60
    # Not in bursts: the trend is to look like the whole.
    gaps = [b - a for a, b in zip(reads[8:], reads[9:], strict=False)]
    assert min(gaps) > 0.2 and max(gaps) < 0.3
    count = len(reads)
    assert world.row().readings["t"].value == 999
    assert world.row().readings["t"].value == 999
    assert len(reads) == count + 1


def test_a_burst_is_read_whole():
    world = World("lamp")
    for name in "abcdefgh":
        world.says(pack(**{name: 1}))
    assert len(world.row().readings) == 8


def test_all_together_are_read_so_many_times_a_second(monkeypatch):
    monkeypatch.setattr(model, "_EAGER_OF_ALL", 10)
    world = World()
    reads = []
    for number in range(100):
        frame = Counted(world.clock, number, reads)
        frame.device = device(number)
        world.fleet.frame(frame)
    assert len(reads) == 10
    world.clock.now += 1.5
    world.fleet.frame(Counted(world.clock, 1, reads))
    assert len(reads) == 11


def test_a_device_that_makes_up_names(monkeypatch):
    monkeypatch.setattr(row, "MAX_NAMES", 5)
    world = World("lamp")
    world.says(pack(**{f"n{i}": i for i in range(8)}))
    world.says(pack(**{"n0": 7}))
    readings = world.row().readings
    assert list(readings) == ["n0", "n1", "n2", "n3", "n4"]
    assert readings["n0"].value == 7
    assert world.row().ignored == world.fleet.totals()["ignored"] == 3


def test_all_together_have_so_many_names_and_a_removed_one_makes_room(monkeypatch):
    monkeypatch.setattr(model, "MAX_NAMES_OF_ALL", 3)
    world = World("lamp", "pump")
    world.says(pack(a=1, b=2))
    world.says(pack(a=1, b=2), device(2))
    assert (list(world.row(2).readings), world.row(2).ignored) == (["a"], 1)
    world.changes_contacts({device(2).ruid: world.contacts[device(2).ruid]})
    world.says(pack(b=2), device(2))
    assert list(world.row(2).readings) == ["a", "b"]


def test_long_texts_are_cut():
    world = World("lamp")
    world.says(pack(text="x" * 3000, data=b"y" * 3000))
    readings = world.row().readings
    assert (readings["text"].value, readings["data"].value) == ("x" * 256, b"y" * 256)


def test_an_integrated_sum_without_a_value_is_the_value():
    import cbor2

    world = World("lamp")
    world.says(cbor2.dumps([{0: "energy", 1: "J", 5: 12}]))
    assert (world.row().readings["energy"].value, world.row().readings["energy"].unit) == (12, "J")
