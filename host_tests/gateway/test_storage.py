"""What comes is stored: all of it, in order, by whom and when."""

import sqlite3
import threading

import cbor2
import pytest
from storage_world import (
    NoLoop,
    Running,
    device,
    frame,
    looking,
    presence,
    rows,
    senml,
    store,
    until,
)

from uwish_host.storage import Storage, batch
from uwish_host.storage import rows as rows_module

T = 1_700_000_000.0


@pytest.fixture
def path(tmp_path):
    return tmp_path / "readings.db"


def test_a_reading_says_what_whose_and_when(path):
    store(path, frame(senml(21.5), T), frame(senml(22, at=T - 60), T + 1))
    assert rows(
        path, "SELECT device, uid, name, unit, value, time, arrived, kind FROM readings"
    ) == [
        ("lamp 0", "00" * 32, "t", "Cel", 21.5, T, T, "number"),
        ("lamp 0", "00" * 32, "t", "Cel", 22, T - 60, T + 1, "number"),
    ]


@pytest.mark.parametrize(
    ("record", "kind", "value"),
    [
        ({2: 5}, "number", 5),
        ({2: -0.5}, "number", -0.5),
        ({2: 2**63 - 1}, "number", 2**63 - 1),
        ({2: 2**63}, "number", float(2**63)),
        ({3: "on"}, "text", "on"),
        ({4: True}, "boolean", 1),
        ({4: False}, "boolean", 0),
        ({8: b"\x00\xff"}, "data", b"\x00\xff"),
        ({5: 7.5}, "sum", 7.5),
        ({5: 2**64 - 1}, "sum", float(2**64)),
    ],
)
def test_every_kind_of_value_has_its_place(path, record, kind, value):
    store(path, frame(cbor2.dumps([{0: "x", **record}]), T))
    ((found_kind, found),) = rows(path, "SELECT kind, value FROM readings")
    assert (found_kind, found) == (kind, value)
    assert type(found) is type(value)


def test_a_value_with_a_sum_is_two_series(path):
    store(path, frame(cbor2.dumps([{0: "x", 2: 1, 5: 2}]), T))
    assert rows(path, "SELECT kind, value FROM readings") == [("number", 1), ("sum", 2)]


def test_frames_are_kept_as_they_came_in_the_order_they_came(path):
    sent = [b"", b"\xff\xfe", senml(1), b"text"]
    store(path, *(frame(data, T) for data in sent))
    found = rows(path, "SELECT id, data FROM frame ORDER BY id")
    assert [data for _, data in found] == sent
    assert [number for number, _ in found] == [int(T * 1e6) + i for i in range(4)]


@pytest.mark.parametrize(("raw", "kept"), [("all", 2), ("other", 1), ("none", 0)])
def test_which_frames_are_kept_is_a_choice(path, raw, kept):
    store(path, frame(senml(1)), frame(b"\xff"), raw=raw)
    assert rows(path, "SELECT count(*) FROM frame") == [(kept,)]
    assert rows(path, "SELECT count(*) FROM reading") == [(1,)]


def test_a_clock_that_is_set_back_keeps_the_order(path):
    store(path, frame(b"1", T), frame(b"2", T - 3600))
    store(path, frame(b"3", T - 7200))
    found = rows(path, "SELECT data FROM frame ORDER BY id")
    assert found == [(b"1",), (b"2",), (b"3",)]


def test_who_came_and_went(path):
    store(path, presence(True, T), presence(False, T + 5, reason="lost"))
    found = rows(path, "SELECT device, online, reason, id FROM presence ORDER BY id")
    assert found == [(1, 1, None, int(T * 1e6)), (1, 0, "lost", int((T + 5) * 1e6))]


def test_who_was_here_when_the_gateway_died_has_gone_with_it(path):
    store(path, presence(True, T), presence(True, T, device(1)), presence(False, T + 1, device(1)))
    store(path)
    found = rows(path, "SELECT device, online, reason, id FROM presence ORDER BY id")[3:]
    assert found == [(1, 0, "gateway_down", int((T + 1) * 1e6) + 1)]
    store(path)
    assert len(rows(path, "SELECT * FROM presence")) == 4


def test_devices_and_series_are_there_once_over_restarts(path):
    for _ in range(3):
        store(path, *(frame(senml(1, name), T, device(n)) for n in range(2) for name in "ab"))
    assert rows(path, "SELECT count(*) FROM device") == [(2,)]
    assert rows(path, "SELECT count(*) FROM series") == [(4,)]
    found = rows(path, "SELECT device, name, count(*) FROM readings GROUP BY device, name")
    assert found == [(f"lamp {n}", name, 3) for n in range(2) for name in "ab"]


def test_a_new_alias_counts_for_everything(path):
    store(path, frame(senml(1), T), frame(senml(2), T, device(0, "kitchen")))
    assert rows(path, "SELECT DISTINCT device FROM readings") == [("kitchen",)]
    store(path, presence(True, T, device(0, "cellar")))
    assert rows(path, "SELECT alias FROM device") == [("cellar",)]


def test_protocols_hosts_and_apps_are_told_apart(path):
    store(path, frame(senml(1)), frame(senml(2), of=device(0, protocol="control")))
    assert rows(path, "SELECT protocol FROM device ORDER BY id") == [("sensor",), ("control",)]


