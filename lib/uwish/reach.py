"""Opening a TCP connection. In a board's memory only while a host is dialled; what moves bytes and
waits is in `net.py`."""

import socket

from .compat import const
from .net import GONE, WOULD_BLOCK

_POLLIN = const(1)
_POLLOUT = const(4)
_POLLERR_HUP = const(24)
# EINPROGRESS as Linux, ESP32, BSD and Windows call it.
_IN_PROGRESS = (115, 119, 36, 10035)


def resolve(host, port):
    """The socket address of `host`; OSError when it has none. Blocks while a name is looked up; one
    that ends in .local ESP32's firmware looks up by mDNS (RFC 6762), for 5 s at most, and a desktop
    if its system is set up to."""
    return socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)[0]


def begin(link, info):
    """Let `link` begin to connect to an address from `resolve`; False when that fails at once."""
    sock = None
    try:
        sock = socket.socket(info[0], socket.SOCK_STREAM)
        sock.setblocking(False)
        try:
            sock.setsockopt(6, 1, 1)  # TCP_NODELAY: a frame is worth a segment
        except OSError:
            pass
        try:
            sock.connect(info[-1])
        except OSError as e:
            if e.errno not in _IN_PROGRESS:
                raise
    except OSError:
        if sock is not None:
            sock.close()
        return False
    link.attach(sock)
    return True


def progress(link):
    """While it is connecting: 1 when connected, WOULD_BLOCK, or GONE."""
    events = link.events
    # On ESP32 a refusal looks like input without room for output.
    if events & _POLLERR_HUP or (events & _POLLIN and not events & _POLLOUT):
        link.close()
        return GONE
    if events & _POLLOUT:
        link.connected = True
        link.watch(True, False)
        return 1
    return WOULD_BLOCK
