"""How CPython's sockets read and write, for `net.Link`; MicroPython never loads this file.

They raise BlockingIOError where streams say None, and take views where streams take an offset.
"""


def read(self, buf, n):
    """Read up to `n` bytes into `buf`: how many, 0 when the other side has closed, None when it
    would block; or OSError."""
    try:
        return self.sock.recv_into(buf, n)
    except BlockingIOError:
        return None


def write(self, buf, off, n):
    """Write up to `n` bytes of `buf` at `off`: how many, None when it would block; or OSError."""
    try:
        return self.sock.send(memoryview(buf)[off : off + n])
    except BlockingIOError:
        return None


def bind(self):
    """Nothing to prepare."""
