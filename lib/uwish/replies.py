"""What a connection still has to say: pong, ping, our `peers` request, our services, answers
(WIRE.md 3).

Nothing of it is stored as bytes. It is remembered as flags and ids in fixed places and becomes
records when the window has room, always before the next frame. So control messages cost no room in
the send buffer, and a pong goes out while that answers 507. The connection reads no more than there
are places for answers.
"""

from .bson_writer import Writer
from .compat import const, copy, same

# Kinds of answers; those from ERR_ARGS on name the wrong argument of a `send`.
ACK = const(1)
FIN = const(2)
ERR_UNKNOWN = const(3)
ERR_TOO_LARGE = const(4)
ERR_ARGS = const(5)

NO_ID = bytes(4)
PING = b"\x0c\0\0\0\x08ping\0\x01\0"
_PONG = b"\x0c\0\0\0\x08pong\0\x01\0"

_ERRORS = (
    (8, b"Command not found or permission denied."),
    (413, b"Frame too large for this device, discarded."),
    (41, b"rsid not Buffer(32)."),
    (41, b"lsid not Buffer(32)."),
    (41, b"Protocol not string."),
    (41, b"payload not Buffer."),
)
_MAX_ANSWERS = const(12)
_ANSWER = const(5)  # bytes of the table: kind, int32 id


class Replies:
    """For one connection; `service` is what we announce."""

    def __init__(self, service):
        self._service = service
        self._writer = Writer()
        self._answers = bytearray(_MAX_ANSWERS * _ANSWER)
        self._answer_count = 0
        self._request_id = bytearray(4)
        self._subscriber = bytearray(4)
        self._announced = 0  # how many of our protocols they have been told of
        self.subscribed = False  # they want to hear of our services
        self._ask = False
        self._pong = False
        self._ping = False
        self.pending = False  # there is something to write

    def start(self, request_id):
        """A new connection: ask for the remote's services first, under `request_id` (4 bytes)."""
        copy(self._request_id, 0, request_id, 0, 4)
        self._answer_count = 0
        self.subscribed = False
        self._ask = True
        self._pong = False
        self._ping = False
        self.pending = True

    def pong(self):
        """They have pinged."""
        self._pong = True
        self.pending = True

    def ping(self):
        """Ask whether they are there."""
        self._ping = True
        self.pending = True

    def free(self):
        """How many more answers can be remembered."""
        return _MAX_ANSWERS - self._answer_count

    def answer(self, kind, buf, id_off):
        """Remember an answer to the request whose int32 id stands in `buf`; ask `free()` before."""
        off = self._answer_count * _ANSWER
        self._answers[off] = kind
        copy(self._answers, off + 1, buf, id_off, 4)
        self._answer_count += 1
        self.pending = True

    def subscribe(self, buf, id_off):
        """They asked for our services, and for what becomes of them."""
        copy(self._subscriber, 0, buf, id_off, 4)
        self.subscribed = True
        self._announced = 0
        self.pending = True

    def is_subscriber(self, buf, id_off):
        """True when this is the id they subscribed with."""
        return self.subscribed and same(buf, id_off, self._subscriber, 0, 4)

    def is_ours(self, buf, id_off):
        """True when this is the id of our own `peers` request."""
        return same(buf, id_off, self._request_id, 0, 4)

    def write(self, window):
        """Write what has to be said into `window`, as far as there is room."""
        if self._pong:
            if not self._write_flag(window, _PONG):
                return
            self._pong = False
        if self._ask:
            if not self._write_peers_request(window):
                return
            self._ask = False
        while self.subscribed and self._announced < len(self._service.protocols):
            if not self._write_service(window):
                return
            self._announced += 1
        while self._answer_count:
            if not self._write_answer(window):
                return
            self._answer_count -= 1
            copy(self._answers, 0, self._answers, _ANSWER, self._answer_count * _ANSWER)
        if self._ping:
            if not self._write_flag(window, PING):
                return
            self._ping = False
        self.pending = False

    def _begin(self, window):
        writer = self._writer
        off = window.plaintext()
        writer.begin(window.buf, off, off + window.room())
        return writer

    def _end(self, window):
        n = self._writer.finish()
        if n < 0:
            return False
        window.seal(n)
        return True

    def _write_flag(self, window, message):
        if window.room() < len(message):
            return False
        window.record(message)
        return True

    def _write_peers_request(self, window):
        w = self._begin(window)
        w.document(b"req")
        w.string(b"op", b"peers")
        w.array(b"args")
        w.close()
        w.int32_from(b"id", self._request_id, 0)
        w.close()
        return self._end(window)

    def _write_service(self, window):
        service = self._service
        w = self._begin(window)
        w.document(b"res")
        w.int32_from(b"sig", self._subscriber, 0)
        w.document(b"data")
        w.binary(b"rsid", service.sid, 0, 32)
        w.string(b"name", service.name)  # a desktop core of version 0.8 crashes without it
        w.string(b"protocol", service.protocol_bytes(self._announced))
        w.boolean(b"online", True)
        w.close()
        w.close()
        return self._end(window)

    def _write_answer(self, window):
        kind = self._answers[0]
        w = self._begin(window)
        w.document(b"res")
        if kind == ACK:
            w.int32_from(b"ack", self._answers, 1)
        elif kind == FIN:
            w.int32_from(b"fin", self._answers, 1)
        else:
            code, text = _ERRORS[kind - ERR_UNKNOWN]
            w.document(b"data")
            w.int32(b"code", code)
            w.string(b"msg", text)
            w.close()
            w.int32_from(b"err", self._answers, 1)
        w.close()
        return self._end(window)
