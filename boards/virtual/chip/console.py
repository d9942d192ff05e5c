"""The serial port as the prompt uses it: single bytes in, text out."""

import sys

from micropython import const

CTRL_A = const(1)
CTRL_B = const(2)
CTRL_C = const(3)
CTRL_D = const(4)
CTRL_E = const(5)

_input = sys.stdin.buffer
_one = bytearray(1)


def get():
    """The next byte; Ctrl-C is one like all others. Ends the process when the port is gone."""
    while True:
        try:
            if not _input.readinto(_one):
                raise SystemExit
            return _one[0]
        except KeyboardInterrupt:
            return CTRL_C


def put(text):
    """Write text; the broker writes "\\r\\n" for each newline, as a board does."""
    print(text, end="")


def put_bytes(data):
    """Write bytes as they are, unless there is a newline in them."""
    sys.stdout.buffer.write(data)
