"""What a board says of itself."""


def facts():
    """A dict of what cannot be seen from outside."""
    import gc
    import os
    import sys

    gc.collect()
    me = sys.implementation
    disk = os.statvfs("/")
    return {
        "name": me.name,
        "version": tuple(me.version[:3]),
        "machine": os.uname()[4] if hasattr(os, "uname") else sys.platform,
        "mpy": getattr(me, "_mpy", 0),
        "block": disk[0],
        "free": disk[0] * disk[3] if 0 <= disk[3] <= disk[2] else 0,  # see free() of disk.py
        "heap": gc.mem_free(),
        "frozen": _is_frozen(),
    }


def _is_frozen():
    # boot.py has loaded it already. What is frozen has no path in a file system.
    try:
        import safemode

        return not safemode.__file__.startswith("/")
    except (ImportError, AttributeError):
        return False
