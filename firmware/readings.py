"""All sensors in one SenML frame. A sensor that fails is reported, and silences no other."""

from uwish.senml import Pack
from uwish.status import FULL


class Readings:
    """`sensors` as `sensors/__init__.py` describes them; the rest as for `Agent`. `pack` is the
    frame: read its `buf` and `length`."""

    def __init__(self, sensors, base_name, frame_size, clock, epoch, counts, report):
        self.pack = Pack(bytearray(frame_size), epoch)
        self.prepare_ms = 0  # what the slowest needs between `prepare` and `take`
        self._sensors = sensors
        self._base_name = base_name
        self._clock = clock
        self._counts = counts
        self._report = report
        for sensor in sensors:
            self.prepare_ms = max(self.prepare_ms, getattr(sensor, "prepare_ms", 0))

    def prepare(self):
        """Begin what takes time."""
        for sensor in self._sensors:
            if getattr(sensor, "prepare_ms", 0):
                try:
                    sensor.prepare()
                except Exception as error:
                    self._failed(error)

    def urgent(self):
        """True when a sensor has something that is not to wait."""
        for sensor in self._sensors:
            if getattr(sensor, "urgent", False):
                return True
        return False

    def begin(self):
        """An empty frame with our name, and the time if it is known: the pack."""
        self.pack.clear()
        self.pack.base(self._base_name, self._clock() if self._clock else None)
        return self.pack

    def take(self, interval_ms, asks_time=False):
        """Read all sensors into the frame, and tell the interval, unless it is 0; `asks_time`: tell
        also whether the time is known, by which a gateway knows that it may be set."""
        pack = self.begin()
        if interval_ms:
            pack.number("interval", interval_ms, -3, "s")
        if asks_time:
            pack.boolean("clock", self._clock() is not None)
        for sensor in self._sensors:
            try:
                status = sensor.read(pack)
            except Exception as error:
                # Whatever a driver raises: the device is more than one of its sensors.
                self._failed(error)
                continue
            if status == FULL:
                self._counts.cut += 1
        return pack

    def _failed(self, error):
        self._counts.failed_readings += 1
        self._report("failed", error)
