"""What the short names in a board's tracebacks stand for.

The library on a board has short names (see shrink), so a traceback says `in Bc` where its author
would like to read `Node._call`. A short name may stand for several functions, which never meet in
one class; all of them are told. The firmware's own modules keep their names.
"""

import re
from pathlib import PurePosixPath

from . import cache

# A line of a traceback, or of a crash as the firmware tells it: the module and, last, the name.
_PLACE = re.compile(r"(?:File \"|\bat )([\w./]+)\"?, line \d+, in (\w+)\s*$")


def listed(compiled):
    """What is to be kept of a compile.Compiled."""
    whole = [name for name in compiled.files if not name.startswith("uwish/")]
    return {"functions": compiled.functions, "whole": sorted(map(_module, whole))}


class Names:
    """The names of the build that a board says it has, or, without one, of the last that was made
    here."""

    def __init__(self, build=None):
        kept = cache.names_of(build) or {}
        self._functions = kept.get("functions", {})
        self._whole = set(kept.get("whole", ()))

    def explain(self, line):
        """`line`, with what the name at its end stands for behind it."""
        place = _PLACE.search(line)
        if place is None or _module(place[1]) in self._whole:
            return line
        meant = self._functions.get(place[2])
        return f"{line.rstrip()} ({' or '.join(meant)})" if meant else line


def _module(name):
    return PurePosixPath(name).stem
