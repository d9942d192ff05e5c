"""A client of a desktop core's app port, as far as provisioning needs it (docs/WIRE.md 7).

A message is its length in 16 bits, big-endian, and BSON. The port is for programs on the core's own
machine and asks nobody who he is.
"""

import os
import socket
import struct

from uwish.bson import (
    ARRAY,
    BINARY,
    BOOLEAN,
    DOCUMENT,
    END,
    INT32,
    MALFORMED,
    STRING,
    Cursor,
)
from uwish.bson_writer import Writer

from ..errors import Failure

_PREAMBLE = b"\x57\x2e\x19"
_LARGEST = 32767  # bytes of a message: the length is a signed number to some


class CoreApp:
    """An app logged in to the core whose app port is at `host`:`port`; a context manager. Every
    trouble is a Failure."""

    def __init__(self, host, port, timeout_s=10):
        self._name = f"{host}:{port}"
        self._number = 0
        try:
            self._sock = socket.create_connection((host, port), timeout_s)
        except OSError as error:
            raise Failure(
                f"no desktop core at {self._name} ({error.strerror or error}): its app port is "
                "9094 unless it was started with -a, and is open to its own machine only"
            ) from None
        self._input = self._sock.makefile("rb")

    def __enter__(self):
        login = {
            # An id of its own: logging in with that of a live app would log that one out.
            "wsid": os.urandom(32),
            "name": "uwish provision",
            "protocols": [],
            "permissions": [],
        }
        try:
            self._sock.sendall(_PREAMBLE)
            self._send(login)
            while self._receive().get("signal") != "ready":
                pass
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._input.close()
        self._sock.close()

    def request(self, op, *arguments):
        """The core's answer; a CoreRefused when it is an error."""
        self._number += 1
        self._send({"op": op, "args": list(arguments), "id": self._number})
        while True:
            answer = self._receive()
            if answer.get("ack") == self._number:
                return answer.get("data")
            if answer.get("err") == self._number:
                raise CoreRefused(self._name, op, answer.get("data"))

    def _send(self, fields):
        data = encode(fields)
        try:
            self._sock.sendall(struct.pack(">H", len(data)) + data)
        except OSError:
            raise self._gone() from None

    def _receive(self):
        try:
            size = struct.unpack(">H", self._input.read(2))[0]
            data = self._input.read(size)
            if len(data) < size:
                raise ValueError
            return decode(data)
        except (OSError, ValueError, struct.error):
            raise self._gone() from None

    def _gone(self):
        return Failure(f"{self._name} does not speak as a desktop core's app port does")


class CoreRefused(Failure):
    """The core's answer is an error; `code` is its number."""

    def __init__(self, name, op, data):
        fields = data if isinstance(data, dict) else {}
        self.code = fields.get("code")
        super().__init__(f"the core at {name} refuses {op}: {fields.get('msg')} ({self.code})")


class _Reader(Cursor):
    """A Cursor that tells the name of the element read last."""

    def name(self):
        return str(self.buf[self._name : self._name + self._name_len], "utf-8", "replace")


def encode(fields):
    """A dict as BSON: values may be str, bytes, bool, int (0..2**30-1), list, dict."""
    buf = bytearray(_LARGEST)
    writer = Writer()
    writer.begin(buf, 0, len(buf))
    for name, value in fields.items():
        _put(writer, name.encode(), value)
    size = writer.finish()
    if size < 0:
        raise ValueError("too large for a core's app port")
    return bytes(buf[:size])


def decode(data):
    """The dict that the BSON `data` holds; ValueError when it is malformed."""
    cursor = _Reader()
    if not cursor.open(data, 0, len(data)):
        raise ValueError("no BSON")
    return dict(_elements(cursor))


def _put(writer, name, value):
    if isinstance(value, bool):
        writer.boolean(name, value)
    elif isinstance(value, int):
        writer.int32(name, value)
    elif isinstance(value, str):
        writer.string(name, value.encode())
    elif isinstance(value, bytes):
        writer.binary(name, value, 0, len(value))
    elif isinstance(value, dict):
        writer.document(name)
        for key, inner in value.items():
            _put(writer, key.encode(), inner)
        writer.close()
    else:
        writer.array(name)
        for number, inner in enumerate(value):
            _put(writer, b"%d" % number, inner)
        writer.close()


def _elements(cursor):
    while (kind := cursor.next()) != END:
        if kind == MALFORMED:
            raise ValueError("damaged BSON")
        yield cursor.name(), _value(cursor, kind)


def _value(cursor, kind):
    if kind == STRING:
        return cursor.bytes().decode(errors="replace")
    if kind == BINARY:
        return cursor.bytes()
    if kind == BOOLEAN:
        return cursor.is_true()
    if kind == INT32:
        return int.from_bytes(cursor.bytes(), "little", signed=True)
    if kind in (DOCUMENT, ARRAY):
        inner = _Reader()
        if not inner.enter(cursor):
            raise ValueError("damaged BSON")
        found = dict(_elements(inner))
        return list(found.values()) if kind == ARRAY else found
    return None  # nothing that provisioning asks for
