"""What is said when the database cannot be used names what is the case, and what to try."""

import errno
import os
import sqlite3
from types import SimpleNamespace

import pytest

from uwish_host.errors import Failure
from uwish_host.storage import Database, Storage, causes, schema


def refused(use, path):
    with pytest.raises(Failure) as caught:
        use(path)
    text = caught.value.message
    assert text.startswith(f"cannot use {path}: ")
    return text.removeprefix(f"cannot use {path}: ")


def of_sqlite(name, text="it says little"):
    error = sqlite3.OperationalError(text)
    error.sqlite_errorname = name
    return error


def said(path, error):
    return causes.unusable(path, error).message.removeprefix(f"cannot use {path}: ")


@pytest.mark.parametrize("use", [Storage, Database])
def test_a_directory(path, use):
    path.mkdir()
    assert refused(use, path) == "it is a directory: move it away"


@pytest.mark.parametrize("use", [Storage, Database])
def test_what_is_damaged_is_another_matter(path, use):
    path.write_bytes(b"this is no database" * 100)
    assert refused(use, path) == (
        "file is not a database: restore it from a backup, or move it away"
    )


def test_another_program_has_it(path, monkeypatch):
    Storage(path)._db.close()
    monkeypatch.setattr(schema, "_BUSY_S", 0)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    try:
        assert "locked: end that one" in refused(Storage, path)
    finally:
        other.close()


def test_the_file_of_somebody_else(path, monkeypatch):
    path.touch()
    monkeypatch.setattr(os, "access", lambda which, *_, **__: which != path)
    text = said(path, of_sqlite("SQLITE_CANTOPEN"))
    mine = os.geteuid()
    assert text == (
        f"user {mine} may not read and write {path}, which is of user {mine}: run this as that "
        f"user, or chown -R {path.parent}"
    )


def test_the_directory_of_somebody_else(path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    error = PermissionError(errno.EACCES, "Permission denied", str(path))
    assert f"may not read and write {path.parent}, " in said(path, error)


@pytest.mark.parametrize("name", ["SQLITE_CANTOPEN", "SQLITE_READONLY_DIRECTORY"])
def test_a_disk_that_is_mounted_read_only(path, monkeypatch, name):
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_flag=os.ST_RDONLY))
    assert said(path, of_sqlite(name)).startswith("its disk is mounted read-only: mount it")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (of_sqlite("SQLITE_FULL"), "its disk is full: make room"),
        (of_sqlite("SQLITE_IOERR_FSYNC"), "its disk fails"),
        (OSError(errno.ENOSPC, "No space left on device"), "its disk is full: make room"),
        (OSError(errno.EROFS, "Read-only file system"), "its disk is mounted read-only"),
        (OSError(errno.EMFILE, "Too many open files"), "Too many open files"),
        (of_sqlite("SQLITE_CANTOPEN"), "it says little"),
    ],
)
def test_other_causes(path, error, words):
    assert said(path, error).startswith(words)


def test_a_real_one_that_may_not_be_written(path):
    Storage(path)._db.close()
    db = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    with pytest.raises(sqlite3.Error) as caught:
        db.execute("DELETE FROM frame")
    db.close()
    # Everything is as it should be, as far as can be seen: then SQLite has the word.
    assert said(path, caught.value) == "attempt to write a readonly database"
