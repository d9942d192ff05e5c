"""The few things MicroPython and CPython spell differently, and time arithmetic without a clock.

Everything here allocates nothing on MicroPython. `copy` and `same` are viper code where the build
has it (`_viper.py`) and plain Python elsewhere (`_plain.py`); both files define the same names with
the same meaning.

Time in the protocol core is `now`: milliseconds modulo 2**30 (MicroPython's tick period on 32-bit
boards), so that a point in time is always a small int. Intervals up to 2**29 ms (6.2 days) compare
correctly.
"""

try:
    from micropython import const
except ImportError:

    def const(value):
        """MicroPython folds `const(n)` at compile time; elsewhere it is the value itself."""
        return value


try:
    from ._viper import copy, find_zero, same
except (ImportError, SyntaxError, ValueError):
    # No micropython module, no native emitter, or a .mpy made for another architecture.
    from ._plain import copy, find_zero, same

__all__ = (
    "const",
    "copy",
    "elapsed",
    "find_zero",
    "get_u16",
    "put_u16",
    "same",
    "tick_add",
    "u32_at",
)

_TICKS_MASK = const(0x3FFFFFFF)
_TICKS_HALF = const(0x1FFFFFFF)


def elapsed(now, since):
    """Milliseconds from `since` to `now` (negative when `since` lies ahead), both modulo 2**30."""
    delta = (now - since) & _TICKS_MASK
    if delta > _TICKS_HALF:
        # 2**30 itself is no small int on a 32-bit board.
        delta = delta - _TICKS_MASK - 1
    return delta


def tick_add(now, ms):
    """The point in time `ms` (below 2**29) after `now`."""
    # Subtracting first keeps the sum below 2**30.
    return (now - (_TICKS_MASK - ms) - 1) & _TICKS_MASK


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
