"""Frames that wait to be sent, the oldest first, in a fixed number of bytes: when there is no room
the oldest go, and are counted. A cursor goes over them: what it has passed is on its way, and is
forgotten, or sent again, when it is known how that ended.

Each is 2 bytes of length, 4 bytes of time (seconds of the board's clock, set or not, big-endian)
and the SenML pack. The highest bit of the length says that the pack has no time of its own: then
how long ago it was is put into it when it is sent (RFC 8428 section 4.5.3: a negative time counts
back from now).
"""

from uwish.compat import const, copy

AGE = const(6)  # bytes that the age adds to a frame
_HEAD = const(6)
_TIMELESS = const(0x8000)
_BASE_TIME = const(0x22)  # CBOR of the label -3 (RFC 8428 table 4)
_NEGATIVE_32 = const(0x3A)  # CBOR: -1 - the 32 bits that follow


class Backlog:
    """`size` bytes at most, with what `data()` said before a sleep (bytes) in it."""

    def __init__(self, size, data=b""):
        self._buf = bytearray(size)
        self._end = 0
        self._cursor = 0
        self.count = 0
        self.passed = 0  # of `count`: how many the cursor has passed
        self.lost = 0  # frames that had to go
        if len(data) <= size:
            self._buf[: len(data)] = data
            self._end = self._whole_frames(len(data))

    def data(self):
        """What is to be kept, as bytes."""
        return bytes(self._buf[: self._end])

    def push(self, frame, length, seconds, timeless):
        """Add the first `length` bytes of `frame`, made at `seconds`; False when it never fits."""
        if _HEAD + length > len(self._buf):
            return False
        while self._end + _HEAD + length > len(self._buf):
            self._forget(self._size(0), 1)
            self.lost += 1
        buf = self._buf
        at = self._end
        head = length | _TIMELESS if timeless else length
        buf[at : at + 2] = head.to_bytes(2, "big")
        buf[at + 2 : at + 6] = (seconds & 0xFFFFFFFF).to_bytes(4, "big")
        copy(buf, at + _HEAD, frame, 0, length)
        self._end = at + _HEAD + length
        self.count += 1
        return True

    def read(self, out, seconds):
        """Copy the frame at the cursor to `out`, with its age at `seconds` in it if it has no time
        of its own; its length, 0 behind the last. `out` has AGE bytes more than the longest."""
        at = self._cursor
        if at == self._end:
            return 0
        length = self._size(at) - _HEAD
        copy(out, 0, self._buf, at + _HEAD, length)
        age = seconds - self._number(at + 2, 4)
        if self._buf[at] & 0x80 and age > 0:
            return _put_age(out, length, age)
        return length

    def pass_on(self):
        """Put the cursor behind the frame it stands at."""
        self._cursor += self._size(self._cursor)
        self.passed += 1

    def rewind(self):
        """Put the cursor before the oldest frame."""
        self._cursor = 0
        self.passed = 0

    def forget_passed(self):
        """Forget the frames that the cursor has passed."""
        self._forget(self._cursor, self.passed)

    def clock_jumped(self, seconds):
        """The board's clock was set `seconds` forward: so are the times here."""
        at = 0
        while at < self._end:
            moved = self._number(at + 2, 4) + seconds
            self._buf[at + 2 : at + 6] = (moved & 0xFFFFFFFF).to_bytes(4, "big")
            at += self._size(at)

    def _forget(self, size, count):
        # The oldest `count` frames, `size` bytes in all.
        self._end -= size
        copy(self._buf, 0, self._buf, size, self._end)
        self.count -= count
        self._cursor = max(self._cursor - size, 0)
        self.passed = max(self.passed - count, 0)

    def _size(self, at):
        return _HEAD + (self._number(at, 2) & ~_TIMELESS)

    def _number(self, at, size):
        return int.from_bytes(self._buf[at : at + size], "big")

    def _whole_frames(self, end):
        at = 0
        while at + _HEAD <= end:
            if at + self._size(at) > end:
                break
            at += self._size(at)
            self.count += 1
        return at


def _put_age(frame, length, age):
    # Into the first record, behind the head of its map: 0xA0 + the number of its fields.
    head = frame[0] & 0x1F
    at = 1 if head < 24 else 2 if head == 24 else 3
    if length <= at or not 0xA0 <= frame[at] < 0xB7:
        return length
    frame[at] += 1
    at += 1
    rest = bytes(frame[at:length])
    frame[at] = _BASE_TIME
    frame[at + 1] = _NEGATIVE_32
    frame[at + 2 : at + 6] = (age - 1).to_bytes(4, "big")
    frame[at + 6 : length + 6] = rest
    return length + AGE
