"""A connection that knows what almost all bytes are: whole records, each a frame like the last one.

A device says the same thing over and over: of its frames only the payload differs. So after a first
one, which took the way through session and service, a record of the same length is decrypted, all
around its payload is compared with the one before, and it is handed on: a fraction of the work.
Whatever differs is left to that way, which decides alone what is right.
"""

from uwish.connection import RUNNING, Connection

from .quick_session import END, THEIRS

_RECORD = 18  # bytes that a record is longer than what it holds: length field and tag
_TAG = 16


class QuickConnection(Connection):
    """A Connection with a LeanWindow and a LeanSendBuffer, once it is running with a LeanReader and
    a QuickSession; its owner is a Remote."""

    def rest(self):
        """Give back for a while what the next record can make anew."""
        if self.state == RUNNING:
            self.reader.cipher.rest()
            self.window.cipher.rest()

    def dissolve(self):
        """It is closed, and will not be used again: hold nobody who holds it."""
        self.session = self._owner = None

    def sent(self, n, now):
        """See Connection."""
        more = super().sent(n, now)
        if not self.window.end:
            self.window.give_back()
        if self._frames.buf and not self._frames.used:
            self._frames.give_back()
        return more

    def receive(self, data, off, n, now):
        """See Connection."""
        end = off + n
        at = off
        # What was read last mostly ends in the middle of a record: that one first.
        while self.state == RUNNING and at < end and not self.reader.is_between():
            super().receive(data, at, min(end - at, self.reader.missing()), now)
            at += self.taken
            if not self.taken:
                break
        at += self.take_alike(data, at, end, now)
        super().receive(data, at, end - at, now)
        self.taken += at - off

    def take_alike(self, data, off, end, now):
        """Hand on the frames at the beginning of data[off:end] that are like the last one; how many
        bytes they were."""
        session = self.session
        look = session.look if self.state == RUNNING else None
        if look is None or not self.reader.is_between():
            return 0
        owner = self._owner
        alike = owner.alike
        if alike is None or alike[0] is not look:
            sender = owner.sender(session.index, look, THEIRS)
            if sender is None:
                return 0
            alike = owner.alike = (look, *sender)
        peer, device = alike[1:]
        head = len(look)
        size = session.size + _TAG
        high, low = size >> 8, size & 0xFF
        cipher = self.reader.cipher
        start = off
        # Every time anew: whoever is given a frame may end the connection.
        while self.state == RUNNING and peer.connection is not None:
            begin = off + 2
            next_off = begin + size
            if next_off > end or data[off + 1] != low or data[off] != high:
                break
            plain = cipher.peek(data[begin:next_off])
            if plain is None or not plain.startswith(look) or not plain.endswith(END):
                break
            cipher.skip()
            off = next_off
            owner.on_frame_of(device, plain[head:-3])
        if off > start:
            self._last_in = now
            self._pinged = False
        return off - start
