"""Rows of the database, made of what sinks are given. All numbers are given out here, because there
is one writer: nothing has to be asked of the database while frames come."""

MAX_SERIES = 1000  # of one device; a name made up anew for each reading would fill memory and disk

GATEWAY_DOWN = "gateway_down"  # why a device went when the gateway did not live to see it

_INT64 = 2**63


class _Known:
    __slots__ = ("alias", "number", "series")

    def __init__(self, number, alias, series):
        self.number = number
        self.alias = alias
        self.series = series  # {(name, unit, kind): number}


class Rows:
    """Adds rows to batches (batch.Batch). `db` is asked once for what is there already. `raw` says
    which frames are kept (see Storage). `ignored` counts readings of devices with too many series.
    """

    def __init__(self, db, raw):
        self.ignored = 0
        self._raw = raw != "none"
        self._raw_of_readings = raw == "all"
        self._devices = {}  # sink.Device, or the same as a tuple of the database: _Known
        for number, *parts, alias, _ in db.execute("SELECT * FROM device"):
            key = (b"".join(parts[:4]), parts[4])
            self._devices[key] = _Known(number, alias, {})
        by_number = {known.number: known for known in self._devices.values()}
        for number, device, name, unit, kind in db.execute("SELECT * FROM series"):
            by_number[device].series[name, unit, kind] = number
        self._next_device = _largest(db, "device") + 1
        self._next_series = _largest(db, "series") + 1
        self._last_frame = _largest(db, "frame")
        self._last_reading = _largest(db, "fresh")
        self._last_presence = _largest(db, "presence")
        self._left_online = db.execute(
            "SELECT device FROM presence WHERE online AND id IN "
            "(SELECT max(id) FROM presence GROUP BY device)"
        ).fetchall()

    def add_frame(self, batch, frame):
        """What came, and the readings in it."""
        device = frame.device
        known = self._devices.get((device.key, device.protocol))
        if known is None or known.alias != device.alias:
            known = self._enter(batch, device)
        readings = frame.readings
        arrived = int(frame.time * 1e6)
        batch.frames += 1
        if self._raw and (self._raw_of_readings or not readings):
            self._last_frame = number = max(self._last_frame + 1, arrived)
            batch.frame += (number, known.number, frame.data)
        series_of = known.series
        for reading in readings:
            value = reading.value
            kind = type(value)
            if (
                kind is float or (kind is int and -_INT64 <= value < _INT64)
            ) and reading.total is None:
                # What almost all of them are, without a detour.
                series = series_of.get((reading.name, reading.unit or "", "number"))
                if series is not None:
                    number = self._last_reading + 1
                    if number < arrived:
                        number = arrived
                    self._last_reading = number
                    batch.fresh += (number, series, reading.time, value)
                    continue
            if value is not None:
                kind = "number"
                if type(value) is not float:
                    kind, value = _kind_of(value)
                self._add_reading(batch, known, reading, kind, value, arrived)
            if reading.total is not None:
                value = _kind_of(reading.total)[1]
                self._add_reading(batch, known, reading, "sum", value, arrived)

    def add_presence(self, batch, presence):
        """Who came or went."""
        device = presence.device
        known = self._devices.get((device.key, device.protocol))
        if known is None or known.alias != device.alias:
            known = self._enter(batch, device)
        self._add_presence(
            batch, known.number, presence.online, presence.reason, int(presence.time * 1e6)
        )

    def gateway_was_down(self, batch):
        """Who was online when the last gateway ended without a word went then, as far as we know:
        nothing had come later."""
        last = max(self._last_frame, self._last_reading, self._last_presence)
        for (device,) in self._left_online:
            self._add_presence(batch, device, False, GATEWAY_DOWN, last)
        self._left_online = []

    def _enter(self, batch, device):
        key = (device.key, device.protocol)
        known = self._devices.get(key)
        if known is None:
            known = self._devices[key] = _Known(self._next_device, device.alias, {})
            self._next_device += 1
        known.alias = device.alias
        batch.device += (
            known.number,
            device.luid,
            device.ruid,
            device.rhid,
            device.rsid,
            device.protocol,
            device.alias,
            device.name,
        )
        return known

    def _add_reading(self, batch, known, reading, kind, value, arrived):
        key = (reading.name, reading.unit or "", kind)
        series = known.series.get(key)
        if series is None:
            if len(known.series) >= MAX_SERIES:
                self.ignored += 1
                return
            series = known.series[key] = self._next_series
            self._next_series += 1
            batch.series += (series, known.number, *key)
        self._last_reading = number = max(self._last_reading + 1, arrived)
        batch.fresh += (number, series, reading.time, value)

    def _add_presence(self, batch, device, online, reason, arrived):
        self._last_presence = number = max(self._last_presence + 1, arrived)
        batch.presence += (number, device, online, reason)


def _kind_of(value):
    """(kind, value as SQLite has it)."""
    if isinstance(value, bool):
        return "boolean", int(value)
    if isinstance(value, str):
        return "text", value
    if isinstance(value, bytes):
        return "data", value
    if isinstance(value, int) and not -_INT64 <= value < _INT64:
        value = float(value)
    return "number", value


def _largest(db, table):
    return db.execute(f"SELECT max(id) FROM {table}").fetchone()[0] or 0
