"""What was stored, for commands and pages: read beside the gateway that writes."""

from ..errors import Failure
from .schema import open_for_reading

_DEVICE = "JOIN device ON device.id = {}.device"


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
        series = _Where()
        if device is not None:
            series.add(f"device IN ({self._numbers(device)})")
        if name is not None:
            series.add("name GLOB :name", name=name)
        where = _Where("time", since, until)
        where.add(f"series IN (SELECT id FROM series {series.sql()})", **series.values)
        fresh, old = (
            f"SELECT id, series, time, value FROM {table} {where.sql()}"
            for table in ("fresh", "sorted")
        )
        columns = "row.time, series.name, series.kind, row.value, series.unit"
        joins = f"JOIN series ON series.id = row.series {_DEVICE.format('series')}"
        if last is not None:
            # What is fresh came later than all the rest: mostly that is enough.
            found = list(self._rows(columns, fresh, joins, where, last))
            if len(found) == last:
                return map(_reading, found)
        both = f"{old} UNION ALL {fresh}"
        return map(_reading, self._rows(columns, both, joins, where, last))

    def frames(self, device=None, since=None, until=None, last=None):
        """Frames that came in that time: time, device, uid, protocol, size, data (hex)."""
        columns = "row.id / 1e6, protocol, row.data"
        return (
            {**common, "protocol": protocol, "size": len(data), "data": data.hex()}
            for common, (protocol, data) in self._came("frame", columns, device, since, until, last)
        )

    def presence(self, device=None, since=None, until=None, last=None):
        """Who came and went in that time: time, device, uid, protocol, online, reason (null for who
        came)."""
        columns = "row.id / 1e6, protocol, row.online, row.reason"
        rows = self._came("presence", columns, device, since, until, last)
        return (
            {**common, "protocol": protocol, "online": bool(online), "reason": reason}
            for common, (protocol, online, reason) in rows
        )

    def _came(self, table, columns, device, since, until, last):
        """Rows that are numbered by the time they came."""
        where = _Where("id", since, until, 1e6)
        if device is not None:
            where.add(f"device IN ({self._numbers(device)})")
        source = f"SELECT * FROM {table} {where.sql()}"
        return self._rows(columns, source, _DEVICE.format("row"), where, last)

    def _numbers(self, text):
        """The numbers of what `text` names, for SQL: one device can have several services."""
        rows = self._db.execute("SELECT id, hex(ruid), alias FROM device").fetchall()
        found = [row for row in rows if row[2] == text]
        if not found and len(text) >= 6:
            found = [row for row in rows if row[1].startswith(text.upper())]
        if not found:
            raise Failure(
                f"nothing was stored of a device {text!r}: see `uwish readings --devices`"
            )
        count = len({row[1] for row in found})
        if count > 1:
            raise Failure(f"{text!r} means {count} devices: give more digits of the uid")
        return ", ".join(str(row[0]) for row in found)

    def _rows(self, columns, source, joins, where, last):
        """({time, device, uid}, the other columns); the first of `columns` is the time. Values of
        `where` stand in `source`."""
        columns = f"device.alias, lower(hex(device.ruid)), {columns}"
        sql = f"SELECT {columns} FROM ({source}) AS row {joins}"
        if last is None:
            rows = self._db.execute(f"{sql} ORDER BY row.id", where.values)
        else:
            sql += f" ORDER BY row.id DESC LIMIT {int(last)}"
            rows = reversed(self._db.execute(sql, where.values).fetchall())
        for alias, uid, time, *others in rows:
            yield {"time": time, "device": alias, "uid": uid}, others


def _reading(row):
    common, (name, kind, value, unit) = row
    if kind == "boolean":
        value = bool(value)
    elif isinstance(value, bytes):
        value = value.hex()
    return {**common, "name": name, "value": value, "unit": unit or None}


class _Where:
    """What rows have to be, as terms of SQL and their values: since <= column < until, where these
    are given (in seconds, times `scale`), and whatever is added."""

    def __init__(self, column=None, since=None, until=None, scale=1):
        self.values = {}
        self._terms = []
        if since is not None:
            self.add(f"{column} >= :since", since=since * scale)
        if until is not None:
            self.add(f"{column} < :until", until=until * scale)

    def add(self, term, **values):
        """One more."""
        self._terms.append(term)
        self.values.update(values)

    def sql(self):
        """The clause."""
        return "WHERE " + " AND ".join(self._terms) if self._terms else ""
