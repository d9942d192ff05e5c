"""What is too old or too much goes, and nothing else."""

import sqlite3

import pytest
from storage_world import Running, device, frame, presence, rows, senml, store, until

from uwish_host.storage import retention
from uwish_host.storage.retention import Retention, used_bytes

NOW = 1_700_000_000.0
DAY = 86400


@pytest.fixture
def path(tmp_path):
    return tmp_path / "readings.db"


@pytest.fixture
def db(path):
    made = sqlite3.connect(path, isolation_level=None)
    yield made
    made.close()


def counts(path):
    return [rows(path, f"SELECT count(*) FROM {t}")[0][0] for t in ("reading", "frame", "presence")]


def fill(path, days):
    items = []
    for day in days:
        items.append(frame(senml(day), NOW - day * DAY))
        items.append(presence(True, NOW - day * DAY))
    store(path, *items)


def test_what_is_older_goes(path, db):
    fill(path, range(9, -1, -1))
    Retention(keep_days=4.5).turn(db, NOW)
    assert [row[0] for row in rows(path, "SELECT value FROM reading ORDER BY id")] == [
        4,
        3,
        2,
        1,
        0,
    ]
    # One more of presence: at the restart of `store` nobody was there any more.
    assert counts(path)[:2] == [5, 5]
    assert rows(path, f"SELECT count(*) FROM presence WHERE id < {(NOW - 4.5 * DAY) * 1e6}") == [
        (0,)
    ]


def test_without_limits_everything_stays(path, db):
    fill(path, [10000, 0])
    Retention().turn(db, NOW)
    assert counts(path)[:2] == [2, 2]


def test_it_goes_in_pieces_and_goes_on_at_the_next_turn(path, db, monkeypatch):
    monkeypatch.setattr(retention, "_PIECE", 10)
    monkeypatch.setattr(retention, "_PIECES", 2)
    store(path, *(frame(senml(n), NOW - 2 * DAY + n) for n in range(45)))
    keeping = Retention(keep_days=1)
    left = []
    for _ in range(4):
        keeping.turn(db, NOW)
        left.append(counts(path)[0])
    assert left == [25, 5, 0, 0]


def test_having_nothing_to_do_it_looks_only_now_and_then(path, db):
    fill(path, [1])
    keeping = Retention(keep_days=2)
    keeping.turn(db, NOW)
    statements = []
    db.set_trace_callback(statements.append)
    keeping.turn(db, NOW + 29)
    assert statements == []
    keeping.turn(db, NOW + 30 + 2 * DAY)
    assert counts(path)[0] == 0


def test_a_database_that_is_too_large_loses_the_oldest(path, db, monkeypatch):
    monkeypatch.setattr(retention, "_PIECE", 100)
    store(path, *(frame(bytes(1000), NOW + n, device(n % 3)) for n in range(3000)))
    size = used_bytes(db)
    keeping = Retention(keep_bytes=size // 2)
    for n in range(50):
        keeping.turn(db, NOW + 100 * n)
    assert size // 3 < used_bytes(db) <= size // 2
    kept = rows(path, "SELECT min(id), max(id), count(*) FROM frame")[0]
    first = int((NOW + 3000 - kept[2]) * 1e6)
    assert kept[:2] == (first, int((NOW + 2999) * 1e6))


def test_all_tables_lose_what_is_of_the_same_time(path, db, monkeypatch):
    monkeypatch.setattr(retention, "_PIECE", 50)
    items = []
    for n in range(1000):
        items.append(frame(senml(n) + b"", NOW + n))
        if n % 10 == 0:
            items.append(presence(n % 20 == 0, NOW + n))
    store(path, *items)
    keeping = Retention(keep_bytes=used_bytes(db) // 2)
    for n in range(50):
        keeping.turn(db, NOW + 100 * n)
    starts = [
        rows(path, f"SELECT min(id) FROM {t}")[0][0] / 1e6 - NOW for t in ("reading", "frame")
    ]
    presence_start = rows(path, "SELECT min(id) FROM presence")[0][0] / 1e6 - NOW
    assert starts[0] == starts[1] > 100
    assert starts[0] <= presence_start <= starts[0] + 10


def test_room_that_became_free_is_used_again(path):
    limit = 300_000
    with Running(path, keep_bytes=limit, raw="all") as storage:
        storage._retention._next = 0
        for n in range(3000):
            storage.frame(frame(bytes(1000), NOW + n))
            if n % 100 == 99:
                until(lambda n=n: storage.written > n)
                storage._retention._next = 0
    assert path.stat().st_size < 5 * limit


def test_the_gateway_keeps_writing_while_it_removes(path):
    fill(path, [100, 50])
    with Running(path, keep_days=1) as storage:
        storage.frame(frame(senml(7), 4_000_000_000.0))
        until(lambda: counts(path)[0] == 1)
    assert rows(path, "SELECT value FROM reading") == [(7,)]
