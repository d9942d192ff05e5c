"""How rows are written: many at a time, none of them lost, and what happens when that fails."""

import sqlite3
import threading

import pytest
from storage_world import NoLoop, Running, frame, looking, rows, senml, store, until

from uwish_host.storage import Storage, batch

T = 1_700_000_000.0


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
        files = list(path.parent.glob("readings.db*"))
        assert {file.name for file in files} >= {"readings.db", "readings.db-wal"}
        for file in files:
            assert file.stat().st_mode & 0o077 == 0, file
