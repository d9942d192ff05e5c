"""The few things MicroPython and CPython spell differently, and time arithmetic without a clock.

Everything here allocates nothing on MicroPython. `copy` and `same` are viper code where the build
has it (`_viper.py`) and plain Python elsewhere (`_plain.py`); both files define the same names with
the same meaning.

Time in the protocol core is `now`: milliseconds modulo 2**30 (MicroPython's tick period on 32-bit
boards), so that a point in time is always a small int. Intervals up to 2**29 ms (6.2 days) compare
correctly.
"""

import sys

try:
    from micropython import const
except ImportError:

    def const(value):
        """MicroPython folds `const(n)` at compile time; elsewhere it is the value itself."""
        return value


try:
    from ._viper import (  # noqa: F401
        claim,
        compose,
        copy,
        elapsed,
        find_zero,
        frame_at,
        put_frame,
        same,
        sweep,
    )
except (ImportError, SyntaxError, ValueError):
    # No micropython module, no native emitter, or a .mpy made for another architecture.
    from ._plain import (  # noqa: F401
        claim,
        compose,
        copy,
        elapsed,
        find_zero,
        frame_at,
        put_frame,
        same,
        sweep,
    )


def tick_add(now, ms):
    """The point in time `ms` (below 2**29) after `now`."""
    # Subtracting first keeps the sum below 2**30.
    return (now - (0x3FFFFFFF - ms) - 1) & 0x3FFFFFFF


def get_u16(buf, off):
    """The 16-bit big-endian number at `off`."""
    return buf[off] << 8 | buf[off + 1]


def put_u16(buf, off, value):
    """Write `value` as 16-bit big-endian at `off`."""
    buf[off] = value >> 8
    buf[off + 1] = value & 0xFF


def u32_at(buf, off):
    """The little-endian 32-bit number at `off` when it is in 0..2**29, else -1 (BSON's lengths are
    such numbers)."""
    if buf[off + 3] > 0x1F:
        return -1
    return buf[off] | buf[off + 1] << 8 | buf[off + 2] << 16 | buf[off + 3] << 24


def forget_module(name):
    """Give back the memory of a module that is needed rarely; its next import reads it again. A
    host has the memory, and keeps it."""
    if sys.implementation.name != "micropython":
        return
    if sys.modules.pop(name, None):
        package, _, leaf = name.rpartition(".")
        try:
            # Not asked for first: a package's __getattr__ would load it again.
            delattr(sys.modules[package], leaf)
        except (AttributeError, KeyError):
            pass
