"""The conversation on an established connection (WIRE.md 3): peers, frames, answers, pings.

Messages are BSON documents, each with exactly one of `req`, `res`, `ping`, `pong`. What is
well-formed and not for us is ignored and counted; BSON whose lengths or types cannot be closes the
connection.
"""

from . import crypto
from .bson import ARRAY, BINARY, BOOLEAN, DOCUMENT, END, INT32, MALFORMED, STRING, Cursor
from .compat import const, frame_at, same
from .reasons import BAD_MESSAGE, NONE
from .replies import ACK, ERR_ARGS, ERR_TOO_LARGE, ERR_UNKNOWN, FIN, NO_ID, PING, Replies

_OP_NONE = const(0)
_OP_PEERS = const(1)
_OP_SEND = const(2)
_OP_OTHER = const(3)

_PING_SIZE = const(12)
_RSID = const(44)  # where a `send` has the sender's service id


class Session:
    """Speaks for `service`. `owner` hears of remote services and frames:
    owner.on_service(connection, rsid_buf, rsid_off, protocol_index, online) and
    owner.on_frame(connection, protocol_index, buf, rsid_off, payload_off, payload_len)."""

    def __init__(self, connection, service, owner, stats):
        self.replies = Replies(service)
        self._connection = connection
        self._service = service
        self._owner = owner
        self._stats = stats
        # Of frames that are known as a whole. None before `start`, so that a session that is never
        # started, such as the gateway's with strangers, lets nothing pass by its own rules.
        self._templates = ()
        self._top = Cursor()
        self._body = Cursor()
        self._args = Cursor()

    def start(self):
        """The handshake is done: ask for the remote's services, as a desktop core does."""
        # Random, because the desktop core looks ids up without asking whose they are (WIRE.md 9.4).
        request_id = bytearray(crypto.random(4))
        request_id[0] |= 1
        request_id[3] &= 0x7F
        self._templates = self._service.templates
        self.replies.start(request_id)

    def refuse_oversized(self):
        """A record larger than the receive buffer was discarded; its id, if any, is unknown."""
        self.replies.answer(ERR_TOO_LARGE, NO_ID, 0)

    def receive(self, buf, n):
        """Act on the message in buf[0:n]; NONE, or the reason to close the connection."""
        # The usual first, known as a whole; what differs in the slightest is taken apart below.
        if n == _PING_SIZE and same(buf, 0, PING, 0, _PING_SIZE):
            self.replies.pong()
            return NONE
        i = len(self._templates)
        while i:
            i -= 1
            off = frame_at(buf, n, self._templates[i])
            if off:
                return self._deliver(i, buf, off, n)
        return self._take_apart(buf, n)

    def _deliver(self, index, buf, off, n):
        # Apart, because MicroPython takes the frame of a function with as many slots as this from
        # the heap.
        self._owner.on_frame(self._connection, index, buf, _RSID, off, n - off - 3)
        return NONE

    def _take_apart(self, buf, n):
        top = self._top
        body = self._body
        if n < 5:
            return self._ignore()
        if not top.open(buf, 0, n):
            return BAD_MESSAGE
        kind = top.next()
        if kind == DOCUMENT:
            if not body.enter(top):
                return BAD_MESSAGE
            if top.named(b"req"):
                request = True
            elif top.named(b"res"):
                request = False
            else:
                return self._ignore()
            kind = top.next()
            if kind != END:
                return BAD_MESSAGE if kind == MALFORMED else self._ignore()
            return self._on_request() if request else self._on_response()
        if kind == MALFORMED:
            return BAD_MESSAGE
        true = kind == BOOLEAN and top.is_true()
        ping = true and top.named(b"ping")
        known = ping or (true and top.named(b"pong"))
        kind = top.next()
        if kind != END:
            return BAD_MESSAGE if kind == MALFORMED else self._ignore()
        if ping:
            self.replies.pong()
        return NONE if known else self._ignore()

    def _ignore(self):
        self._stats.ignored += 1
        return NONE

    def _on_request(self):
        body = self._body
        buf = body.buf
        op = _OP_NONE
        has_args = False
        id_off = -1
        end_off = -1
        while True:
            kind = body.next()
            if kind == END:
                break
            if kind == MALFORMED:
                return BAD_MESSAGE
            if kind == STRING and body.named(b"op"):
                if body.holds(b"send"):
                    op = _OP_SEND
                elif body.holds(b"peers"):
                    op = _OP_PEERS
                else:
                    op = _OP_OTHER
            elif kind == ARRAY and body.named(b"args"):
                if not self._args.enter(body):
                    return BAD_MESSAGE
                has_args = True
            elif kind == INT32 and body.named(b"id"):
                id_off = body.value
            elif kind == INT32 and body.named(b"end"):
                end_off = body.value
        if id_off >= 0 and not (buf[id_off] | buf[id_off + 1] | buf[id_off + 2] | buf[id_off + 3]):
            id_off = -1
        if op == _OP_SEND and has_args:
            return self._on_send(id_off)
        if op == _OP_PEERS:
            if id_off < 0:
                return self._ignore()
            self.replies.subscribe(buf, id_off)
            return NONE
        if end_off >= 0:
            return self._on_end(end_off)
        self._stats.ignored += 1
        if op != _OP_NONE and id_off >= 0:
            self.replies.answer(ERR_UNKNOWN, buf, id_off)
        return NONE

    def _on_send(self, id_off):
        args = self._args
        buf = args.buf
        n = 0
        rsid = 0
        index = 0
        ours = False
        while n < 4:
            kind = args.next()
            if kind == MALFORMED:
                return BAD_MESSAGE
            if n < 2:
                sound = kind == BINARY and args.size == 32
                if n == 0:
                    rsid = args.value
                else:
                    ours = sound and args.holds(self._service.sid)
            elif n == 2:
                sound = kind == STRING
                index = self._service.index_of(args) if sound else -1
            else:
                sound = kind == BINARY
            if not sound:
                self._stats.ignored += 1
                if id_off >= 0:
                    self.replies.answer(ERR_ARGS + n, buf, id_off)
                return NONE
            n += 1
        # As the desktop core does, say ack even when nobody takes the frame.
        if id_off >= 0:
            self.replies.answer(ACK, buf, id_off)
        if ours and index >= 0:
            self._owner.on_frame(self._connection, index, buf, rsid, args.value, args.size)
        else:
            self._stats.undelivered += 1
        return NONE

    def _on_end(self, end_off):
        buf = self._body.buf
        if self.replies.is_subscriber(buf, end_off):
            self.replies.subscribed = False
            self.replies.answer(FIN, buf, end_off)
            return NONE
        return self._ignore()

    def _on_response(self):
        body = self._body
        found = False
        has_data = False
        while True:
            kind = body.next()
            if kind == END:
                break
            if kind == MALFORMED:
                return BAD_MESSAGE
            if kind == INT32 and body.named(b"sig"):
                found = self.replies.is_ours(body.buf, body.value)
            elif kind == DOCUMENT and body.named(b"data"):
                has_data = self._args.enter(body)
        if not (found and has_data):
            return self._ignore()
        return self._on_service()

    def _on_service(self):
        data = self._args
        rsid = -1
        index = -2
        online = -1
        while True:
            kind = data.next()
            if kind == END:
                break
            if kind == MALFORMED:
                return BAD_MESSAGE
            if data.is_id() and data.named(b"rsid"):
                rsid = data.value
            elif kind == STRING and data.named(b"protocol"):
                index = self._service.index_of(data)
            elif kind == BOOLEAN and data.named(b"online"):
                online = data.buf[data.value]
        if rsid < 0 or index == -2 or online < 0:
            return self._ignore()
        if index >= 0:
            self._owner.on_service(self._connection, data.buf, rsid, index, online == 1)
        return NONE
