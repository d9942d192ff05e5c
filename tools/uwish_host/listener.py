"""Where the gateway listens: HOST:PORT in words, sockets, and callers let in one after another."""

import errno
import socket

from .errors import Failure

_BACKLOG = 4096  # who waits here has not begun to wait for an answer; Linux cuts it to somaxconn
_ACCEPTS = 16  # in one turn of the event loop, so that callers do not starve who is here
_PAUSE_S = 0.5  # before the next try when this process may open no more files
_BUSY_S = 0.01  # before the next look whether callers can be served again
_EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


def parse_address(text):
    """("host", port) of "host:port", "[IPv6]:port" or ":port" (all addresses)."""
    host, colon, port = text.rpartition(":")
    if host[:1] == "[" and host[-1:] == "]":
        host = host[1:-1]
    elif ":" in host:
        colon = ""
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise Failure(f"an address must look like HOST:PORT or [IPv6]:PORT: {text!r}")
    return host, int(port)


def show_address(sockaddr):
    """A socket's address for people: host:port, [IPv6]:port."""
    host, port = sockaddr[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def open_socket(host, port):
    """A listening socket; a Failure in words when the address is not ours or the port is taken."""
    shown = show_address((host or "*", port))
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "no such name"
        raise Failure(f"cannot listen on {shown}: {reason}: check the host's name") from None
    sock = socket.socket(family, kind)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(_BACKLOG)
    except OSError as error:
        sock.close()
        raise Failure(f"cannot listen on {shown}: {_explain(error)}") from None
    return sock


def _explain(error):
    if error.errno == errno.EADDRINUSE:
        return "the port is in use: stop the other program or take another port"
    if error.errno == errno.EADDRNOTAVAIL:
        return "this machine does not have that address"
    if error.errno == errno.EACCES:
        return "not allowed: take a port above 1023"
    return error.strerror or str(error)


class Listener:
    """Hands every caller to accept(sock, host, address); `close()` ends that. While `busy()` nobody
    is let in: the kernel keeps them, their deadline has not begun."""

    def __init__(self, loop, sock, accept, busy=lambda: False):
        self._loop = loop
        self._sock = sock
        self._accept = accept
        self._busy = busy
        self._pause = None
        loop.add_reader(sock, self._on_readable)

    def close(self):
        """Listen no more."""
        if self._pause:
            self._pause.cancel()
        self._loop.remove_reader(self._sock)
        self._sock.close()

    def _on_readable(self):
        for _ in range(_ACCEPTS):
            if self._busy():
                self._rest(_BUSY_S)
                return
            try:
                sock, address = self._sock.accept()
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                if error.errno in _EXHAUSTED:
                    self._rest(_PAUSE_S)
                # Anything else is the end of one caller before it was let in.
                return
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._accept(sock, address[0], show_address(address))

    def _rest(self, delay_s):
        self._loop.remove_reader(self._sock)
        self._pause = self._loop.call_later(delay_s, self._resume)

    def _resume(self):
        self._pause = None
        self._loop.add_reader(self._sock, self._on_readable)
