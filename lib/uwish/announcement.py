"""The announcement of Wish local discovery (WIRE.md 6): a host says where one of its identities is.

It is a UDP datagram to port 9090, every 5 s: `W.` and one BSON document

    {alias: string, wuid: bin32, whid: bin32, pubkey: bin32, transports: ["wish://HOST:PORT"]}

with whatever else may follow in it. HOST may be empty, and a desktop core's often is: the address
is where the datagram came from. Nobody signs it, so it says where to try and nothing else: whoever
answers there has to show in the handshake who it is.
"""

from .bson import ARRAY, END, MALFORMED, STRING, Cursor
from .bson_writer import Writer
from .compat import const, same, u32_at

PORT = const(9090)
PREAMBLE = b"W."

_SCHEME = b"wish://"
_COLON = const(0x3A)
_MAX_SIZE = const(384)  # bytes of what we announce: an alias has at most 47, a transport 63


class Announcement:
    """What the datagram read last says: where in its buffer `uid` and `hid` are (32 bytes each),
    and the `port` that the host listens on. Reading allocates nothing."""

    def __init__(self):
        self.uid = 0
        self.hid = 0
        self.port = 0
        self._cursor = Cursor()
        self._inner = Cursor()

    def read(self, buf, off, end):
        """Read the announcement at `off` of `buf`, which ends at or before `end`: its size in
        bytes, or 0 when there is none."""
        cursor = self._cursor
        if (
            end - off < 2
            or not same(buf, off, PREAMBLE, 0, 2)
            or not cursor.open(buf, off + 2, end)
        ):
            return 0
        self.uid = self.hid = self.port = 0
        named = public = False
        kind = cursor.next()
        while kind != END:
            if kind == MALFORMED:
                return 0
            if kind == STRING and cursor.named(b"alias"):
                named = True
            elif kind == ARRAY and cursor.named(b"transports"):
                self._read_port()
            elif cursor.is_id():
                if cursor.named(b"wuid"):
                    self.uid = cursor.value
                elif cursor.named(b"whid"):
                    self.hid = cursor.value
                elif cursor.named(b"pubkey"):
                    public = True
            kind = cursor.next()
        if named and public and self.uid and self.hid and self.port:
            return 2 + u32_at(buf, off + 2)
        return 0

    def _read_port(self):
        # That of the first transport: wish://HOST:PORT.
        inner = self._inner
        self.port = 0
        if not inner.enter(self._cursor) or inner.next() != STRING:
            return
        buf = inner.buf
        off = inner.value
        if inner.size < 7 or not same(buf, off, _SCHEME, 0, 7):
            return
        off += 7
        i = off + inner.size - 8
        port = 0
        weight = 1
        while i >= off and 0x30 <= buf[i] <= 0x39 and weight <= 10000:
            port += (buf[i] - 0x30) * weight
            weight *= 10
            i -= 1
        if i >= off and buf[i] == _COLON and port < 65536:
            self.port = port


def announce(alias, uid, hid, public, transport):
    """The announcement of the identity (`alias`, `uid`, `public`) on the host `hid`, which listens
    at `transport` ("wish://host:port"), as bytes."""
    datagram = bytearray(_MAX_SIZE)
    datagram[0:2] = PREAMBLE
    w = Writer()
    w.begin(datagram, 2, _MAX_SIZE)
    w.string(b"alias", alias.encode())
    w.binary(b"wuid", uid, 0, 32)
    w.binary(b"whid", hid, 0, 32)
    w.binary(b"pubkey", public, 0, 32)
    w.array(b"transports")
    w.string(b"0", transport.encode())
    w.close()
    size = w.finish()
    if size < 0:
        raise ValueError("alias or transport is too long to be announced")
    return bytes(datagram[: 2 + size])
