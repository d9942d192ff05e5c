"""SenML (RFC 8428) as CBOR, packed in place into the caller's buffer.

    pack = senml.Pack(bytearray(200))
    pack.base("greenhouse-1f3a9c:", time=now)
    pack.number("temperature", 2315, -2, "Cel")  # 23.15 degrees, and no float on the way
    pack.boolean("door-open", False)
    app.peer.send(peer, pack.buf, pack.length)
    pack.clear()

`buf[:length]` is a complete, valid pack after every call; there is nothing to finish. A record that
does not fit is not there at all: the call returns 507 (`FULL`), and so does every further one until
`clear()`, so that no record ever loses the base it depends on. Send what there is, clear, go on.

Nothing is allocated for numbers of -(2**30-1)..2**30-1 with any decimal exponent, for booleans,
data, and names, units and strings that are bytes, or ASCII str where the build has native code.
Floats (a board's are single precision), larger integers and other text allocate.
"""

from .cbor import UNSIGNED
from .cbor_number import NumberWriter
from .compat import const, copy
from .status import FULL, OK

# Labels of RFC 8428 table 4; those of numbers are for `Pack.field`.
VERSION = const(-1)
BASE_NAME = const(-2)
BASE_TIME = const(-3)
BASE_UNIT = const(-4)
BASE_VALUE = const(-5)
BASE_SUM = const(-6)
NAME = const(0)
UNIT = const(1)
VALUE = const(2)
STRING_VALUE = const(3)
BOOLEAN_VALUE = const(4)
SUM = const(5)
TIME = const(6)
UPDATE_TIME = const(7)
DATA_VALUE = const(8)

_ARRAY = const(0x80)
_MAP = const(0xA0)

# 2000-01-01 in seconds since 1970, as two 16-bit halves: 946684800.
_Y2000_HIGH = const(14445)
_Y2000_LOW = const(17280)


