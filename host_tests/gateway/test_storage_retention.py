"""What is too old or too much goes, and nothing else."""

import time

import pytest
from storage_world import Running, device, frame, presence, rows, senml, store, until

from uwish_host.storage import retention
from uwish_host.storage.retention import Retention, used_bytes
from uwish_host.storage.tidy import Tidy

NOW = 1_700_000_000.0
DAY = 86400


def counts(path):
    tables = ("reading", "frame", "presence")
    return [rows(path, f"SELECT count(*) FROM {table}")[0][0] for table in tables]


def fill(path, days):
    items = []
    for day in days:
        items.append(frame(senml(day), NOW - day * DAY))
        items.append(presence(True, NOW - day * DAY))
    store(path, *items)


def sort_in(db):
    """As if ten minutes had gone by."""
    tidy = Tidy(db.execute("SELECT count(*) FROM fresh").fetchone()[0])
    tidy.turn(db, 0)
    tidy.turn(db, 600)


@pytest.mark.parametrize("sorted_in", [False, True])
def test_what_is_older_goes(path, db, sorted_in):
    fill(path, range(9, -1, -1))
    if sorted_in:
        sort_in(db)
        assert rows(path, "SELECT count(*) FROM sorted") == [(9,)]
    Retention(keep_days=4.5).turn(db, NOW, 0)
    kept = [row[0] for row in rows(path, "SELECT value FROM reading ORDER BY id")]
    assert kept == [4, 3, 2, 1, 0]
    assert counts(path)[1] == 5
    limit = (NOW - 4.5 * DAY) * 1e6
    assert rows(path, f"SELECT count(*) FROM presence WHERE id < {limit}") == [(0,)]


def test_without_limits_everything_stays(path, db):
    fill(path, [10000, 0])
    Retention().turn(db, NOW, 0)
    assert counts(path)[:2] == [2, 2]


def test_it_looks_only_now_and_then(path, db):
    fill(path, [1])
    keeping = Retention(keep_days=2, keep_bytes=1 << 30)
    keeping.turn(db, NOW, 0)
    assert counts(path)[0] == 1
    statements = []
    db.set_trace_callback(statements.append)
    keeping.turn(db, NOW + 0.9 * DAY, 29)
    assert statements == []
    keeping.turn(db, NOW + DAY + 1, 3600)
    assert counts(path)[0] == 0


def test_a_short_time_is_looked_at_more_often(path, db):
    fill(path, [0])
    keeping = Retention(keep_days=1 / 24)
    keeping.turn(db, NOW, 0)
    keeping.turn(db, NOW + 3601, 359)
    assert counts(path)[0] == 1
    keeping.turn(db, NOW + 3601, 361)
    assert counts(path)[0] == 0


def shrink(db, keeping, end):
    """All that the limit asks for; AssertionError when it takes too many turns."""
    for turn in range(300):
        before = db.total_changes
        keeping.turn(db, end, 100 * turn)
        if db.total_changes == before:
            return
    raise AssertionError("it does not end")


@pytest.mark.parametrize("sorted_in", [False, True])
def test_a_database_that_is_too_large_loses_the_oldest_of_all_tables(path, db, sorted_in):
    items = []
    for n in range(6000):
        items.append(frame(senml(n), NOW + n, device(n % 3)))
        if n % 10 == 0:
            items.append(presence(n % 20 == 0, NOW + n))
    store(path, *items)
    if sorted_in:
        sort_in(db)
    size = used_bytes(db)
    shrink(db, Retention(keep_bytes=size // 2), NOW + 6000)
    assert size // 3 < used_bytes(db) <= size // 2
    tables = ("reading", "frame", "presence")
    starts = [rows(path, f"SELECT min(id) FROM {table}")[0][0] / 1e6 - NOW for table in tables]
    assert starts[0] == starts[1] > 1000
    assert starts[0] <= starts[2] <= starts[0] + 10
    # Nothing is missing of what is left.
    assert counts(path)[0] == counts(path)[1] == 6000 - starts[0]


def test_what_is_dated_wrongly_does_not_stand_in_the_way(path, db):
    items = [frame(senml(n, at=2**28 + n), NOW + n) for n in range(5)]
    items += [frame(senml(n, at=NOW + 1000 * DAY), NOW + n) for n in range(5)]
    items += [frame(bytes(1000), NOW + n) for n in range(1000)]
    store(path, *items)
    sort_in(db)
    shrink(db, Retention(keep_bytes=100_000), NOW + 2000)
    assert used_bytes(db) <= 100_000


def test_what_is_dated_in_the_future_goes_by_when_it_came(path, db):
    items = [frame(senml(day, at=NOW + 1000 * DAY), NOW - day * DAY) for day in range(9, -1, -1)]
    store(path, *items)
    sort_in(db)
    Retention(keep_days=4.5).turn(db, NOW, 0)
    kept = rows(path, "SELECT value FROM reading ORDER BY id")
    assert kept == [(4,), (3,), (2,), (1,), (0,)]


def test_what_is_dated_in_the_future_takes_no_room_from_the_others(path, db):
    items = []
    for n in range(5000):
        items.append(frame(senml(n, at=NOW + 1000 * DAY + n), NOW + n))
        items.append(frame(senml(n), NOW + n, device(1)))
    store(path, *items, raw="none")
    sort_in(db)
    shrink(db, Retention(keep_bytes=used_bytes(db) // 2), NOW + 5000)
    found = dict(rows(path, "SELECT device, count(*) FROM readings GROUP BY device"))
    assert found["lamp 0"] == found["lamp 1"] > 1000


def test_a_device_whose_clock_is_behind_holds_nothing_up(path, db, monkeypatch):
    monkeypatch.setattr(retention, "_PART", 5)  # so that 40 years are over in some 70 turns
    keeping = Retention(keep_bytes=200_000)
    for turn in range(250):
        now = NOW + turn
        old = [frame(senml(n, at=2**28 + n * DAY), now) for n in range(20)]
        store(path, *old, *(frame(bytes(1000), now) for _ in range(2)), flush_s=0)
        sort_in(db)
        keeping.turn(db, now, 100 * turn)
    assert used_bytes(db) <= 300_000


def test_room_that_became_free_is_used_again(path):
    limit = 300_000
    with Running(path, keep_bytes=limit) as storage:
        for n in range(3000):
            storage.frame(frame(bytes(1000), NOW + n))
            if n % 100 == 99:
                storage._retention._next_size = 0
                until(lambda n=n: storage.written > n)
    assert path.stat().st_size < 5 * limit


def test_the_gateway_keeps_writing_while_it_removes(path):
    now = time.time()
    store(path, *(frame(senml(n), now - n * DAY) for n in (100, 50, 0.9)))
    with Running(path, keep_days=0.5) as storage:
        storage.frame(frame(senml(7), now))
        until(lambda: counts(path)[0] == 1)
    assert rows(path, "SELECT value FROM reading") == [(7,)]
