"""Which of the two key exchanges this board gets; the rule is in the package's docstring."""

import gc
import sys

# Free heap that a whole device needs from here on, a handshake in the fast profile included:
# 48 KB on a 32-bit board. Objects of a 64-bit build are twice as large.
_ROOM = 48000 if sys.maxsize >> 31 == 0 else 96000


def _wanted():
    try:
        from uwish_board import dh_profile

        return dh_profile
    except ImportError:
        gc.collect()
        return "fast" if gc.mem_free() >= _ROOM else "small"


PROFILE = "small"
if _wanted() == "fast":
    try:
        from .dh_fast import KeyExchange

        PROFILE = "fast"
    except (ImportError, SyntaxError, ValueError):
        # A board without the files, or a build without native code.
        pass
if PROFILE == "small":
    from .dh_small import KeyExchange

__all__ = ("PROFILE", "KeyExchange")
