"""How much memory the machine has left."""


class Sensor:
    """`memory-free`: bytes that can be had without swapping (proc(5), MemAvailable in
    /proc/meminfo). Option `path` reads another file."""

    def __init__(self, options):
        self._path = options.get("path", "/proc/meminfo")
        self._available()

    def read(self, pack):
        return pack.number("memory-free", self._available(), 0, "B")

    def _available(self):
        with open(self._path) as f:
            for line in f:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024  # the kernel's kB are KiB
        raise OSError("no MemAvailable in " + self._path)
