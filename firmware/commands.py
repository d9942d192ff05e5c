"""What may be set from outside: a gateway sends a SenML pack as to an actuator (RFC 8428 section
5.1.7), one record for each setting, such as

    [{"n": "interval", "u": "s", "v": 2}]

as CBOR. The name may carry the device's own base name. A pack that is not sound does nothing.

That is rare, so what reads SenML is in memory only while it does.
"""

import sys


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
        self.base_name = base_name.encode()
        self.settings = []
        self.report = report

    def add(self, name, unit, low, high, apply):
        """Let `apply(number)` be called when `name` is sent a number of `low`..`high` `unit`; it
        may refuse, and returns a sentence then."""
        self.settings.append(Setting(name, unit, low, high, apply))

    def takes(self, name):
        """True when there is a setting `name`."""
        return name in [setting.name for setting in self.settings]

    def obey(self, pack):
        """Do what `pack` (bytes-like) says; how many settings were made."""
        from obey import obey

        try:
            return obey(self, pack)
        finally:
            for name in ("obey", "senml_reader", "cbor_reader"):
                sys.modules.pop(name, None)
