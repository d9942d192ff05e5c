"""Retention and a clock that is wrong: what is stored outlives it."""

import time

import pytest
from storage_world import Running, frame, rows, senml, store, until

from uwish_host.storage.belief import Belief
from uwish_host.storage.retention import Retention, used_bytes
from uwish_host.storage.tidy import Tidy

NOW = 1_700_000_000.0
HOUR, DAY, YEAR = 3600, 86400, 365 * 86400
MAD = NOW + 70 * YEAR


class Machine:
    """A belief, the clock it hears, and what it says. `runs` lets time go by."""

    def __init__(self, newest, now):
        self.told = []
        self._belief = Belief(newest, self.told.append)
        self._clock = 5000.0
        self.now = now

    def runs(self, hours=0, to=None):
        """So many hours later, the clock being set to `to`: the time that is gone by."""
        self._clock += hours * HOUR
        self.now = self.now + hours * HOUR if to is None else to
        return self._belief.time(self.now, self._clock)


def test_a_clock_that_goes_right_is_believed():
    machine = Machine(NOW - HOUR, NOW)
    for _ in range(1000):
        assert machine.runs(hours=20) == machine.now
    assert machine.told == []


def test_a_little_off_is_believed_again_and_again():
    machine = Machine(NOW, NOW + 20 * HOUR)
    for _ in range(10):
        assert machine.runs() == machine.now
        assert machine.runs(to=machine.now + 23 * HOUR) == machine.now
    assert machine.told == []


def test_without_anything_stored_there_is_nothing_to_compare_with():
    machine = Machine(None, MAD)
    assert machine.runs() == MAD
    assert machine.told == []


def test_a_clock_gone_mad_is_not_believed_and_that_is_told_once():
    machine = Machine(NOW, NOW)
    machine.runs()
    assert machine.runs(hours=1, to=MAD) == NOW + HOUR
    for hour in range(2, 24):
        assert machine.runs(hours=1) == NOW + hour * HOUR
    (told,) = machine.told
    assert told.startswith("the clock is 25,550.0 days after what was stored last")
    # Set right in time: nothing has happened.
    assert machine.runs(hours=1, to=NOW + 24 * HOUR) == NOW + 24 * HOUR
    assert len(machine.told) == 1


def test_it_is_told_again_when_it_happens_again():
    machine = Machine(NOW, NOW)
    machine.runs()
    for _ in range(2):
        assert machine.runs(to=MAD) == NOW
        assert machine.runs(to=NOW) == NOW
    assert len(machine.told) == 2


def test_a_gateway_that_was_off_for_long_goes_by_the_clock_after_a_day():
    machine = Machine(NOW - 60 * DAY, NOW)
    assert machine.runs() == NOW - 60 * DAY
    assert machine.runs(hours=23) == NOW - 60 * DAY + 23 * HOUR
    assert machine.runs(hours=1) == NOW + DAY
    assert machine.runs(hours=1) == NOW + DAY + HOUR
    assert len(machine.told) == 1


def test_a_clock_that_begins_in_1970_and_is_set_then_is_believed():
    machine = Machine(NOW - HOUR, 0.0)
    assert machine.runs() == 0
    assert machine.runs(hours=1) == HOUR
    assert machine.runs(to=NOW) == NOW
    assert machine.told == []


def test_a_mad_clock_has_to_stay_where_it_is_to_be_believed():
    machine = Machine(NOW, NOW)
    machine.runs()
    for n in range(1, 10):
        assert machine.runs(hours=20, to=MAD + n * YEAR) == NOW + n * 20 * HOUR


def test_after_a_mad_day_the_right_clock_is_believed_at_once_and_the_next_mad_one_is_not():
    machine = Machine(NOW, NOW)
    machine.runs()
    machine.runs(to=MAD)
    assert machine.runs(hours=24) == MAD + DAY
    assert machine.runs(to=NOW + DAY) == NOW + DAY
    machine.runs(hours=24)
    assert machine.runs(to=MAD) == NOW + 2 * DAY


def test_both_limits_hear_of_the_clock_once(path, db):
    store(path, frame(senml(1), NOW - 60 * DAY))
    told = []
    keeping = Retention(30, 1 << 30, newest=NOW - 60 * DAY, tell=told.append)
    for hour in range(24):
        keeping.turn(db, NOW + hour * HOUR, hour * HOUR)
    assert rows(path, "SELECT count(*) FROM frame") == [(1,)]
    keeping.turn(db, NOW + DAY, DAY)
    assert rows(path, "SELECT count(*) FROM frame") == [(0,)]
    assert len(told) == 1


@pytest.mark.parametrize("limit", [{"keep_days": 30}, {"keep_bytes": True}])
def test_nothing_young_goes_by_a_mad_clock(path, db, limit):
    store(path, *(frame(senml(n) + bytes(9000), NOW - n * DAY) for n in range(19, -1, -1)))
    if "keep_bytes" in limit:
        limit = {"keep_bytes": used_bytes(db) - 1}
    told = []
    keeping = Retention(**limit, newest=NOW, tell=told.append)
    for hour in range(20):
        keeping.turn(db, MAD + hour * HOUR, hour * HOUR)
    # Something has to go for the size; by the clock it would be all.
    assert rows(path, "SELECT count(*) FROM frame")[0][0] > 10
    assert len(told) == 1
    if "keep_days" in limit:
        keeping.turn(db, MAD + DAY, DAY)
        assert rows(path, "SELECT count(*) FROM frame") == [(0,)]


@pytest.mark.parametrize("sorted_in", [False, True])
def test_what_was_numbered_by_a_mad_clock_goes_for_its_size_and_nothing_else_in_its_place(
    path, db, sorted_in
):
    store(path, frame(senml(0, at=NOW), MAD))
    store(path, *(frame(senml(n, at=NOW + n), NOW + n) for n in range(1, 3000)))
    if sorted_in:
        tidy = Tidy(3000)
        tidy.turn(db, 0)
        tidy.turn(db, 600)
    size = used_bytes(db)
    keeping = Retention(keep_bytes=size * 3 // 4)
    turns = 0
    while used_bytes(db) > size * 3 // 4:
        keeping.turn(db, NOW + 3000, 100 * turns)
        turns += 1
        assert turns < 300
    for table in ("frame", "reading"):
        kept = rows(path, f"SELECT count(*) FROM {table}")[0][0]
        assert 1000 < kept < 3000, table


def test_a_gateway_compares_with_what_it_has_stored_before(path):
    now = time.time()
    store(path, frame(senml(1), now - 100 * DAY))
    running = Running(path, keep_days=30)
    with running as storage:
        storage.frame(frame(senml(2), now))
        until(lambda: running.warnings)
    assert "storage: the clock is 100.0 days after what was stored last" in running.warnings[0]
    assert rows(path, "SELECT value FROM reading ORDER BY id") == [(1,), (2,)]
