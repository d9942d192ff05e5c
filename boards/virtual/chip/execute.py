"""Runs code for the prompt: under Ctrl-C, with its traceback, in the namespace of __main__."""

import io
import sys

from . import bus
from .console import put

# Codes of shared/runtime/pyexec.h in MicroPython: how something ended.
NORMAL = 0
FAILED = 1
RESET = 2  # SystemExit: a board's interpreter starts anew

namespace = None  # of __main__; start.run() sets it
_OWN_FRAME = '/chip/execute.py"'


def source(text, kind="exec", mark=""):
    """Compile and run `text`, in UTF-8. `mark` is written after its output and again after its
    traceback."""
    return _run(lambda: exec(compile(bytes(text), "<stdin>", kind), namespace), mark)


def file_if_exists(path):
    """Run a file; NORMAL when there is none."""
    import os

    try:
        os.stat(path)
    except OSError:
        return NORMAL
    return _run(lambda: execfile(path, namespace), "")


def _run(work, mark):
    error = None
    try:
        bus.ask("interruptible", True)
        work()
    except BaseException as e:
        error = e
    while True:
        try:
            bus.ask("interruptible", False)
            break
        except KeyboardInterrupt as e:
            error = error or e
    put(mark)
    ending = NORMAL
    if isinstance(error, SystemExit):
        ending = RESET
    elif error is not None:
        put(traceback(error))
        ending = FAILED
    put(mark)
    return ending


def traceback(error):
    """What sys.print_exception would print, without the frames of this file."""
    out = io.StringIO()
    sys.print_exception(error, out)
    lines = out.getvalue().split("\n")
    return "\n".join([line for line in lines if _OWN_FRAME not in line])