@pytest.mark.parametrize("count", [1, 7, 8, 9, 127, 129, 2047, 2048, 2049, 5000])
def test_no_row_is_lost_whatever_their_number(path, count):
    store(path, *(frame(senml(n), T + n / 1000) for n in range(count)))
    found = rows(path, "SELECT value FROM reading ORDER BY id")
    assert found == [(n,) for n in range(count)]
    assert rows(path, "SELECT count(*) FROM frame") == [(count,)]


def test_rows_go_in_many_at_a_time(path, monkeypatch):
    statements = []
    execute = batch._insert

    def watched(db, table, columns, values):
        class Counting:
            @staticmethod
            def execute(sql, values):
                statements.append(table)
                db.execute(sql, values)

        execute(Counting, table, columns, values)

    monkeypatch.setattr(batch, "_insert", watched)
    one = batch.Batch()
    storage = Storage(path)
    try:
        for n in range(4096 + 3):
            storage._rows.add_frame(one, frame(b"x", T + n))
        one.write(storage._db)
    finally:
        storage._thread = threading.Thread(target=lambda: None)
        storage._thread.start()
        storage.close()
    assert statements.count("frame") == 2 + 3


def test_a_device_that_makes_up_names_is_bounded(path, monkeypatch):
    monkeypatch.setattr(rows_module, "MAX_SERIES", 5)
    store(path, *(frame(senml(n, f"name {n}"), T + n) for n in range(9)))
    assert rows(path, "SELECT count(*) FROM series") == [(5,)]
    assert rows(path, "SELECT count(*) FROM reading") == [(5,)]
    assert rows(path, "SELECT count(*) FROM frame") == [(9,)]


def test_what_was_written_is_counted_and_seen_by_others_at_once(path):
    with Running(path) as storage:
        for n in range(10):
            storage.frame(frame(senml(n), T + n))
        until(lambda: storage.written == 10)
        with looking(path) as db:
            assert db.execute("SELECT count(*) FROM reading").fetchone() == (10,)


def test_too_much_unwritten_holds_devices_back_until_half_of_it_is_written(path):
    running = Running(path, max_unwritten=10)
    storage = running.storage
    # Somebody else is writing: nothing can be written now.
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for n in range(9):
        storage.frame(frame(b"x", T + n))
        assert not storage.congested()
    storage.frame(frame(b"x", T + 9))
    assert storage.congested()
    assert running.relieved == []
    other.execute("ROLLBACK")
    other.close()
    until(lambda: not storage.congested())
    until(lambda: running.relieved == [True])
    storage.close()
    assert rows(path, "SELECT count(*) FROM frame") == [(10,)]


def test_a_write_that_fails_is_repeated_and_nothing_is_lost(path, monkeypatch):
    monkeypatch.setattr("uwish_host.storage.store._RETRY_S", 0.01)
    failing = [True]
    write = batch.Batch.write

    def sometimes(self, db):
        if failing[0]:
            raise sqlite3.OperationalError("database or disk is full")
        write(self, db)

    monkeypatch.setattr(batch.Batch, "write", sometimes)
    running = Running(path)
    running.storage.frame(frame(b"x"))
    until(lambda: running.storage.failures > 5)
    assert 0 < len(running.warnings) <= 3
    assert "disk is full" in running.warnings[0]
    failing[0] = False
    running.storage.frame(frame(b"y"))
    running.storage.close()
    assert rows(path, "SELECT data FROM frame") == [(b"x",), (b"y",)]


def test_what_can_never_be_written_is_counted_and_the_next_is(path, monkeypatch):
    write = batch.Batch.write

    def refuse(self, db):
        if b"bad" in self.frame:
            raise sqlite3.IntegrityError("this will not do")
        write(self, db)

    monkeypatch.setattr(batch.Batch, "write", refuse)
    running = Running(path)
    running.storage.frame(frame(b"bad"))
    until(lambda: running.storage.lost == 1)
    running.storage.frame(frame(b"good"))
    running.storage.close()
    assert "this will not do" in running.warnings[0]
    assert running.warnings[1] == "storage: 1 frames are lost"
    assert running.storage.written == 1
    # Not the device either, which came with it: it was only ever known here.
    assert rows(path, "SELECT data FROM frame") == [(b"good",)]


def test_a_disk_that_stays_full_does_not_keep_the_gateway_from_ending(path, monkeypatch):
    def refuse(self, db):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(batch.Batch, "write", refuse)
    running = Running(path)
    running.storage.frame(frame(b"x"))
    until(lambda: running.storage.failures)
    running.storage.close()
    assert running.storage.lost == 1
    assert running.warnings[-1] == "storage: 1 frames are lost"


def test_half_a_write_is_none(path):
    storage = Storage(path)
    bad = batch.Batch()
    storage._rows.add_frame(bad, frame(senml(1)))
    bad.presence += (1, 1, None, None)  # online must not be NULL
    with pytest.raises(sqlite3.IntegrityError):
        bad.write(storage._db)
    assert not storage._db.in_transaction
    assert rows(path, "SELECT count(*) FROM frame") == [(0,)]
    storage.start(NoLoop, print, print)
    storage.close()


def test_others_cannot_read_it(path):
    with Running(path) as storage:
        storage.frame(frame(senml(1)))
        until(lambda: storage.written)
        for file in path.parent.glob("readings.db*"):
            assert file.stat().st_mode & 0o077 == 0, file
