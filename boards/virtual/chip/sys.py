"""`sys`, whose `stdout.buffer` writes bytes as they are: text gets "\\r\\n" for each newline."""

from sys import *
from sys import argv, path, ps1, ps2
from sys import stdout as _stdout

from . import bus


class _Raw:
    """sys.stdout.buffer."""

    def write(self, *data):
        """write(buffer), write(buffer, n) or write(buffer, offset, n), as every stream has it."""
        bus.ask("raw-output", True)
        try:
            return _stdout.buffer.write(*data)
        finally:
            bus.ask("raw-output", False)


class _Output:
    """sys.stdout."""

    buffer = _Raw()

    def write(self, text):
        """Write all of `text`."""
        return _stdout.write(text)


stdout = stderr = _Output()
