"""How warm the machine is, where its kernel says so; that of a virtual machine hardly ever does."""

import os


class Sensor:
    """`temperature`, in degrees Celsius: the first thermal zone that can be read (Linux,
    Documentation/ABI/testing/sysfs-class-thermal: millidegrees). Option `path` reads another
    folder. OSError when no zone tells."""

    def __init__(self, options):
        folder = options.get("path", "/sys/class/thermal")
        for zone in sorted(os.listdir(folder)):
            self._path = folder + "/" + zone + "/temp"
            if zone.startswith("thermal_zone"):
                try:
                    self._millidegrees()
                    return
                except (OSError, ValueError):
                    continue
        raise OSError("no thermal zone in " + folder)

    def read(self, pack):
        return pack.number("temperature", self._millidegrees(), -3, "Cel")

    def _millidegrees(self):
        with open(self._path) as f:
            return int(f.read(16))
