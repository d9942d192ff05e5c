"""What is left of the interpreter's own heap: the health of a device in one number."""

import gc

from . import label

OPTIONS = ()


class Sensor:
    """`heap-free`, in bytes; after a collection, so that it falls only when memory is lost."""

    def __init__(self, options):
        if not hasattr(gc, "mem_free"):
            raise OSError("this interpreter does not tell its free heap")
        self._label = label(options, "heap-free")

    def read(self, pack):
        gc.collect()
        return pack.number(self._label, gc.mem_free(), 0, "B")
