"""The other end of a measured device: the library's own server role on CPython, as lean as it gets.

    python gateway.py STORE

Puts an identity, this gateway as a contact and a pin into the folder STORE, for a device to start
from; prints the port of its control socket; then serves one device after the other, until its
standard input ends. A byte on the control socket asks for something:

    f  send the device a frame of 64 bytes     p  ping the device
    x  hang up                                 n  nothing: what asking costs by itself
    w  and 4 bytes, big-endian: answer with a byte once so many frames have been received in all

It must never be what a sending device waits for. So every record is opened (decrypted, its tag
checked), but one that is a `send` is only counted; the library reads the others. And no deadline is
ever looked at, so that a device slowed down by valgrind is no lost device.
"""

import argparse
import selectors
import socket
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "lib"))

import uwish
from uwish import crypto
from uwish.connection import CLOSED, HANDSHAKE, Connection
from uwish.documents import Document
from uwish.identity import Identity
from uwish.reasons import BAD_TAG
from uwish.reasons import CLOSED as HANG_UP
from uwish.sendbuf import SendBuffer
from uwish.service import Service
from uwish.stats import Stats

PAYLOAD = bytes(64)
# The operation of a request, as it lies in its message after {"req": { (WIRE.md 3).
_SEND = b"\x02op\0\x05\0\0\0send\0"
_SEND_AT = 13
_TAG = 16
_INPUT = 1 << 17
_RECEIVE_BUFFER = 2 << 20  # a whole burst of frames fits in: the device never waits for us
_SO_RCVBUFFORCE = 33  # <asm-generic/socket.h>
_NEVER = 1 << 40


class Gateway:
    """One connection, one peer. What a connection asks its owner is the first group of methods."""

    def __init__(self, store):
        self.received = 0
        self._own = Identity.create("gateway")
        self._frames = SendBuffer(2048, 1)
        service = Service("gateway", ("sensor",))
        self._connection = Connection(0, service, self, self._frames, Stats(), 4096, 200)
        self._input = bytearray(_INPUT)
        self._view = memoryview(self._input)
        self._kept = 0  # bytes of a record that is not complete
        self._awaited = _NEVER  # the number of frames of which `_waiting` is to be told
        self._waiting = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        _enlarge(self._listener)
        self._control = socket.create_server(("127.0.0.1", 0))
        self.control_port = self._control.getsockname()[1]
        self._sock = None
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(self._control, selectors.EVENT_READ, self._accept_control)
        self._device = _provision(store, self._own, self._listener.getsockname()[1])

    def authorise(self, connection, uid):
        connection.public = self._device.public
        return uid == self._device.uid

    def accepts(self, connection):
        return True

    def on_service(self, connection, buf, rsid_off, protocol_index, online):
        self._frames.peers = [Peer(bytes(connection.key) + bytes(buf[rsid_off : rsid_off + 32]))]
        self._frames.route[0] = 1

    def on_frame(self, connection, protocol_index, buf, rsid_off, off, n):
        """Never called: frames are counted before the library sees them."""

    def serve(self):
        """Until the standard input ends."""
        self._selector.register(sys.stdin, selectors.EVENT_READ, None)
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    return
                key.data(key.fileobj)

    def _accept(self, listener):
        self._hang_up()
        self._sock, _ = listener.accept()
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(self._sock, selectors.EVENT_READ, self._read)
        self._kept = 0
        self._connection.answer(self._own, crypto.KeyExchange(), 0)
        self._write()

    def _read(self, sock):
        c = self._connection
        n = sock.recv_into(self._view[self._kept :])
        end = self._kept + n
        off = 0
        while c.state == HANDSHAKE and off < end:
            c.receive(self._input, off, min(c.want(), end - off), 0)
            off += c.taken
            self._write()
        if c.state != HANDSHAKE:
            off = self._count(off, end)
        self._view[: end - off] = self._view[off:end]
        self._kept = end - off
        if not n or c.state == CLOSED:
            self._hang_up()

    def _count(self, off, end):
        """Use the complete records of input[off:end]; where they end."""
        buf = self._input
        session = self._connection.session
        cipher = self._connection.reader.cipher
        received = self.received
        while off + 2 <= end:
            n = (buf[off] << 8 | buf[off + 1]) - _TAG
            start = off + 2
            if start + n + _TAG > end:
                break
            off = start + n + _TAG
            if not cipher.open(buf, start, n):
                self._connection.close(BAD_TAG)
                break
            if buf.startswith(_SEND, start + _SEND_AT):
                received += 1
            else:
                session.receive(buf[start : start + n], n)
                self._write()
        self.received = received
        self._tell()
        return off

    def _write(self):
        c = self._connection
        while c.step():
            pass
        c.write()
        window = c.window
        if window.end:
            self._sock.sendall(window.buf[window.start : window.end])
            c.sent(window.end - window.start, 0)

    def _hang_up(self):
        if self._sock is not None:
            self._selector.unregister(self._sock)
            self._sock.close()
            self._sock = None
            self._connection.close(HANG_UP)
            self._connection.reset()
            self._frames.route[0] = 0

    def _accept_control(self, listener):
        sock, _ = listener.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(sock, selectors.EVENT_READ, self._obey)

    def _obey(self, sock):
        order = sock.recv(1)
        if order == b"f":
            self._frames.put(0, PAYLOAD, len(PAYLOAD))
            self._write()
        elif order == b"p":
            self._connection.session.replies.ping()
            self._write()
        elif order == b"x":
            self._hang_up()
        elif order == b"w":
            self._awaited = int.from_bytes(sock.recv(4, socket.MSG_WAITALL), "big")
            self._waiting = sock
            self._tell()
        elif not order:
            self._selector.unregister(sock)
            sock.close()

    def _tell(self):
        if self.received >= self._awaited:
            self._awaited = _NEVER
            self._waiting.sendall(b"w")


class Peer:
    """What a connection needs to know of one to send to it."""

    protocol_index = 0

    def __init__(self, key):
        self.key = key


def _provision(store, own, port):
    """Make the store of a device that knows `own` at `port`; its public document."""
    app = uwish.App("device", ("sensor",), uwish.FileStore(store))
    app.identity.create("device")
    app.identity.import_(own.document(), (f"wish://127.0.0.1:{port}",))
    app.peer.pin(app.uid, own.uid, uwish.ANY_HOST, "always")
    return Document(app.identity.export())


def _enlarge(listener):
    try:
        listener.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_BUFFER)
    except PermissionError:  # not root: what the system grants
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("store", help="the folder that becomes a device's store")
    gateway = Gateway(parser.parse_args().store)
    print(gateway.control_port, flush=True)
    gateway.serve()


if __name__ == "__main__":
    main()
