"""Why a database cannot be used, in a sentence for the person who has to mend it."""

import errno
import os

from ..errors import Failure

_READ_ONLY = "its disk is mounted read-only: mount it for writing (after an error: fsck)"
_FULL = "its disk is full: make room"
_FAILING = "its disk fails: see the kernel's log (dmesg)"
# By what SQLite's names begin with (sqlite.org/rescode.html), for what the file does not tell.
_BY_NAME = {
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": _FAILING,
    "SQLITE_BUSY": "another program keeps it locked: end that one, and try again",
    "SQLITE_LOCKED": "another program keeps it locked: end that one, and try again",
}
_OUT_OF_REACH = ("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")
_BY_NUMBER = {errno.EROFS: _READ_ONLY, errno.ENOSPC: _FULL, errno.EIO: _FAILING}


def unusable(path, error):
    """The Failure that tells what sqlite3.Error or OSError keeps `path` from being used."""
    return Failure(f"cannot use {path}: {_reason(path, error)}")


def _reason(path, error):
    name = getattr(error, "sqlite_errorname", "")
    if os.path.isdir(path):
        return "it is a directory: move it away"
    if isinstance(error, OSError):
        return _BY_NUMBER.get(error.errno) or _out_of_reach(path) or error.strerror
    for start, text in _BY_NAME.items():
        if name.startswith(start):
            return text
    if name.startswith(_OUT_OF_REACH):
        return _out_of_reach(path) or str(error)
    return f"{error}: restore it from a backup, or move it away"


def _out_of_reach(path):
    """Why the system lets us not have it, as far as can be seen; SQLite does not say."""
    # It needs two files beside it.
    for each in (path.parent, path):
        try:
            if os.statvfs(each).f_flag & os.ST_RDONLY:
                return _READ_ONLY
            if not os.access(each, os.R_OK | os.W_OK, effective_ids=True):
                return (
                    f"user {os.geteuid()} may not read and write {each}, which is of user "
                    f"{each.stat().st_uid}: run this as that user, or chown -R {path.parent}"
                )
        except OSError:
            pass
    return None
