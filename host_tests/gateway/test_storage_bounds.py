"""What an identity makes up does not fill memory and disk, whatever it makes up."""

import sqlite3

import cbor2
import pytest
from storage_world import Running, device, frame, presence, rows, senml, store, until

from uwish_host.sink import Device, Frame
from uwish_host.storage import rows as rows_module
from uwish_host.storage import store as store_module

T = 1_700_000_000.0


@pytest.fixture
def few(monkeypatch):
    """Limits that are soon reached."""
    monkeypatch.setattr(rows_module, "MAX_APPS", 3)
    monkeypatch.setattr(rows_module, "MAX_SERIES", 5)


def app(number, alias="lamp", host=0):
    """One of the apps of one identity."""
    ids = (bytes([9]) * 32, bytes([1]) * 32, bytes([host]) * 32, bytes([number]) * 32)
    return Device(b"".join(ids), "sensor", alias)


def test_of_apps_only_the_first_are_told_apart_and_nothing_is_lost(path, few):
    other = device(2)
    items = [frame(senml(n), T + n, app(n)) for n in range(5)]
    items += [frame(senml(n), T + n, app(0, host=n)) for n in range(5, 9)]
    items += [presence(True, T + 10, app(7)), frame(senml(9), T + 11, other)]
    store(path, *items)
    assert rows(path, "SELECT count(*) FROM device WHERE alias = 'lamp'") == [(3,)]
    kept = rows(path, "SELECT value FROM readings ORDER BY arrived")
    assert kept == [(n,) for n in range(10)]
    found = rows(path, "SELECT device, count(*) FROM frame GROUP BY device")
    assert found == [(1, 1), (2, 1), (3, 7), (4, 1)]
    assert rows(path, "SELECT device FROM presence") == [(3,)]


def test_a_restart_gives_no_new_places(path, few):
    for start in range(3):
        store(path, *(frame(senml(n), T + n, app(10 * start + n)) for n in range(4)))
    assert rows(path, "SELECT count(*) FROM device") == [(3,)]
    for start in range(3):
        store(path, *(frame(senml(1, f"{start} {n}"), T, app(n)) for n in range(4)))
    assert rows(path, "SELECT count(*) FROM series") == [(5,)]


def test_another_app_gives_no_new_names(path, few):
    store(path, *(frame(senml(n, f"name {n}"), T + n, app(n % 2)) for n in range(9)))
    assert rows(path, "SELECT count(*) FROM series") == [(5,)]
    assert rows(path, "SELECT count(*) FROM frame") == [(9,)]


def test_a_new_alias_reaches_those_that_are_kept_as_one(path, few):
    store(path, *(frame(senml(n), T + n, app(n)) for n in range(5)))
    store(path, *(frame(senml(n), T + 5 + n, app(n, "desk lamp")) for n in range(5)))
    assert rows(path, "SELECT DISTINCT alias FROM device") == [("desk lamp",)]
    assert rows(path, "SELECT count(*) FROM readings WHERE device = 'desk lamp'") == [(10,)]


def test_readings_that_are_not_kept_are_told_once_of_each_identity_and_counted(path, few):
    with Running(path) as storage:
        for n in range(9):
            storage.frame(frame(senml(n, f"name {n}"), T + n, app(0)))
        assert storage.ignored == 4
    running = Running(path)
    for n in range(9):
        running.storage.frame(frame(senml(n, f"name {n}"), T + n, app(0)))
    running.storage.close()
    assert running.storage.ignored == 4
    assert running.warnings == [
        "storage: lamp has given 5 names and units to its readings: those under others are not kept"
    ]


MANY = cbor2.dumps([{0: "t", 2: n} for n in range(500)])


@pytest.mark.parametrize(
    ("item", "fit"),
    [(frame(bytes(8000)), 13), (frame(MANY), 2), (presence(True, T), 625)],
    ids=["large frames", "frames of many readings", "presence"],
)
def test_what_waits_for_the_disk_is_bounded_in_bytes_too(path, item, fit, monkeypatch):
    monkeypatch.setattr(store_module, "_MAX_BYTES", 100_000)
    running = Running(path)
    storage = running.storage
    # Somebody else is writing: nothing can be written now.
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    take = storage.frame if isinstance(item, Frame) else storage.presence
    for _ in range(fit - 1):
        take(item)
        assert not storage.congested()
    take(item)
    assert storage.congested()
    other.execute("ROLLBACK")
    other.close()
    until(lambda: not storage.congested())
    until(lambda: running.relieved == [True])
    storage.close()
    table = "frame" if isinstance(item, Frame) else "presence"
    assert rows(path, f"SELECT count(*) FROM {table}") == [(fit,)]
