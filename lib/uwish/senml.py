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

from .cbor import UNSIGNED, put_bool, put_data, put_halves, put_head, put_label, put_text
from .cbor_number import RARE, SMALL, put_number, put_small
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

_NUMERIC = (VALUE, SUM, TIME, UPDATE_TIME, BASE_TIME, BASE_VALUE, BASE_SUM, VERSION)

_ARRAY = const(0x80)
_MAP = const(0xA0)

# 2000-01-01 in seconds since 1970, as two 16-bit halves: 946684800.
_Y2000_HIGH = const(14445)
_Y2000_LOW = const(17280)


class Pack:
    """A SenML pack in `buf` (a bytearray of 1 byte or more), empty at first. Read `length`, the
    bytes of it in use; `count`, the number of records; `overflow`, True after a 507.

    `epoch` is the year whose start the `time` of `base()` counts from: 1970, or 2000 as on most
    boards (`time.gmtime(0)[0]` tells), where a time since 1970 would be no small int any more.
    """

    def __init__(self, buf, epoch=1970):
        if len(buf) < 1 or epoch not in (1970, 2000):
            raise ValueError("a pack needs a buffer, and 1970 or 2000 as its epoch")
        self.buf = buf
        self._limit = len(buf)
        self._since_2000 = epoch == 2000
        self._new_fields = 0  # what the current call adds to a record that is there already
        self._new_labels = 0  # all numeric labels of the record when the current call is done
        self.clear()

    def clear(self):
        """Start an empty pack."""
        self.buf[0] = _ARRAY
        self.length = 1
        self.count = 0
        self.overflow = False
        self._record = 0  # where the last record starts; 0: there is none to add a field to
        self._labels = 0  # its numeric labels, one bit each; VALUE stands for any kind of value
        self._only_base = False  # it has nothing but base fields: the next record goes on in it

    def base(self, name=None, time=None, unit=None):
        """What the following records have in common: a name that goes before theirs, the time in
        whole seconds that theirs is added to, and the unit of those that give none. 200 or 507."""
        buf = self.buf
        limit = self._limit
        named = name is not None
        timed = time is not None
        measured = unit is not None
        # One bit each of what is in a record: 1 << (label & 15).
        labels = named << 14 | timed << 13 | measured << 12
        if self._only_base and self._labels & labels:
            raise ValueError("this base is there already, and no record has followed it")
        pos = self._begin(named + timed + measured, labels)
        if named:
            pos = put_text(buf, pos, limit, BASE_NAME, name)
        if timed:
            high = time >> 16
            low = time & 0xFFFF
            if self._since_2000:
                low += _Y2000_LOW
                high += _Y2000_HIGH + (low >> 16)
                low &= 0xFFFF
            if 0 < high < 0x10000:
                pos = put_label(buf, pos, limit, BASE_TIME)
                pos = put_halves(buf, pos, limit, UNSIGNED, high, low)
            else:
                pos = put_number(buf, pos, limit, BASE_TIME, (high << 16) + low)
        if measured:
            pos = put_text(buf, pos, limit, BASE_UNIT, unit)
        self._only_base = True
        return self._done(pos)

    def record(self, name=None, unit=None):
        """Add a record that gets its values by `field()`. 200 or 507, as all that follow."""
        return self._done(self._open(name, unit, 0, 0))

    def number(self, name, value, exponent=0, unit=None):
        """Add a record whose value is `value` * 10**`exponent`, or a float."""
        # A call costs as much as its work, so one that does it all is tried first.
        n = u = -1
        fields = 1
        if name is not None:
            n = len(name)
            fields = 2
        if unit is not None:
            u = len(unit)
            fields += 1
        buf = self.buf
        limit = self._limit
        pos = self._begin(fields, 1 << VALUE)
        if put_small and not isinstance(value, float) and -SMALL <= value <= SMALL:
            end = put_small(buf, pos, limit, VALUE, value, exponent, name, n, unit, u)
        else:
            end = RARE
        if end == RARE:
            pos = self._put_texts(pos, name, unit)
            end = put_number(buf, pos, limit, VALUE, value, exponent)
        self._only_base = False
        return self._done(end)

    def boolean(self, name, value):
        """Add a record whose value is true or false."""
        pos = self._open(name, None, 1, 1 << VALUE)
        return self._done(put_bool(self.buf, pos, self._limit, BOOLEAN_VALUE, value))

    def string(self, name, value):
        """Add a record whose value is text: str, or UTF-8 as bytes."""
        pos = self._open(name, None, 1, 1 << VALUE)
        return self._done(put_text(self.buf, pos, self._limit, STRING_VALUE, value))

    def data(self, name, value):
        """Add a record whose value is bytes."""
        pos = self._open(name, None, 1, 1 << VALUE)
        return self._done(put_data(self.buf, pos, self._limit, DATA_VALUE, value))

    def field(self, label, value, exponent=0):
        """Add a number to the last record: TIME (in seconds, relative to the base time, or to now
        when there is none), UPDATE_TIME, SUM, VALUE, BASE_VALUE, BASE_SUM, BASE_TIME, VERSION."""
        if self.overflow:
            return FULL
        if self._record == 0 or label not in _NUMERIC:
            raise ValueError("no SenML record to put a field in, or no label of a number")
        bit = 1 << (label & 15)
        if self._labels & bit:
            raise ValueError("this SenML record has that field already")
        self._new_fields = 1
        self._new_labels = self._labels | bit
        return self._done(put_number(self.buf, self.length, self._limit, label, value, exponent))

    def _begin(self, fields, labels):
        # The position after the head of the map, which is a new one unless a base waits for fields.
        if self.overflow:
            return -1
        pos = self.length
        if self._only_base:
            self._new_fields = fields
            self._new_labels = self._labels | labels
            return pos
        self._record = 0
        self._new_labels = labels
        if pos >= self._limit:
            return -1
        self.buf[pos] = _MAP | fields
        return pos + 1

    def _open(self, name, unit, fields, labels):
        fields += (name is not None) + (unit is not None)
        pos = self._put_texts(self._begin(fields, labels), name, unit)
        self._only_base = False
        return pos

    def _put_texts(self, pos, name, unit):
        if name is not None:
            pos = put_text(self.buf, pos, self._limit, NAME, name)
        if unit is not None:
            pos = put_text(self.buf, pos, self._limit, UNIT, unit)
        return pos

    def _done(self, pos):
        # Only here does what was written become part of the pack; a call that raised wrote nothing.
        if pos < 0:
            self.overflow = True
            return self._drop()
        buf = self.buf
        if self._record:
            buf[self._record] += self._new_fields
        else:
            record = self.length
            count = self.count + 1
            if count < 24:
                buf[0] = _ARRAY | count
                self.count = count
            else:
                if count == 24 or count == 256:
                    # The head of the array grows by a byte (RFC 8949 section 3).
                    if pos >= self._limit:
                        self.overflow = True
                        return FULL
                    _move_up(buf, 1 if count == 24 else 2, pos)
                    record += 1
                    pos += 1
                self.count = count
                put_head(self.buf, 0, self._limit, _ARRAY, self.count)
            self._record = record
        self._labels = self._new_labels
        self.length = pos
        return OK

    def _drop(self):
        # Take away the record that has had no room for a further field.
        if self._record:
            end = self._record
            self.count -= 1
            if self.count == 23 or self.count == 255:
                head = 2 if self.count == 23 else 3
                copy(self.buf, head - 1, self.buf, head, end - head)
                end -= 1
            put_head(self.buf, 0, self._limit, _ARRAY, self.count)
            self._record = 0
            self.length = end
        return FULL


def _move_up(buf, start, end):
    while end > start:
        buf[end] = buf[end - 1]
        end -= 1
