"""The watchdog means something: it is fed only when every task of TASKS has reported since the last
time. Before it bites, the crash line says who did not.

A crash is written down, survives the reset, and is sent as the first frame after it; three in a row
lead to safe mode (safemode.py).
"""

import gc
import io
import sys

from kept import Kept, open_memory
from safemode import let_go

from uwish.compat import const, elapsed
from uwish.log import error, info, warn

TASKS = ("wifi", "network", "readings")
WIFI = const(0)
NETWORK = const(1)
READINGS = const(2)
_ALL = const(7)

_SETTLED_MS = const(600000)  # of work without a crash, then the row of crashes is over


class Supervisor:
    """`watchdog_s` seconds without all reports reset the board; 0: no watchdog."""

    def __init__(self, watchdog_s, now, kept=None):
        self.kept = kept or Kept(open_memory())
        self.kept.running = True
        self.kept.save()
        self._watchdog = _watchdog(watchdog_s)
        self._limit_ms = watchdog_s * 500  # half of it: then there is still time to write
        self._reported = 0
        self._fed = now
        self._began = now
        self._settled = self.kept.crashes == 0
        self._blamed = False

    def report(self, task):
        """`task` (WIFI, NETWORK, READINGS) has come round once more."""
        self._reported |= 1 << task

    def step(self, now):
        """Feed the watchdog if all have reported."""
        if self._reported == _ALL:
            self._reported = 0
            self._fed = now
            if self._watchdog:
                self._watchdog.feed()
            if self._blamed:
                self._blamed = False
                self.kept.line = ""
                self.kept.save()
        elif self._watchdog and not self._blamed and elapsed(now, self._fed) > self._limit_ms:
            self._blame(elapsed(now, self._fed) // 1000)
        if not self._settled and elapsed(now, self._began) > _SETTLED_MS:
            self.settled()

    def settled(self):
        """It works: earlier crashes count no more."""
        self._settled = True
        if self.kept.crashes:
            self.kept.crashes = 0
            self.kept.save()

    def told(self):
        """The crash line has reached somebody."""
        if self.kept.line:
            self.kept.line = ""
            self.kept.save()

    def ended(self):
        """From here on a reset is no crash: before sleep, and when the prompt is wanted."""
        self.kept.running = False
        self.kept.save()

    def interrupted(self):
        """Ctrl-C: the prompt, and whoever asked for it, get an hour."""
        self.ended()
        let_go()
        print("uwish: stopped for the prompt; a reset, or an hour, and it works again.")

    def crashed(self, exception):
        """Write the crash down and reset the board."""
        line = describe(exception)
        error("crash: %s", line)
        self.kept.crashed(line)
        self.kept.save()
        reset()

    def start_anew(self, why):
        """Reset the board in order, as the last thing that may help."""
        warn("%s: starting anew", why)
        self.ended()
        reset()

    def _blame(self, seconds):
        self._blamed = True
        missing = [name for i, name in enumerate(TASKS) if not self._reported & (1 << i)]
        self.kept.line = "watchdog: %s silent for %d s" % (" and ".join(missing), seconds)
        warn("%s", self.kept.line)
        self.kept.save()


def describe(exception):
    """One line: what it is, and where it was raised."""
    gc.collect()
    try:
        lines = _traceback(exception).strip().split("\n")
        where = [line.split('"') for line in lines if line.lstrip().startswith("File ")]
        if not where:
            return lines[-1]
        _, path, place = where[-1]
        return "%s at %s%s" % (lines[-1], path.rpartition("/")[2], place)
    except MemoryError:
        return type(exception).__name__


def _traceback(exception):
    if not hasattr(sys, "print_exception"):
        import traceback

        return "".join(
            traceback.format_exception(type(exception), exception, exception.__traceback__)
        )
    text = io.StringIO()
    sys.print_exception(exception, text)
    return text.getvalue()


def reset():
    """Reset the board."""
    import machine

    machine.reset()


def _watchdog(seconds):
    if not seconds:
        return None
    try:
        import machine

        return machine.WDT(timeout=seconds * 1000)
    except (ImportError, AttributeError):
        info("this board has no watchdog")
        return None
