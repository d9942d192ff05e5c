"""The file: new, of today, older, newer, of somebody else, damaged."""

import sqlite3

import pytest
from storage_world import frame, rows, senml, store

from uwish_host.errors import Failure
from uwish_host.storage import Database, Storage, schema


def pragma(path, name):
    ((value,),) = rows(path, f"PRAGMA {name}")
    return value


def test_a_new_one_says_what_it_is(path):
    store(path)
    assert pragma(path, "application_id") == 0x75776973
    assert pragma(path, "user_version") == len(schema.STEPS)
    assert pragma(path, "journal_mode") == "wal"


def test_an_older_one_is_brought_up_to_date_with_all_that_is_in_it(path, monkeypatch):
    store(path, frame(senml(21)))
    step = "ALTER TABLE device ADD COLUMN place TEXT; UPDATE device SET place = 'attic'"
    monkeypatch.setattr(schema, "STEPS", [*schema.STEPS, step])
    with pytest.raises(Failure, match="older uwish"):
        Database(path)
    db = schema.open_for_writing(path)
    db.close()
    assert pragma(path, "user_version") == 2
    assert rows(path, "SELECT place FROM device") == [("attic",)]
    assert rows(path, "SELECT value FROM readings") == [(21,)]


def test_a_step_that_fails_leaves_the_older_one(path, monkeypatch):
    store(path, frame(senml(21)))
    bad = "ALTER TABLE device ADD COLUMN place TEXT; SELECT nothing FROM nowhere"
    monkeypatch.setattr(schema, "STEPS", [*schema.STEPS, bad])
    with pytest.raises(Failure):
        schema.open_for_writing(path)
    monkeypatch.undo()
    assert pragma(path, "user_version") == 1
    store(path, frame(senml(22)))
    assert rows(path, "SELECT value FROM readings") == [(21,), (22,)]


def test_a_newer_one_is_left_alone(path):
    store(path, frame(senml(21)))
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = path.read_bytes()
    for use in (Storage, Database):
        with pytest.raises(Failure, match="newer uwish"):
            use(path)
    assert path.read_bytes() == before


def test_somebody_elses_is_left_alone(path):
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE song (title)")
    db.execute("PRAGMA application_id = 1")
    db.commit()
    db.close()
    with pytest.raises(Failure, match="another program"):
        Storage(path)
    assert rows(path, "SELECT name FROM sqlite_master") == [("song",)]


def test_a_damaged_one_is_left_alone_and_named(path):
    path.write_bytes(b"this is no database" * 100)
    for use in (Storage, Database):
        with pytest.raises(Failure, match=r"readings\.db"):
            use(path)
    assert path.read_bytes() == b"this is no database" * 100


def test_none_cannot_be_read(path):
    with pytest.raises(Failure, match="nothing was stored"):
        Database(path)
    assert not path.exists()


def plan(path, sql):
    return " | ".join(row[3] for row in rows(path, f"EXPLAIN QUERY PLAN {sql}"))


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM fresh WHERE id < 5",
        "SELECT * FROM frame WHERE id >= 5 AND id < 7 ORDER BY id",
        "SELECT * FROM sorted WHERE series IN (1, 2) AND time >= 5",
        "DELETE FROM sorted WHERE series IN (1, 2) AND time < 5",
    ],
)
def test_what_is_asked_often_is_found_without_a_search(path, sql):
    store(path, frame(senml(21)))
    found = plan(path, sql)
    assert "SEARCH" in found
    assert "SCAN" not in found


def test_what_a_query_of_one_device_looks_at(path):
    store(path, frame(senml(21)))
    statements = []
    with Database(path) as database:
        database._db.set_trace_callback(statements.append)
        assert [row["value"] for row in database.readings(device="lamp 0", since=5)] == [21]
    found = plan(path, statements[-1])
    assert "SEARCH sorted USING PRIMARY KEY (series=? AND time>?)" in found
    assert "SCAN sorted" not in found
