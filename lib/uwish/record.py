"""Records: the encrypted units of the wire (WIRE.md 2.4), in both directions, in fixed buffers.

    2 bytes  length, big-endian: ciphertext + 16
    n bytes  AES-128-GCM ciphertext
    16 bytes tag

`Window` holds what is on its way to the network; `RecordReader` takes what came from it. The nonce
lives in the cipher: it advances when ciphertext is made, so a record that was sealed and then not
sent can only be thrown away together with its connection.
"""

from .compat import const, copy, get_u16

_TAG = const(16)
OVERHEAD = const(18)  # length field and tag: what a record costs over its plaintext

NOTHING = const(0)  # more bytes are needed
COMPLETE = const(1)  # a decrypted record, or the raw bytes asked for, lie in buf[0:size]
SKIPPED = const(2)  # a record larger than the buffer has passed by, unread
BROKEN_LENGTH = const(-1)
BROKEN_TAG = const(-2)


class Window:
    """Outgoing bytes: buf[start:end] still has to reach the network."""

    def __init__(self, size, cipher):
        self.buf = bytearray(size)
        self.start = 0
        self.end = 0
        self.cipher = cipher

    def clear(self):
        """Forget everything: the connection is new or dead."""
        self.start = 0
        self.end = 0

    def room(self):
        """The largest plaintext (bytes) that `seal` can take now; may be negative."""
        return len(self.buf) - self.end - OVERHEAD

    def plaintext(self):
        """The offset in `buf` where the plaintext of the next record is to be written."""
        return self.end + 2

    def seal(self, n):
        """Turn the `n` bytes at `plaintext()` into a record."""
        buf = self.buf
        end = self.end
        buf[end] = n + _TAG >> 8
        buf[end + 1] = n + _TAG & 0xFF
        self.cipher.seal(buf, end + 2, n)
        self.end = end + n + OVERHEAD

    def record(self, data):
        """Append `data` as a record; there must be room."""
        copy(self.buf, self.plaintext(), data, 0, len(data))
        self.seal(len(data))

    def raw(self, data):
        """Append `data` as it is (hello, key exchange); there must be room."""
        n = len(data)
        copy(self.buf, self.end, data, 0, n)
        self.end += n


class RecordReader:
    """Collects incoming bytes in `buf` until what is wanted is complete: raw bytes first, records
    later."""

    def __init__(self, size, cipher):
        self.buf = bytearray(size)
        self.size = 0
        self.outcome = NOTHING
        self.cipher = cipher
        self._have = 0
        self._raw = 0  # raw bytes wanted; 0 while reading records
        self._length = -1  # of the record being read; -1 while its length field is incomplete

    def clear(self):
        """Start anew for another connection."""
        self.size = 0
        self._have = 0
        self._raw = 0
        self._length = -1

    def want_raw(self, n):
        """The next COMPLETE is to be `n` bytes as they came."""
        self._raw = n

    def missing(self):
        """How many bytes complete what is being read now; of a record whose length is unknown, the
        length field."""
        if self._raw:
            return self._raw - self._have
        return (2 if self._length < 0 else self._length) - self._have

    def take(self, data, off, n):
        """Consume up to `n` bytes of `data` at `off`; how many. `outcome` then says what that
        made."""
        self.outcome = NOTHING
        if not self._have and self._length < 0 and not self._raw and n > 2:
            length = data[off] << 8 | data[off + 1]
            if _TAG <= length <= len(self.buf) and length <= n - 2:
                # The usual: a whole record, in a function that needs no heap for its frame, as
                # MicroPython's do with more than eleven slots.
                copy(self.buf, 0, data, off + 2, length)
                self._finish(length)
                return length + 2
        return self._take_piece(data, off, n)

    def _take_piece(self, data, off, n):
        if self._raw:
            used = self._collect(data, off, n, self._raw)
            if self._have == self._raw:
                self.size = self._raw
                self._raw = 0
                self._have = 0
                self.outcome = COMPLETE
            return used
        used = 0
        if self._length < 0:
            used = self._collect(data, off, n, 2)
            if self._have < 2:
                return used
            self._have = 0
            self._length = get_u16(self.buf, 0)
            if self._length < _TAG:
                self.outcome = BROKEN_LENGTH
                return used
        length = self._length
        if length > len(self.buf):
            step = length - self._have
            if step > n - used:
                step = n - used
            self._have += step
            used += step
        else:
            used += self._collect(data, off + used, n - used, length)
        if self._have == length:
            self._have = 0
            self._length = -1
            self._finish(length)
        return used

    def _collect(self, data, off, n, goal):
        step = goal - self._have
        if step > n:
            step = n
        copy(self.buf, self._have, data, off, step)
        self._have += step
        return step

    def _finish(self, length):
        if length > len(self.buf):
            # Unverified, but unread as well; the counter must stay in step with the sender's.
            self.cipher.skip()
            self.outcome = SKIPPED
        elif self.cipher.open(self.buf, 0, length - _TAG):
            self.size = length - _TAG
            self.outcome = COMPLETE
        else:
            self.outcome = BROKEN_TAG
