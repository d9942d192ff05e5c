"""SenML (RFC 8428) in CBOR, read where it lies: for the few packs a device is sent, which may be
anything. Nothing here raises or recurses, and it takes no longer than the pack is.

    if reader.open(data):
        while reader.next():
            if reader.kind == NUMBER and reader.named(b"interval"):
                use(reader.number)

`open` walks through the whole pack and refuses it for any fault, so that a pack is acted upon as a
whole or not at all. Refused are: CBOR that is malformed, of indefinite length or followed by more;
a number beyond 64 bits, infinite, or none; a record with two values; a version above 10 and a label
that ends in "_" (RFC 8428 section 4.4). Other unknown labels are passed over. Times are not looked
at: what comes is for now.
"""

from cbor_reader import ARRAY, BYTES, MAP, NEGATIVE, TEXT, UNSIGNED, CborReader, is_finite

from uwish.compat import const, same

NONE = const(0)  # kinds of value: a record that has only a sum, or only base fields, has none
NUMBER = const(1)
BOOLEAN = const(2)
STRING = const(3)
DATA = const(4)

_VERSION = const(-1)  # labels, RFC 8428 table 4
_BASE_NAME = const(-2)
_BASE_TIME = const(-3)
_BASE_UNIT = const(-4)
_BASE_VALUE = const(-5)
_BASE_SUM = const(-6)
_NAME = const(0)
_UNIT = const(1)
_VALUE = const(2)
_STRING_VALUE = const(3)
_BOOLEAN_VALUE = const(4)
_SUM = const(5)
_TIME = const(6)
_UPDATE_TIME = const(7)
_DATA_VALUE = const(8)

_UNUSED = (_SUM, _TIME, _UPDATE_TIME, _BASE_TIME, _BASE_SUM)  # numbers all of them
_MAX_VERSION = const(10)
_UNDERSCORE = const(0x5F)


class Reader:
    """After a `next()` that is True: `kind`, and `number` (int or float, the base value added in),
    `truth`, or `at` and `size` (where in the pack the text or data lie)."""

    def __init__(self):
        self._in = CborReader()
        self._left = 0  # records
        self._forget_base()
        self._forget_record()

    def open(self, pack):
        """Stand before the first record of `pack` (bytes-like); False when it is not sound."""
        if not self._start(pack):
            return False
        while self._left:
            if not self.next():
                return False
        return self._in.pos == self._in.end and self._start(pack)

    def next(self):
        """Read one record; False after the last."""
        if self._left == 0:
            return False
        self._left -= 1
        self._forget_record()
        if not self._in.head() or self._in.major != MAP:
            return False
        entries = self._in.argument
        while entries:
            if not self._entry():
                return False
            entries -= 1
        if self.kind == NUMBER:
            self.number += self._base_value
            return is_finite(self.number)  # two large ones may add up to infinity
        return True

    def named(self, name):
        """True when base name and name of the record together are `name` (bytes)."""
        buf = self._in.buf
        n = self._base_name_size
        return (
            n + self._name_size == len(name)
            and same(buf, self._base_name, name, 0, n)
            and same(buf, self._name, name, n, self._name_size)
        )

    def measured_in(self, unit):
        """True when the unit of the record, or else the base unit, is `unit` (bytes; b"": none)."""
        at = self._unit
        n = self._unit_size
        if n == 0:
            at = self._base_unit
            n = self._base_unit_size
        return n == len(unit) and same(self._in.buf, at, unit, 0, n)

    def _start(self, pack):
        self._forget_base()
        self._in.buf = pack
        self._in.pos = 0
        self._in.end = len(pack)
        self._left = 0
        if not self._in.head() or self._in.major != ARRAY:
            return False
        self._left = self._in.argument
        return True

    def _forget_base(self):
        self._base_name = self._base_name_size = 0
        self._base_unit = self._base_unit_size = 0
        self._base_value = 0

    def _forget_record(self):
        self.kind = NONE
        self.number = 0
        self.truth = False
        self.at = self.size = 0
        self._name = self._name_size = 0
        self._unit = self._unit_size = 0

    def _entry(self):
        inside = self._in
        if not inside.head():
            return False
        if inside.major == UNSIGNED:
            return self._field(inside.argument)
        if inside.major == NEGATIVE:
            return self._field(-1 - inside.argument)
        if inside.major != TEXT:
            return False
        inside.pos += inside.argument
        if inside.argument and inside.buf[inside.pos - 1] == _UNDERSCORE:
            return False
        return inside.skip()

    def _field(self, label):
        inside = self._in
        if label == _NAME or label == _UNIT or label == _BASE_NAME or label == _BASE_UNIT:
            if not inside.string(TEXT):
                return False
            if label == _NAME:
                self._name = inside.at
                self._name_size = inside.size
            elif label == _UNIT:
                self._unit = inside.at
                self._unit_size = inside.size
            elif label == _BASE_NAME:
                self._base_name = inside.at
                self._base_name_size = inside.size
            else:
                self._base_unit = inside.at
                self._base_unit_size = inside.size
            return True
        if label == _BASE_VALUE:
            if not inside.number():
                return False
            self._base_value = inside.value
            return True
        if label == _VERSION:
            return inside.integer() and 0 <= inside.value <= _MAX_VERSION
        if label in _UNUSED:
            return inside.number()
        return self._typed_value(label)

    def _typed_value(self, label):
        inside = self._in
        if label == _VALUE:
            kind = NUMBER
            read = inside.number()
        elif label == _BOOLEAN_VALUE:
            kind = BOOLEAN
            read = inside.boolean()
        elif label == _STRING_VALUE:
            kind = STRING
            read = inside.string(TEXT)
        elif label == _DATA_VALUE:
            kind = DATA
            read = inside.string(BYTES)
        else:
            return inside.skip()
        if not read or self.kind != NONE:
            return False
        self.kind = kind
        if kind == NUMBER:
            self.number = inside.value
        elif kind == BOOLEAN:
            self.truth = inside.value
        else:
            self.at = inside.at
            self.size = inside.size
        return True
