"""What processes have used, from /proc (proc(5)): for workers, which prometheus-client does not
look at."""

import contextlib
import os

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_UTIME, _STIME, _RSS = 11, 12, 21  # fields of /proc/PID/stat, counted after the name


def usage(pids):
    """(seconds of processor time, bytes of resident memory) of these processes together; who is
    gone counts nothing."""
    seconds = memory = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            with open(f"/proc/{pid}/stat", "rb") as file:
                # The name is in brackets and may hold anything, brackets and spaces too.
                fields = file.read().rpartition(b")")[2].split()
            seconds += (int(fields[_UTIME]) + int(fields[_STIME])) / _TICK
            memory += int(fields[_RSS]) * _PAGE
    return seconds, memory
