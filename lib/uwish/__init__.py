"""uwish: a Wish peer for microcontrollers. Importing this is cheap; the machinery is loaded with
the first name used.

    import uwish
    app = uwish.App("greenhouse", protocols=("sensor",), store=uwish.FileStore("/uwish"))
"""

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
    "MemoryStore": "store",
    "Peer": "peers",
    "Pin": "pins",
}


def __getattr__(name):
    home = _HOMES.get(name)
    if home is not None:
        value = getattr(__import__("uwish." + home, None, None, (name,)), name)
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
