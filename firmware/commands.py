"""What may be set from outside: a gateway sends a SenML pack as to an actuator (RFC 8428 section
5.1.7), one record for each setting, such as

    [{"n": "interval", "u": "s", "v": 2}]

as CBOR. The name may carry the device's own base name. A pack that is not sound does nothing.
"""

from senml_reader import NUMBER, Reader


class Setting:
    """A number that may be set: `low`..`high` in `unit`; a record without a unit means that one."""

    def __init__(self, name, unit, low, high, apply):
        self.name = name
        self.key = name.encode()
        self.unit = unit.encode()
        self.low = low
        self.high = high
        self.apply = apply


class Commands:
    """The settings of a device whose SenML base name is `base_name` (str). `report(name, outcome)`
    is told of each record: the number that was set, or a sentence that says why not."""

    def __init__(self, base_name, report):
        self._base = base_name.encode()
        self._settings = []
        self._reader = Reader()
        self._report = report

    def add(self, name, unit, low, high, apply):
        """Let `apply(number)` be called when `name` is sent a number of `low`..`high` `unit`."""
        self._settings.append(Setting(name, unit, low, high, apply))

    def obey(self, pack):
        """Do what `pack` (bytes-like) says; how many settings were made."""
        reader = self._reader
        if not reader.open(pack):
            self._report("", "not a sound SenML pack in CBOR")
            return 0
        made = 0
        while reader.next():
            setting = self._find(reader)
            if setting is None:
                self._report("", "no setting of that name")
                continue
            refusal = self._fault(setting, reader)
            if refusal:
                self._report(setting.name, refusal)
                continue
            setting.apply(reader.number)
            self._report(setting.name, reader.number)
            made += 1
        return made

    def _find(self, reader):
        for setting in self._settings:
            if reader.named(setting.key) or reader.named(self._base + setting.key):
                return setting
        return None

    def _fault(self, setting, reader):
        if reader.kind != NUMBER:
            return "not a number"
        if not reader.measured_in(setting.unit) and not reader.measured_in(b""):
            return "not in " + setting.unit.decode()
        if not setting.low <= reader.number <= setting.high:
            return "not within %s..%s" % (setting.low, setting.high)
        return None
