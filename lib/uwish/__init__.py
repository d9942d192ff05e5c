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
    if home is None:
        raise AttributeError(name)
    value = getattr(__import__("uwish." + home, None, None, (name,)), name)
    globals()[name] = value
    return value
