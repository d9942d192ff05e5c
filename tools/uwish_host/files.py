"""Files that survive a crash at any moment, and that nobody else can read."""

import contextlib
import fcntl
import json
import os
import secrets
import stat

from .errors import Failure

PRIVATE_DIRECTORY = 0o700
PRIVATE_FILE = 0o600
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def make_directory(path):
    """Make `path` (a pathlib.Path) for its owner alone, unless there is a directory already."""
    try:
        path.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"cannot make the directory {path}: {error.strerror}") from None


def write_new(path, text):
    """Write a file that must not exist yet (FileExistsError), readable by its owner only."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    _give_to_owner(descriptor, path)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        _write_out(file, text)
    _sync_directory(path.parent)


def replace(path, text):
    """Replace a file: whoever reads it, after a power cut too, finds all of the old or all of the
    new text. OSError leaves the old one."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        write_new(temporary, text)
        os.rename(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_directory(path.parent)


def read_json(path, what, remedy="restore it from a backup; it was left as it is"):
    """The JSON value in a file; a Failure that calls it `what` when it cannot be read or is
    damaged, and says what helps then."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Failure(f"{what} is missing: {path}") from None
    except OSError as error:
        raise Failure(f"{what} cannot be read: {path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise Failure(f"{what} is damaged (no JSON): {path}: {remedy}") from None


def exposed(path, mask=stat.S_IRWXG | stat.S_IRWXO):
    """True when others have any right of `mask` on the file or directory, which is there."""
    return bool(path.stat().st_mode & mask)


def is_private(path):
    """True when nobody but the owner can read or write the file."""
    return not exposed(path)


@contextlib.contextmanager
def locked(path, busy=None):
    """Hold an exclusive lock on `path` (made when missing) as long as the block runs. It waits for
    whoever has it; with `busy`, it fails with that sentence instead."""
    try:
        descriptor = _open_lock(path)
    except OSError as error:
        raise Failure(f"cannot write {path}: {error.strerror}") from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (fcntl.LOCK_NB if busy else 0))
        except BlockingIOError:
            raise Failure(busy) from None
        yield
    finally:
        os.close(descriptor)


def _open_lock(path):
    # Never through a link: root may be working in a directory of somebody who puts one there.
    flags = os.O_RDWR | os.O_NOFOLLOW
    while True:
        with contextlib.suppress(FileNotFoundError):
            return os.open(path, flags)
        with contextlib.suppress(FileExistsError):
            descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
            _give_to_owner(descriptor, path)
            return descriptor


def _give_to_owner(descriptor, path):
    # `sudo uwish device add` must not leave files that the gateway's own user cannot read.
    if os.geteuid() == 0:
        directory = path.parent.stat()
        os.fchown(descriptor, directory.st_uid, directory.st_gid)


def _write_out(file, text):
    file.write(text)
    file.flush()
    os.fsync(file.fileno())


def _sync_directory(path):
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
