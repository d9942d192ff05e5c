"""Rows of the database, made of what sinks are given. All numbers are given out here, because there
is one writer: nothing has to be asked of the database while frames come."""

# Of one identity; a name made up anew for each reading would fill memory and disk.
MAX_SERIES = 1000
MAX_APPS = 64  # on all its hosts, and each of their protocols; further ones are kept as the last

GATEWAY_DOWN = "gateway_down"  # why a device went when the gateway did not live to see it

_INT64 = 2**63
_ROW_BYTES = 160  # what a row costs in memory, about


class _Owner:
    # An identity: how much it has of what is limited, and the last of its apps.
    __slots__ = ("apps", "last", "series", "told")

    def __init__(self):
        self.apps = self.series = 0
        self.last = None
        self.told = False  # that it has too many series


class _Known:
    __slots__ = ("alias", "number", "owner", "series")

    def __init__(self, number, alias, owner):
        self.number = number
        self.alias = alias
        self.series = {}  # (name, unit, kind): number
        self.owner = owner
        owner.apps += 1
        owner.last = self


class Rows:
    """Adds rows to batches (batch.Batch). `db` is asked once for what is there already. `raw` says
    which frames are kept (see Storage). `ignored` counts readings of identities with too many
    series; `tell(text)` says of each that it is so."""

    def __init__(self, db, raw, tell):
        self.ignored = 0
        self._tell = tell
        self._raw = raw != "none"
        self._raw_of_readings = raw == "all"
        self._devices = {}  # sink.Device, or the same as a tuple of the database: _Known
        self._owners = {}  # uid: _Owner
        for number, *parts, alias, _ in db.execute("SELECT * FROM device"):
            key = (b"".join(parts[:4]), parts[4])
            self._devices[key] = _Known(number, alias, self._owner(parts[1]))
        by_number = {known.number: known for known in self._devices.values()}
        for number, device, name, unit, kind in db.execute("SELECT * FROM series"):
            known = by_number[device]
            known.series[name, unit, kind] = number
            known.owner.series += 1
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
        batch.bytes += len(frame.data) + _ROW_BYTES * (1 + len(readings))
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

    def newest(self):
        """When something came last (microseconds since 1970); 0: never."""
        return max(self._last_frame, self._last_reading, self._last_presence)

    def gateway_was_down(self, batch):
        """Who was online when the last gateway ended without a word went then, as far as we know:
        nothing had come later."""
        last = self.newest()
        for (device,) in self._left_online:
            self._add_presence(batch, device, False, GATEWAY_DOWN, last)
        self._left_online = []

    def _enter(self, batch, device):
        key = (device.key, device.protocol)
        known = self._devices.get(key)
        if known is None:
            owner = self._owner(device.ruid)
            if owner.apps < MAX_APPS:
                known = self._devices[key] = _Known(self._next_device, None, owner)
                self._next_device += 1
            else:
                known = owner.last
                if known.alias == device.alias:
                    return known
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

    def _owner(self, uid):
        owner = self._owners.get(uid)
        if owner is None:
            owner = self._owners[uid] = _Owner()
        return owner

    def _add_reading(self, batch, known, reading, kind, value, arrived):
        key = (reading.name, reading.unit or "", kind)
        series = known.series.get(key)
        if series is None:
            if known.owner.series >= MAX_SERIES:
                self._ignore(known)
                return
            known.owner.series += 1
            series = known.series[key] = self._next_series
            self._next_series += 1
            batch.series += (series, known.number, *key)
        self._last_reading = number = max(self._last_reading + 1, arrived)
        batch.fresh += (number, series, reading.time, value)

    def _ignore(self, known):
        self.ignored += 1
        if not known.owner.told:
            known.owner.told = True
            self._tell(
                f"{known.alias} has given {MAX_SERIES:,} names and units to its readings: "
                "those under others are not kept"
            )

    def _add_presence(self, batch, device, online, reason, arrived):
        self._last_presence = number = max(self._last_presence + 1, arrived)
        batch.bytes += _ROW_BYTES
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
