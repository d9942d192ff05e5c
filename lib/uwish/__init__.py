"""uwish: a Wish peer for microcontrollers. Importing this is cheap; the machinery is loaded with
the first name used.

    import uwish
    app = uwish.App("greenhouse", protocols=("sensor",), store=uwish.FileStore("/wish"))
"""

import gc
import sys

from .status import FULL, NOT_FOUND, OK, TOO_LARGE

__version__ = "0.1.0"
__all__ = (
    "ANY_HOST",
    "App",
    "FULL",
    "FileStore",
    "MemoryStore",
    "NOT_FOUND",
    "OK",
    "Peer",
    "Pin",
    "TOO_LARGE",
)

ANY_HOST = bytes(32)  # in a pin: any host of that identity

_HOMES = {
    "App": "app",
    "FileStore": "store",
    "MemoryStore": "memory_store",
    "Peer": "peers",
    "Pin": "pin",
}


# What App is made of, from the leaves up: loaded in this order no import nests deeply, which a
# board's small stack would not bear.
_PARTS = (
    "compat status phases reasons log stats bson record sendbuf crypto service peers replies "
    "session connection net line node peer_api identity store"
)


def _load(module):
    if module == "app" and sys.implementation.name == "micropython":
        # Loading leaves garbage between what stays. Collecting each time keeps the free heap in one
        # piece: the library then starts in a heap that is a tenth smaller.
        for part in _PARTS.split():
            __import__("uwish." + part)
            gc.collect()
    return __import__("uwish." + module, None, None, ("",))


def __getattr__(name):
    home = _HOMES.get(name)
    if home is not None:
        value = getattr(_load(home), name)
    elif name[:1] == "_":
        raise AttributeError(name)
    else:
        # MicroPython asks here also for submodules, in `from . import log`.
        try:
            value = __import__("uwish." + name, None, None, (name,))
        except ImportError:
            raise AttributeError(name) from None
    globals()[name] = value
    return value
