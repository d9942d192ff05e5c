"""`socket` as on an ESP32, reaching the network through the broker.

A TCP connection goes over a relay in the broker, which carries it while the Wi-Fi is up. When that
is lost, the other end hears nothing (no FIN, no RST), and reads and writes here end with
EHOSTUNREACH (113) once and ENOTCONN (128 on ESP32) from then on, as measured on a board. Addresses
are ("1.2.3.4", port), as there. UDP and listening sockets are the host's own, on its loopback.
"""

import io
from socket import *
from socket import getaddrinfo as _getaddrinfo
from socket import sockaddr as _sockaddr
from socket import socket as _socket

from . import bus

_EHOSTUNREACH = 113
_ENOTCONN = 128
_POLL = 3  # requests of py/stream.h
_CLOSE = 4
_GET_FILENO = 10


def getaddrinfo(host, port, af=0, type=0, proto=0, flags=0):
    """[(family, type, protocol, name, (address, port))]; OSError -202 when nothing answers."""
    return [(AF_INET, type or SOCK_STREAM, 0, "", (bus.ask("resolve", host), int(port)))]


_own_ports = set()  # that a program of this board has: it reaches itself without Wi-Fi
_sent_to_itself = {}  # port: datagrams on their way


class socket(io.IOBase):
    """A native socket, its errors turned into a board's."""

    def __init__(self, af=AF_INET, type=SOCK_STREAM, proto=0, native=None):
        self._native = native or _socket(af, type, proto)
        self._is_stream = type == SOCK_STREAM
        self._relay = None
        self._port = 0
        self._dead = 0  # the errno of every further call

    def connect(self, address):
        """See socket.socket; EHOSTUNREACH without Wi-Fi."""
        if address[1] in _own_ports:
            self._native.connect(_pack(*address))
        elif self._is_stream:
            self._relay = bus.ask("relay", list(address))
            self._native.connect(_pack("127.0.0.1", self._relay))
        else:
            self._native.connect(_pack(*address))

    def bind(self, address):
        """See socket.socket."""
        self._native.bind(_pack(*address))
        self._port = address[1]
        _own_ports.add(self._port)

    def listen(self, backlog=2):
        """See socket.socket."""
        self._native.listen(backlog)

    def accept(self):
        """See socket.socket."""
        connection, address = self._native.accept()
        return socket(native=connection), _unpack(address)

    def setblocking(self, blocking):
        """See socket.socket."""
        self._native.setblocking(blocking)

    def settimeout(self, seconds):
        """See socket.socket."""
        self._native.settimeout(seconds)

    def setsockopt(self, level, option, value):
        """See socket.socket; what Linux does not know is passed over."""
        try:
            self._native.setsockopt(level, option, value)
        except OSError:
            pass

    def fileno(self):
        """See socket.socket."""
        return self._native.fileno()

    def makefile(self, mode="rb", buffering=0):
        """Itself: a socket is a stream."""
        return self

    def ioctl(self, request, argument):
        """What select.poll and the streams ask (py/stream.h)."""
        if request == _GET_FILENO:
            return self._native.fileno()
        if request == _CLOSE:
            self.close()
        return 0

    def close(self):
        """See socket.socket."""
        self._native.close()
        _own_ports.discard(self._port)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def readinto(self, buf, n=None):
        """See io.IOBase; None when it would block."""
        self._check()
        try:
            return self._native.readinto(buf) if n is None else self._native.readinto(buf, n)
        except OSError as error:
            self._fail(error)

    def read(self, n=None):
        """See io.IOBase; None when it would block."""
        self._check()
        try:
            return self._native.read() if n is None else self._native.read(n)
        except OSError as error:
            self._fail(error)

    def readline(self, n=-1):
        """See io.IOBase."""
        self._check()
        try:
            return self._native.readline()
        except OSError as error:
            self._fail(error)

    def write(self, buf, offset=None, n=None):
        """See io.IOBase; None when it would block."""
        self._check()
        try:
            if offset is None:
                return self._native.write(buf)
            if n is None:
                return self._native.write(buf, offset)
            return self._native.write(buf, offset, n)
        except OSError as error:
            self._fail(error)

    def recv(self, n):
        """See socket.socket."""
        self._check()
        try:
            return self._native.recv(n)
        except OSError as error:
            self._fail(error)

    def send(self, data):
        """See socket.socket."""
        self._check()
        try:
            return self._native.send(data)
        except OSError as error:
            self._fail(error)

    def sendall(self, data):
        """See socket.socket."""
        self._check()
        try:
            return self._native.sendall(data)
        except OSError as error:
            self._fail(error)

    def sendto(self, data, address):
        """See socket.socket; EHOSTUNREACH without Wi-Fi."""
        host, port = address
        if port in _own_ports:
            _sent_to_itself[port] = _sent_to_itself.get(port, 0) + 1
        elif not bus.ask("online"):
            if host.startswith("127."):
                return len(data)  # nobody there, which a sender is not told
            raise OSError(_EHOSTUNREACH)
        return self._native.sendto(data, _pack(host, port))

    def recvfrom(self, n):
        """See socket.socket."""
        while True:
            data, address = self._native.recvfrom(n)
            own = _sent_to_itself.get(self._port, 0)
            if own:
                _sent_to_itself[self._port] = own - 1
            if own or bus.ask("online"):
                return data, _unpack(address)
            # It came over the air while there was none; perhaps there is another one.

    def _check(self):
        if self._dead:
            raise OSError(self._dead)

    def _fail(self, error):
        if error.errno == 11:  # EAGAIN
            raise error
        if self._relay is not None:
            self._dead = _ENOTCONN
            if bus.ask("was-cut", self._relay):
                raise OSError(_EHOSTUNREACH)
        raise error


def _pack(host, port):
    return _getaddrinfo(host or "0.0.0.0", port)[0][-1]


def _unpack(packed):
    _, host, port = _sockaddr(packed)[:3]
    return ".".join([str(part) for part in host]), port
