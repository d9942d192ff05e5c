"""The buffers of a connection as a gateway of thousands needs them: memory only while it is in use.

A device makes everything once and keeps it. Here most connections are idle most of the time, so
each of these takes the place of the class it is named after (same interface, uwish.record and
uwish.sendbuf) and gives its memory back when it is empty. Records are decrypted straight from what
was read from the socket.
"""

from cryptography.exceptions import InvalidTag

from uwish import crypto
from uwish.record import (
    BROKEN_LENGTH,
    BROKEN_TAG,
    COMPLETE,
    NOTHING,
    SKIPPED,
    RecordReader,
    Window,
)
from uwish.sendbuf import HEADER, SendBuffer
from uwish.status import FULL, TOO_LARGE

_TAG = 16
_NOTHING = b""


class LeanCipher(crypto.Cipher):
    """One direction of a connection. An OpenSSL context takes 2.4 KB and 1.4 microseconds to make:
    `rest` gives it back, the next record makes it anew."""

    def __init__(self):
        super().__init__()
        self._key = None

    def rekey(self, secret, off):
        """See crypto.Cipher."""
        super().rekey(secret, off)
        self._key = bytes(secret[off : off + 16])

    def rest(self):
        """Nothing has come for a while."""
        if self._key is not None:
            self._gcm = None

    def seal(self, buf, off, n):
        """See crypto.Cipher."""
        if self._gcm is None:
            self._wake()
        super().seal(buf, off, n)

    def opened(self, data):
        """The plaintext of a ciphertext with its tag; None when the tag is wrong."""
        plain = self.peek(data)
        if plain is not None:
            self.skip()
        return plain

    def peek(self, data):
        """The same, but as long as there was no `skip` the next record is this one."""
        if self._gcm is None:
            self._wake()
        try:
            return self._gcm.decrypt(self._nonce(), data, None)
        except InvalidTag:
            return None

    def _wake(self):
        count = self._count
        super().rekey(self._key + self._prefix + bytes(8), 0)
        self._count = count


class LeanReader(RecordReader):
    """Takes the place of a RecordReader once the handshake is done. After COMPLETE `buf` is the
    plaintext (bytes). Records of more than `limit` bytes are skipped."""

    def __init__(self, limit, cipher):
        super().__init__(0, cipher)
        self._limit = limit
        self._part = None  # a record that has not come whole, with its length field
        self._skip = 0  # bytes of a record that is too large

    def is_between(self):
        """True when what comes next is the beginning of a record."""
        return self._part is None and not self._skip

    def missing(self):
        """How many bytes complete what is being read, at least one."""
        if self._skip:
            return self._skip
        part = self._part
        if part is None or len(part) < 2:
            return 2 - len(part or _NOTHING)
        return 2 + (part[0] << 8 | part[1]) - len(part)

    def take(self, data, off, n):
        """See RecordReader."""
        if n >= 2 and self._part is None and not self._skip:
            length = data[off] << 8 | data[off + 1]
            if _TAG <= length <= self._limit and length + 2 <= n:
                self._finish_with(data[off + 2 : off + 2 + length])
                return length + 2
        return self._take_piece(data, off, n)

    def _take_piece(self, data, off, n):
        self.outcome = NOTHING
        end = off + n
        at = off
        if not self._skip:
            if self._part is None:
                self._part = bytearray()
            part = self._part
            while len(part) < 2 and at < end:
                part.append(data[at])
                at += 1
            if len(part) < 2:
                return at - off
            length = part[0] << 8 | part[1]
            if length < _TAG:
                self.outcome = BROKEN_LENGTH
                return at - off
            if length <= self._limit:
                step = min(2 + length - len(part), end - at)
                part += data[at : at + step]
                if len(part) == 2 + length:
                    self._part = None
                    self._finish_with(memoryview(part)[2:])
                return at + step - off
            self._part = None
            self._skip = length
        step = min(self._skip, end - at)
        self._skip -= step
        if not self._skip:
            # Unverified, but unread as well; the counter must stay in step with the sender's.
            self.cipher.skip()
            self.outcome = SKIPPED
        return at + step - off

    def _finish_with(self, record):
        plain = self.cipher.opened(record)
        if plain is None:
            self.outcome = BROKEN_TAG
        else:
            self.buf = plain
            self.size = len(plain)
            self.outcome = COMPLETE


class LeanWindow(Window):
    """A Window of `limit` bytes that exist only while something is in it."""

    def __init__(self, limit, cipher):
        self._limit = limit
        self._buf = None
        super().__init__(0, cipher)

    @property
    def buf(self):
        """Where it is written: made when first looked at."""
        if self._buf is None:
            self._buf = bytearray(self._limit)
        return self._buf

    @buf.setter
    def buf(self, buf):
        self._buf = None

    def clear(self):
        """See Window."""
        super().clear()
        self.give_back()

    def give_back(self):
        """Nothing is in it."""
        buf, self._buf = self._buf, None
        if buf is not None:
            # Emptied as well, because whoever has written there last may still know it.
            buf.clear()


class LeanSendBuffer(SendBuffer):
    """A SendBuffer of `limit` bytes that grows when frames wait, and is given back when none do."""

    def __init__(self, limit, peers):
        super().__init__(0, peers)
        self._limit = limit

    def put(self, peer, payload, n):
        """See SendBuffer."""
        end = self.used + HEADER + n
        if end > self._limit:
            return TOO_LARGE if n + HEADER > self._limit else FULL
        if end > len(self.buf):
            self.buf.extend(bytes(min(self._limit, 2 * end) - len(self.buf)))
        return super().put(peer, payload, n)

    def give_back(self):
        """Nothing waits in it."""
        self.buf = bytearray()
