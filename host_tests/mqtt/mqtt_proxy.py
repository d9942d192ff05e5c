"""A wire to a broker that a test can cut and mend, a broker that knows no MQTT 5, and one that lets
nobody subscribe."""

import contextlib
import socket
import threading

from mqtt_broker import HOST, free_port

_NAME = b"\0\4MQTT"  # in CONNECT, before the version: MQTT 3.1.1, 3.1.2
_SUBACK = 0x90
NOT_AUTHORIZED, FAILURE = b"\x87", b"\x80"  # MQTT 5.0, 3.9.3; 3.1.1 has only the latter, 3.9.3
_UNACCEPTABLE = bytes((0x20, 2, 0, 1))  # CONNACK: this version is not spoken, MQTT 3.1.1, 3.2.2.3


class Wire:
    """Leads from `port` to `target`, another port of loopback, as long as it is not cut."""

    def __init__(self, target):
        self.port = free_port()
        self._target = target
        self._listener = None
        self._sockets = []
        self.mend()

    @property
    def url(self):
        return f"mqtt://{HOST}:{self.port}"

    def mend(self):
        """Lead through again."""
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind((HOST, self.port))
        self._listener.listen()
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self):
        """End all connections, and take no more."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self._sockets = []

    def _accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                sock, _ = listener.accept()
                self._sockets.append(sock)
                threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        with (
            contextlib.suppress(OSError),
            sock,
            socket.create_connection((HOST, self._target)) as to,
        ):
            self._sockets.append(to)
            back = threading.Thread(target=self._answer, args=(to, sock), daemon=True)
            back.start()
            self._forward(sock, to)
            back.join()

    def _forward(self, sock, to):
        _copy(sock, to)

    def _answer(self, source, to):
        _copy(source, to)


class OldBroker(Wire):
    """It knows no MQTT 5: it says so, or (`rude`) hangs up. `versions` lists what was tried."""

    def __init__(self, target, rude=False):
        self.versions = []
        self._rude = rude
        super().__init__(target)

    def _forward(self, sock, to):
        hello = sock.recv(4096)
        if not hello:
            return
        self.versions.append(hello[hello.index(_NAME) + len(_NAME)])
        if self.versions[-1] == 5:
            if not self._rude:
                sock.sendall(_UNACCEPTABLE)
            sock.shutdown(socket.SHUT_RDWR)
            to.shutdown(socket.SHUT_RDWR)
            return
        to.sendall(hello)
        _copy(sock, to)


class DeafBroker(Wire):
    """Refuses all subscriptions: the last byte of each SUBACK, which has one code here, becomes
    `code`."""

    def __init__(self, target, code=NOT_AUTHORIZED):
        self._code = code
        super().__init__(target)

    def _answer(self, source, to):
        with contextlib.suppress(OSError), source.makefile("rb") as stream:
            while head := stream.read(2):
                # One byte of length is enough for 127 bytes, and for all this broker ever says.
                kind, length = head
                assert length < 0x80
                body = stream.read(length)
                if kind == _SUBACK:
                    body = body[:-1] + self._code
                to.sendall(head + body)


def _copy(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
