"""The other end of a connection, which knows the keys and can say anything."""

from support import SECRET

from uwish import crypto
from uwish.record import COMPLETE, NOTHING, RecordReader, Window


class Remote:
    """Played by a test: it has the keys and can put anything into a record. `passed`
    records in each direction have gone before (a handshake has two)."""

    def __init__(self, client, secret=SECRET, passed=2):
        self.window = Window(70000, crypto.Cipher())
        self.reader = RecordReader(70000, crypto.Cipher())
        self.window.cipher.rekey(secret, 0 if client else 32)
        self.reader.cipher.rekey(secret, 32 if client else 0)
        for _ in range(passed):
            self.window.cipher.skip()
            self.reader.cipher.skip()

    def say(self, *plaintexts):
        """The records of these plaintexts, as bytes."""
        self.window.clear()
        for plaintext in plaintexts:
            self.window.record(plaintext)
        return bytes(self.window.buf[: self.window.end])

    def hear(self, data):
        """The plaintexts of the records in `data`."""
        found = []
        off = 0
        while off < len(data):
            off += self.reader.take(data, off, len(data) - off)
            if self.reader.outcome == COMPLETE:
                found.append(bytes(self.reader.buf[: self.reader.size]))
            elif self.reader.outcome != NOTHING:
                raise AssertionError("not a record: %d" % self.reader.outcome)
        return found
