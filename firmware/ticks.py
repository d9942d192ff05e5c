"""The time in ms, as the library counts it: modulo 2**30, see `uwish.compat`."""

import time

if hasattr(time, "ticks_ms"):

    def now_ms():
        """The time in ms, modulo 2**30."""
        return time.ticks_ms() & 0x3FFFFFFF

    sleep_ms = time.sleep_ms

else:

    def now_ms():
        """The time in ms, modulo 2**30."""
        return time.monotonic_ns() // 1000000 & 0x3FFFFFFF

    def sleep_ms(ms):
        """Do nothing for `ms`."""
        time.sleep(ms / 1000)
