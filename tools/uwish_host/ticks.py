"""The clock of connections."""

from uwish.net import TICKS_MASK, ticks_ms


def now_ms():
    """The time in ms, modulo 2**30 as all of the library has it (`uwish.compat`)."""
    return ticks_ms() & TICKS_MASK