class Pack(NumberWriter):
    """A SenML pack in `buf` (a bytearray of 1 byte or more), empty at first. Read `length`, the
    bytes of it in use; `count`, the number of records; `overflow`, True after a 507.

    `epoch` is the year whose start the `time` of `base()` counts from: 1970, or 2000 as on most
    boards (`time.gmtime(0)[0]` tells), where a time since 1970 would be no small int any more.
    """

    def __init__(self, buf, epoch=1970):
        if len(buf) < 1 or (epoch != 1970 and epoch != 2000):
            raise ValueError("a pack needs a buffer, and 1970 or 2000 as its epoch")
        super().__init__(buf)
        self._since_2000 = epoch == 2000
        self.clear()

    def clear(self):
        """Start an empty pack."""
        self.buf[0] = _ARRAY
        self.pos = 1
        self.length = 1
        self.count = 0
        self.overflow = False
        self._record = 0  # where the last record starts; 0: none, or not yet part of the pack
        self._labels = 0  # its labels, one bit each
        self._fields = 0  # fields written, but not yet part of the pack
        self._new_labels = 0  # and their labels
        self._only_base = False  # it has nothing but base fields: the next record goes on in it

    def base(self, name=None, time=None, unit=None):
        """What the following records have in common: a name that goes before theirs, the time in
        whole seconds that theirs is added to, and the unit of those that give none. 200 or 507."""
        self._begin()
        self._only_base = True
        if name is not None:
            self._label(BASE_NAME)
            self.put_text(name)
        if time is not None:
            self._label(BASE_TIME)
            if self._since_2000:
                low = (time & 0xFFFF) + _Y2000_LOW
                self.put_halves(UNSIGNED, (time >> 16) + _Y2000_HIGH + (low >> 16), low & 0xFFFF)
            else:
                self.put_number(time)
        if unit is not None:
            self._label(BASE_UNIT)
            self.put_text(unit)
        return self._done()

    def record(self, name=None, unit=None):
        """Add a record that gets its values by `field()`. 200 or 507, as all that follow."""
        self._open(name, unit)
        return self._done()

    def number(self, name, value, exponent=0, unit=None):
        """Add a record whose value is `value` * 10**`exponent`, or a float."""
        self._open(name, unit)
        self._label(VALUE)
        self.put_number(value, exponent)
        return self._done()

    def boolean(self, name, value):
        """Add a record whose value is true or false."""
        self._open(name, None)
        self._label(BOOLEAN_VALUE)
        self.put_bool(value)
        return self._done()

    def string(self, name, value):
        """Add a record whose value is text: str, or UTF-8 as bytes."""
        self._open(name, None)
        self._label(STRING_VALUE)
        self.put_text(value)
        return self._done()

    def data(self, name, value):
        """Add a record whose value is bytes."""
        self._open(name, None)
        self._label(DATA_VALUE)
        self.put_data(value)
        return self._done()

    def field(self, label, value, exponent=0):
        """Add a number to the last record: TIME (in seconds, relative to the base time, or to now
        when there is none), UPDATE_TIME, SUM, VALUE, BASE_VALUE, BASE_SUM, BASE_TIME, VERSION."""
        self._forget()
        if self._record == 0 and not self.overflow:
            raise ValueError("no SenML record to put a field in")
        self._label(label)
        self.put_number(value, exponent)
        return self._done()

    def _forget(self):
        # What a call wrote becomes part of the pack in its _done(), or, when it raised, never.
        self.pos = self.length
        self._fields = 0
        self._new_labels = 0

    def _begin(self):
        self._forget()
        if not self._only_base:
            self._record = 0
            self._labels = 0
            if self.fits(1):
                self.buf[self.pos] = _MAP
                self.pos += 1

    def _open(self, name, unit):
        self._begin()
        self._only_base = False
        if name is not None:
            self._label(NAME)
            self.put_text(name)
        if unit is not None:
            self._label(UNIT)
            self.put_text(unit)

    def _label(self, label):
        if self.fits(1):
            bit = 1 << (label + 6)
            if (self._labels | self._new_labels) & bit:
                raise ValueError("this SenML record has that field already")
            self._new_labels |= bit
            # Negative labels take one byte too: -1 - label is the argument of a negative integer.
            self.buf[self.pos] = label if label >= 0 else 0x1F - label
            self.pos += 1
            self._fields += 1

    def _done(self):
        if self.overflow:
            return self._drop()
        if self._record == 0:
            record = self.length
            head = self._head_size()
            self.count += 1
            if head != self._head_size():
                if not self.fits(1):
                    self.count -= 1
                    return self._drop()
                self._move_up(head)
                record += 1
            self._record = record
            self._put_count()
        self.buf[self._record] += self._fields
        self._labels |= self._new_labels
        self.length = self.pos
        return OK

    def _drop(self):
        # After the first refusal: take away the record, with the fields it has had before.
        if self._record:
            end = self._record
            head = self._head_size()
            self.count -= 1
            if head != self._head_size():
                copy(self.buf, head - 1, self.buf, head, end - head)
                end -= 1
            self._put_count()
            self._record = 0
            self.length = end
        return FULL

    def _head_size(self):
        # Of the array, RFC 8949 section 3: 23 records fit in the first byte, 255 in the second.
        if self.count < 24:
            return 1
        return 2 if self.count < 256 else 3

    def _put_count(self):
        count = self.count
        buf = self.buf
        if count < 24:
            buf[0] = _ARRAY | count
        elif count < 256:
            buf[0] = _ARRAY | 24
            buf[1] = count
        else:
            buf[0] = _ARRAY | 25
            buf[1] = count >> 8
            buf[2] = count & 0xFF

    def _move_up(self, start):
        buf = self.buf
        i = self.pos
        while i > start:
            buf[i] = buf[i - 1]
            i -= 1
        self.pos += 1
