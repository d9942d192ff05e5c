"""Which of the two key exchanges this board gets; the rule is in the package's docstring."""

import gc
import sys

# Free heap that a whole device needs from here on, a handshake in the fast profile included:
# 48 KB on a 32-bit board. Objects of a 64-bit build are twice as large.
_ROOM = 48000 if sys.maxsize >> 31 == 0 else 96000

try:
    from uwish_board import dh_profile as PROFILE
except ImportError:
    gc.collect()
    PROFILE = "fast" if gc.mem_free() >= _ROOM else "small"

if PROFILE == "fast":
    try:
        # Tried now, because its native code has to be loaded at the start.
        from . import dh_fast

        del dh_fast
    except (ImportError, SyntaxError, ValueError):
        # A board without the files, or a build without native code.
        PROFILE = "small"
