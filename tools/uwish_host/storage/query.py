"""What was stored, for commands and pages: read beside the gateway that writes."""

from ..errors import Failure
from .schema import open_for_reading

# A reading arrives after its own time; so far may a device's clock be ahead.
_AHEAD_US = 3_600_000_000


class Database:
    """The database at `path`, open for reading. Times are seconds since 1970. What is asked for
    comes row by row in the order it arrived, as dicts that JSON has; with `last` only so many, the
    latest. `device` is an alias, or the first 6 or more digits of a uid; a Failure when there is
    none, or when it means several."""

    def __init__(self, path):
        self._db = open_for_reading(path)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._db.close()

    def devices(self):
        """All devices ever seen: device (alias), name, protocol, uid, hid, online, and since when
        that is so."""
        rows = self._db.execute(
            "SELECT alias, name, protocol, lower(hex(ruid)), lower(hex(rhid)), last.online, last.id"
            " FROM device LEFT JOIN (SELECT device, online, max(id) AS id FROM presence"
            " GROUP BY device) AS last ON last.device = device.id ORDER BY alias, device.id"
        )
        for alias, name, protocol, uid, hid, online, changed in rows:
            yield {
                "device": alias,
                "name": name,
                "protocol": protocol,
                "uid": uid,
                "hid": hid,
                "online": bool(online),
                "since": None if changed is None else changed / 1e6,
            }

    def readings(self, device=None, name=None, since=None, until=None, last=None):
        """Readings whose own time lies in since <= time < until: time, device, uid, name, value,
        unit. `name` may have * and ?."""
        where = _Where(reading_time=(since, until))
        if device is not None:
            where.add(f"series.device IN ({self._numbers(device)})")
        elif since is not None:
            where.add("reading.id >= :earliest", earliest=int(since * 1e6) - _AHEAD_US)
        if name is not None:
            where.add("series.name GLOB :name", name=name)
        columns = "reading.time, series.name, series.kind, value, series.unit"
        tables = "reading JOIN series ON series.id = series JOIN device ON device.id = device"
        return (
            {**common, "name": name, "value": _value(kind, value), "unit": unit or None}
            for common, (name, kind, value, unit) in self._rows(columns, tables, where, last)
        )

    def frames(self, device=None, since=None, until=None, last=None):
        """Frames that came in that time: time, device, uid, protocol, size, data (hex)."""
        where = _Where(frame_id=(since, until))
        if device is not None:
            where.add(f"device IN ({self._numbers(device)})")
        tables = "frame JOIN device ON device.id = device"
        rows = self._rows("frame.id / 1e6, protocol, data", tables, where, last)
        return (
            {**common, "protocol": protocol, "size": len(data), "data": data.hex()}
            for common, (protocol, data) in rows
        )

    def presence(self, device=None, since=None, until=None, last=None):
        """Who came and went in that time: time, device, uid, protocol, online, reason (null for who
        came)."""
        where = _Where(presence_id=(since, until))
        if device is not None:
            where.add(f"device IN ({self._numbers(device)})")
        tables = "presence JOIN device ON device.id = device"
        rows = self._rows("presence.id / 1e6, protocol, online, reason", tables, where, last)
        return (
            {**common, "protocol": protocol, "online": bool(online), "reason": reason}
            for common, (protocol, online, reason) in rows
        )

    def _numbers(self, text):
        """The numbers of what `text` names, for SQL: one device can have several services."""
        rows = self._db.execute("SELECT id, hex(ruid), alias FROM device").fetchall()
        found = [row for row in rows if row[2] == text]
        if not found and len(text) >= 6:
            found = [row for row in rows if row[1].startswith(text.upper())]
        if not found:
            raise Failure(f"nothing was stored of a device {text!r}: see `uwish device list`")
        count = len({row[1] for row in found})
        if count > 1:
            raise Failure(f"{text!r} means {count} devices: give more digits of the uid")
        return ", ".join(str(row[0]) for row in found)

    def _rows(self, columns, tables, where, last):
        """({time, device, uid}, the other columns); the first of `columns` is the time."""
        table = tables.partition(" ")[0]
        sql = f"SELECT device.alias, lower(hex(device.ruid)), {columns} FROM {tables} {where.sql()}"
        if last is None:
            rows = self._db.execute(f"{sql} ORDER BY {table}.id", where.values)
        else:
            sql += f" ORDER BY {table}.id DESC LIMIT {int(last)}"
            rows = reversed(self._db.execute(sql, where.values).fetchall())
        for alias, uid, time, *others in rows:
            yield {"time": time, "device": alias, "uid": uid}, others


def _value(kind, value):
    if kind == "boolean":
        return bool(value)
    return value.hex() if isinstance(value, bytes) else value


class _Where:
    """What rows have to be: terms of SQL and their values. `reading_time` or the id of a table:
    (since, until) in seconds, each may be None."""

    def __init__(self, **limits):
        self.values = {}
        self._terms = []
        for name, bounds in limits.items():
            column = name.replace("_", ".")
            scale = 1e6 if name.endswith("_id") else 1
            for bound, term, key in zip(bounds, (">=", "<"), ("since", "until"), strict=True):
                if bound is not None:
                    self.add(f"{column} {term} :{key}", **{key: bound * scale})

    def add(self, term, **values):
        """One more."""
        self._terms.append(term)
        self.values.update(values)

    def sql(self):
        """The clause."""
        return "WHERE " + " AND ".join(self._terms) if self._terms else ""
