"""Being asked by a stranger: a connection of wire type 0x13 (WIRE.md 5).

The handshake is the usual one, but we do not know the caller's key yet: he names it later, in the
certificate of his request. So his signature is kept until then; only who has the key of the
identity he claims to be gets as far as being listed. A stock core leaves that out (WIRE.md 9.5),
and may be asked in anybody's name; it signs as it should when it asks itself.

    {req: {op: "friendRequest", args: [{data: BINARY, meta: BINARY, signatures: [...]}], id: N}}

`data` is an identity document. The certificate's own signatures are not looked at: what a core puts
there can be verified by nobody (WIRE.md 1.1). Nothing else can be asked on such a connection, and
nothing is said on it but the answer.
"""

from uwish import crypto
from uwish.answering import as_server
from uwish.bson import ARRAY, BINARY, DOCUMENT, END, INT32, MALFORMED, STRING, Cursor
from uwish.bson_writer import Writer
from uwish.compat import get_u16, same
from uwish.documents import Document, check_alias
from uwish.handshake import MAX_KEY, RECORD, read_document, write_document, write_key
from uwish.phases import DOCUMENT as DOCUMENT_PHASE
from uwish.phases import KEY, VERIFY
from uwish.reasons import BAD_DOCUMENT, BAD_KEY, BAD_MESSAGE, BAD_SIGNATURE, NONE
from uwish.replies import ERR_UNKNOWN
from uwish.session import Session

FRIEND_REQUEST = 0x13  # version 1, type 3
MAX_RECORD = 2048  # bytes; a request with four addresses and 512 bytes of meta has 1,200
_NO_META = b"\x05\0\0\0\0"
_DECLINED = 123


def answering(c, identity, exchange):
    """Be called (see uwish.handshake): by a contact, or by a stranger whom `c.welcomes(uid)` lets
    ask."""
    contact = as_server(c, identity, exchange)
    yield next(contact)
    buf = c.reader.buf
    asks = buf[0] == 0x57 and buf[1] == 0x2E and buf[2] == FRIEND_REQUEST
    if asks and same(buf, 3, identity.uid, 0, 32) and c.welcomes(bytes(buf[35:67])):
        contact.close()
        return (yield from _as_stranger_asks(c, identity, exchange))
    return (yield from contact)


def _as_stranger_asks(c, identity, exchange):
    # As uwish.answering, but for the signature.
    c.phase = KEY
    yield from exchange.prepare()
    write_key(c, exchange)
    yield 2
    buf = c.reader.buf
    n = get_u16(buf, 0)
    if not 0 < n <= MAX_KEY:
        return BAD_KEY
    yield n
    secret = yield from exchange.agree(bytes(buf[:n]), False)
    if secret is None:
        return BAD_KEY
    c.window.cipher.rekey(secret, 32)
    c.reader.cipher.rekey(secret, 0)
    signature = yield from identity.sign(crypto.sha256(b"server" + secret))
    c.window.record(signature)
    signed = crypto.sha256(b"client" + secret)
    yield RECORD
    c.phase = VERIFY
    if c.reader.size != 64:
        return BAD_SIGNATURE
    signature = bytes(c.reader.buf[:64])
    c.phase = DOCUMENT_PHASE
    write_document(c, identity)
    yield RECORD
    reason = read_document(c)
    if reason == NONE:
        c.ask_only(signed, signature)
    return reason


class FriendSession(Session):
    """A Session on which nothing can be done but ask. `signature` of `signed` is to be the
    caller's. The owner hears of the request: owner.on_friend_request(id (bytes), document), which
    answers with NONE or the reason to close the connection."""

    look = None  # nothing for a QuickConnection

    def __init__(self, connection, service, owner, stats, signed, signature):
        super().__init__(connection, service, owner, stats)
        self._signed = signed
        self._signature = signature
        self._has_asked = False

    def start(self):
        """See Session: we ask for nothing."""

    def _on_request(self):
        body = self._body
        asks = False
        has_args = False
        id_off = -1
        while (kind := body.next()) != END:
            if kind == MALFORMED:
                return BAD_MESSAGE
            if kind == STRING and body.named(b"op"):
                asks = body.holds(b"friendRequest")
            elif kind == ARRAY and body.named(b"args"):
                has_args = self._args.enter(body)
            elif kind == INT32 and body.named(b"id"):
                id_off = body.value
        if id_off < 0:
            return self._ignore()
        if not asks:
            self.replies.answer(ERR_UNKNOWN, body.buf, id_off)
            return NONE
        if not has_args or self._has_asked:
            return BAD_MESSAGE
        self._has_asked = True
        return self._on_friend_request(bytes(body.buf[id_off : id_off + 4]))

    def _on_friend_request(self, request_id):
        certificate = Cursor()
        if self._args.next() != DOCUMENT or not certificate.enter(self._args):
            return BAD_MESSAGE
        data = None
        while (kind := certificate.next()) != END:
            if kind == MALFORMED:
                return BAD_MESSAGE
            if kind == BINARY and certificate.named(b"data"):
                data = certificate.bytes()
        try:
            document = Document(data or b"")
            check_alias(document.alias)
        except ValueError:
            return BAD_DOCUMENT
        claims = document.uid == self._connection.ruid
        if not claims or not crypto.run(
            crypto.verify(document.public, self._signed, self._signature)
        ):
            return BAD_SIGNATURE
        return self._owner.on_friend_request(request_id, document)

    def _on_response(self):
        return self._ignore()


def acceptance(request_id, identity, transports):
    """The answer to a request: who we are, {res: {data: certificate, ack: id}}."""
    data = identity.document(transports)
    signature = crypto.run(identity.sign(crypto.sha256(data)))

    def write(w):
        w.document(b"data")
        w.binary(b"data", data, 0, len(data))
        w.binary(b"meta", _NO_META, 0, len(_NO_META))
        w.array(b"signatures")
        w.document(b"0")
        w.binary(b"uid", identity.uid, 0, 32)
        w.binary(b"sign", signature, 0, 64)
        w.close()
        w.close()
        w.close()
        w.int32_from(b"ack", request_id, 0)

    return _response(write)


def refusal(request_id, text="Declining friend request."):
    """The answer to a request: no, {res: {data: {code: 123, msg: TEXT}, err: id}}."""

    def write(w):
        w.document(b"data")
        w.int32(b"code", _DECLINED)
        w.string(b"msg", text.encode())
        w.close()
        w.int32_from(b"err", request_id, 0)

    return _response(write)


def _response(write):
    buf = bytearray(MAX_RECORD)
    w = Writer()
    w.begin(buf, 0, len(buf))
    w.document(b"res")
    write(w)
    w.close()
    return bytes(buf[: w.finish()])
