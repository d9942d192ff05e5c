"""What else storage knows of a device: when it was there, and its last frames."""

import sqlite3

from ..decode import decode

MAX_CHANGES = 2000  # of presence, that are looked at
MAX_FRAMES = 20
# Frames are numbered by the time they came, and have no other index: from the newest on ever more
# of them are looked through, until there are enough.
_BACK_S = (60, 3600, 86400, 30 * 86400, None)


class Change:
    """Somebody came or went: `time`, `online`, `reason` (why it went), `app` (a number)."""

    __slots__ = ("app", "online", "reason", "time")

    def __init__(self, time, app, online, reason):
        self.time = time
        self.app = app
        self.online = bool(online)
        self.reason = reason


class Span:
    """From `start` to `end` it was online, or not, or nobody knows (`online` is None); `reason`
    says why it went."""

    __slots__ = ("end", "online", "reason", "start")

    def __init__(self, start, end, online, reason=None):
        self.start = start
        self.end = end
        self.online = online
        self.reason = reason


def presence(db, uid, since, until):
    """Spans from `since` to `until` without a hole, oldest first. A device with several apps is
    online while one of them is. Of more than 2000 changes the last ones are told."""
    apps = _apps(db, uid)
    rows = db.execute(
        f"SELECT id / 1e6, device, online, reason FROM presence WHERE device IN ({_list(apps)})"
        " AND id >= ? AND id < ? ORDER BY id DESC LIMIT ?",
        (int(since * 1e6), int(until * 1e6), MAX_CHANGES),
    )
    changes = [Change(*row) for row in rows][::-1]
    if len(changes) == MAX_CHANGES:
        return spans(changes, since, until, None)
    before = {}
    for app in apps:
        row = db.execute(
            "SELECT online FROM presence WHERE device = ? AND id < ? ORDER BY id DESC LIMIT 1",
            (app, int(since * 1e6)),
        ).fetchone()
        if row is not None:
            before[app] = bool(row[0])
    return spans(changes, since, until, before)


def spans(changes, since, until, before):
    """Spans of Changes in the order they happened; `before` is {app: online} at `since`."""
    online = dict(before or {})
    state = any(online.values()) if online else None
    found = [Span(since, until, state)]
    for change in changes:
        online[change.app] = change.online
        now = any(online.values())
        last = found[-1]
        if now == last.online:
            continue
        last.end = change.time
        found.append(Span(change.time, until, now, None if now else change.reason))
    return [span for span in found if span.end > span.start]


def frames(db, uid, until, overdue):
    """(the last 20 frames before `until`, newest first, each as (time, data, Decoded); whether
    these are all there are). What is found until it is `overdue()` has to do."""
    apps = _list(_apps(db, uid))
    end = int(until * 1e6)
    found = []
    try:
        for back_s in _BACK_S:
            start = 0 if back_s is None else int((until - back_s) * 1e6)
            rows = db.execute(
                f"SELECT id / 1e6, data FROM frame WHERE id >= ? AND id < ? AND device IN ({apps})"
                " ORDER BY id DESC LIMIT ?",
                (start, end, MAX_FRAMES - len(found)),
            )
            for time, data in rows:
                found.append((time, data, decode(data, time)))
            if len(found) == MAX_FRAMES:
                return found, False
            end = start
    except sqlite3.OperationalError:
        if not overdue():
            raise
        return found, False
    return found, True


def _apps(db, uid):
    rows = db.execute("SELECT id FROM device WHERE ruid = ?", (bytes.fromhex(uid),))
    return [number for (number,) in rows]


def _list(numbers):
    return ", ".join(map(str, numbers)) or "NULL"
