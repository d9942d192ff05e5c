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

from array import array
from builtins import float, isinstance  # noqa: UP029 (found at once: builtins are looked for last)

from .cbor import UNSIGNED, put_bool, put_data, put_halves, put_label, put_text
from .cbor_number import put_number
from .cbor_records import (
    ADDED,
    COUNT,
    EPOCH,
    FIELDS,
    HEAD,
    LABELS,
    LENGTH,
    LIMIT,
    ONLY_BASE,
    RECORD,
    SIZE,
    begin,
    clear,
    complete,
)
from .compat import const
from .status import FULL, OK

try:
    from ._cbor_viper import put_texts, put_time, put_value
except (ImportError, SyntaxError, ValueError):

    def put_texts(buf, at, first, name, unit):
        """Without native code nothing is usual."""
        return False

    put_time = put_value = None

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

_BASE_NAME_KEY = const(0x21)  # BASE_NAME as it stands in CBOR
_SMALL = const(0x3FFFFFFF)  # the largest small int of a 32-bit board

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
        self._at = array("i", [0] * SIZE)
        if epoch == 2000:
            self._at[EPOCH] = _Y2000_HIGH
            self._at[EPOCH + 1] = _Y2000_LOW
        self.clear()

    def __getattr__(self, name):
        # No properties: a class that has any makes MicroPython look for more at every store.
        if name == "count":
            return self._at[COUNT]
        if name == "overflow":
            return self._at[LIMIT] == 0
        raise AttributeError(name)

    def clear(self):
        """Start an empty pack."""
        self.length = clear(self.buf, self._at)

    def base(self, name=None, time=None, unit=None):
        """What the following records have in common: a name that goes before theirs, the time in
        whole seconds that theirs is added to, and the unit of those that give none. 200 or 507."""
        # Few locals, here and in `number`: MicroPython takes the frame of a function with more than
        # eleven slots from the heap. What is usual is done by native code, or not at all.
        if time is not None and 0 <= time >> 16 < 0x10000:
            end = put_texts(self.buf, self._at, _BASE_NAME_KEY, name, unit)
            if end:
                end = put_time(self.buf, self._at, time >> 16, time & 0xFFFF)
                if end:
                    self.length = end
                    return OK
        return self._rare_base(name, time, unit)

    def record(self, name=None, unit=None):
        """Add a record that gets its values by `field()`. 200 or 507, as all that follow."""
        return self._done(self._open(name, unit, 0, 0))

    def number(self, name, value, exponent=0, unit=None):
        """Add a record whose value is `value` * 10**`exponent`, or a float."""
        if (
            not isinstance(value, float)
            and -_SMALL <= value <= _SMALL
            and put_texts(self.buf, self._at, NAME, name, unit)
            and put_value(self.buf, self._at, value, exponent)
        ):
            self.length = self._at[LENGTH]
            return OK
        return self._rare_number(name, value, exponent, unit)

    def boolean(self, name, value):
        """Add a record whose value is true or false."""
        pos = self._open(name, None, 1, 1 << VALUE)
        return self._done(put_bool(self.buf, pos, self._at[LIMIT], BOOLEAN_VALUE, value))

    def string(self, name, value):
        """Add a record whose value is text: str, or UTF-8 as bytes."""
        pos = self._open(name, None, 1, 1 << VALUE)
        return self._done(put_text(self.buf, pos, self._at[LIMIT], STRING_VALUE, value))

    def data(self, name, value):
        """Add a record whose value is bytes."""
        pos = self._open(name, None, 1, 1 << VALUE)
        return self._done(put_data(self.buf, pos, self._at[LIMIT], DATA_VALUE, value))

    def field(self, label, value, exponent=0):
        """Add a number to the last record: TIME (in seconds, relative to the base time, or to now
        when there is none), UPDATE_TIME, SUM, VALUE, BASE_VALUE, BASE_SUM, BASE_TIME, VERSION."""
        at = self._at
        if not at[LIMIT]:
            return FULL
        if not at[RECORD] or label not in _NUMERIC:
            raise ValueError("no SenML record to put a field in, or no label of a number")
        if at[LABELS] & 1 << (label & 15):
            raise ValueError("this SenML record has that field already")
        at[HEAD] = at[RECORD]
        at[FIELDS] = 1
        at[ADDED] = 1 << (label & 15)
        return self._done(
            put_number(self.buf, at[LENGTH], at[LIMIT], label, value, exponent), at[ONLY_BASE]
        )

    def _rare_base(self, name, time, unit):
        at = self._at
        limit = at[LIMIT]
        labels = (name is not None) << 14 | (time is not None) << 13 | (unit is not None) << 12
        if at[ONLY_BASE] and at[LABELS] & labels:
            raise ValueError("this base is there already, and no record has followed it")
        fields = (name is not None) + (time is not None) + (unit is not None)
        pos = begin(at, fields, labels)
        if name is not None:
            pos = put_text(self.buf, pos, limit, BASE_NAME, name)
        if time is not None:
            high = (time >> 16) + at[EPOCH]
            low = (time & 0xFFFF) + at[EPOCH + 1]
            high += low >> 16
            low &= 0xFFFF
            if 0 < high < 0x10000:
                pos = put_label(self.buf, pos, limit, BASE_TIME)
                pos = put_halves(self.buf, pos, limit, UNSIGNED, high, low)
            else:
                pos = put_number(self.buf, pos, limit, BASE_TIME, (high << 16) + low)
        if unit is not None:
            pos = put_text(self.buf, pos, limit, BASE_UNIT, unit)
        return self._done(pos, 1)

    def _rare_number(self, name, value, exponent, unit):
        pos = self._open(name, unit, 1, 1 << VALUE)
        return self._done(put_number(self.buf, pos, self._at[LIMIT], VALUE, value, exponent))

    def _open(self, name, unit, fields, labels):
        fields += (name is not None) + (unit is not None)
        pos = begin(self._at, fields, labels)
        if name is not None:
            pos = put_text(self.buf, pos, self._at[LIMIT], NAME, name)
        if unit is not None:
            pos = put_text(self.buf, pos, self._at[LIMIT], UNIT, unit)
        return pos

    def _done(self, pos, only_base=0):
        status = complete(self.buf, self._at, pos, only_base)
        self.length = self._at[LENGTH]
        return status
