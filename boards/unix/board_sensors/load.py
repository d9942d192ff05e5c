"""How busy the machine is."""


class Sensor:
    """`load`: the average number of runnable processes over the last minute (proc(5),
    /proc/loadavg). Option `path` reads another file."""

    def __init__(self, options):
        self._path = options.get("path", "/proc/loadavg")
        with open(self._path):
            pass

    def read(self, pack):
        with open(self._path) as f:
            whole, _, hundredths = f.read(32).split(" ")[0].partition(".")
        # The kernel writes two decimals: with them as an integer no float is needed.
        return pack.number("load", int(whole + hundredths), -len(hundredths), "/")
