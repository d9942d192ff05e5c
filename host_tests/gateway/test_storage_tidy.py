"""Readings are sorted in now and then, and nobody who asks for them notices."""

import sqlite3

import pytest
from storage_world import Running, device, frame, looking, rows, senml, store, until

from uwish_host.storage import Database, tidy
from uwish_host.storage.tidy import Tidy

T = 1_700_000_000.0


@pytest.fixture
def db(path):
    store(path, *(frame(senml(n, f"name {n % 2}"), T + n, device(n % 3)) for n in range(60)))
    made = sqlite3.connect(path, isolation_level=None)
    yield made
    made.close()


def places(path):
    """How many are in each table."""
    return [rows(path, f"SELECT count(*) FROM {table}")[0][0] for table in ("sorted", "fresh")]


def everything(path):
    with Database(path) as database:
        return list(database.readings())


def test_nothing_is_sorted_in_before_its_time(path, db):
    made = Tidy(60)
    made.turn(db, 1000)
    made.turn(db, 1599)
    assert places(path) == [0, 60]
    made.turn(db, 1600)
    assert places(path) == [59, 1]


def test_many_are_sorted_in_at_once_whatever_the_time(path, db, monkeypatch):
    monkeypatch.setattr(tidy, "_ROWS", 25)
    made = Tidy(60)
    for left in (35, 10, 10):
        made.turn(db, 1000)
        assert places(path) == [60 - left, left]


def test_the_same_is_found_before_and_after(path, db, monkeypatch):
    monkeypatch.setattr(tidy, "_ROWS", 25)
    asked = [
        {},
        {"device": "lamp 1"},
        {"name": "name 0", "since": T + 10},
        {"until": T + 30, "last": 7},
        {"last": 40},
        {"device": "lamp 2", "last": 3},
    ]

    def answers():
        with Database(path) as database:
            return [list(database.readings(**what)) for what in asked]

    before = answers()
    assert [len(found) for found in before] == [60, 20, 25, 7, 40, 3]
    made = Tidy(60)
    made.turn(db, 0)
    for moment in (1, 600, 1200):
        made.turn(db, moment)
        assert answers() == before
    assert places(path) == [59, 1]


def test_numbers_go_on_after_a_restart(path, db):
    made = Tidy(60)
    made.turn(db, 0)
    made.turn(db, 600)
    db.close()
    store(path, frame(senml(60), T))
    values = [row["value"] for row in everything(path)]
    assert values == list(range(61))


def test_readings_of_the_same_moment_stay_apart(path):
    store(path, *(frame(senml(n, at=T), T) for n in range(5)))
    with looking(path) as db:
        db.isolation_level = None
        made = Tidy(5)
        made.turn(db, 0)
        made.turn(db, 600)
    assert places(path) == [4, 1]
    assert [row["value"] for row in everything(path)] == list(range(5))


def test_half_of_it_is_none(path, db, monkeypatch):
    class Failing:
        in_transaction = True

        @staticmethod
        def execute(sql, *values):
            if sql.startswith("DELETE"):
                raise sqlite3.OperationalError("disk I/O error")
            return db.execute(sql, *values)

    made = Tidy(60)
    made.turn(Failing, 0)
    with pytest.raises(sqlite3.OperationalError):
        made.turn(Failing, 600)
    assert not db.in_transaction
    assert places(path) == [0, 60]
    made.turn(db, 601)
    assert places(path) == [59, 1]


def test_a_running_storage_does_it_by_itself(path, monkeypatch):
    monkeypatch.setattr(tidy, "_ROWS", 100)
    with Running(path) as storage:
        for n in range(250):
            storage.frame(frame(senml(n), T + n))
        until(lambda: storage.written == 250)
        storage.frame(frame(senml(250), T + 250))
        until(lambda: storage.written == 251)
    assert places(path)[0] >= 100
    assert [row["value"] for row in everything(path)] == list(range(251))
    # What a start finds is counted, and sorted in when there is enough of it.
    before = places(path)[0]
    with Running(path) as storage:
        for n in range(251, 351):
            storage.frame(frame(senml(n), T + n))
        until(lambda: storage.written == 100)
    assert places(path)[0] > before
    assert [row["value"] for row in everything(path)] == list(range(351))
