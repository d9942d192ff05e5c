"""Log lines for people, on the console unless `sink` is replaced. Nothing secret is ever passed to
it.

    import uwish.log
    uwish.log.level = uwish.log.WARN

A line names who it is about, the phase, what happened, and what to try. The hot path logs nothing.
"""

from .compat import const

ERROR = const(0)
WARN = const(1)
INFO = const(2)
DEBUG = const(3)

level = WARN
sink = print

_NAMES = ("error", "warn", "info", "debug")


def _emit(severity, text, args):
    if severity <= level:
        sink("uwish %s: %s" % (_NAMES[severity], text % args if args else text))


def error(text, *args):
    """Something was lost, or will not work until somebody acts."""
    _emit(ERROR, text, args)


def warn(text, *args):
    """Something failed that will be tried again."""
    _emit(WARN, text, args)


def info(text, *args):
    """What a curious owner wants to see: connections made and ended."""
    _emit(INFO, text, args)
