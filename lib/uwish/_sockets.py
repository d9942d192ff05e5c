"""How CPython's sockets read and write, for `net.Link`; MicroPython never loads this file.

They raise BlockingIOError where streams say None, and take views where streams take an offset.
"""

_WOULD_BLOCK = 0  # as in net.py
_GONE = -1


def read(self, buf, n):
    """Read up to `n` bytes into `buf`: how many, WOULD_BLOCK, or GONE; or OSError."""
    try:
        return self.sock.recv_into(buf, n) or _GONE
    except BlockingIOError:
        return _WOULD_BLOCK


def write(self, buf, off, n):
    """Write up to `n` bytes of `buf` at `off`: how many, or WOULD_BLOCK; or OSError."""
    try:
        return self.sock.send(memoryview(buf)[off : off + n])
    except BlockingIOError:
        return _WOULD_BLOCK


def bind(self):
    """Nothing to prepare."""
