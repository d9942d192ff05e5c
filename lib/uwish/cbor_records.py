"""A CBOR array of maps (RFC 8949 section 3) that grows record by record, and is complete and valid
after each: how far it is, in an array of numbers that native code (`_cbor_viper.py`) shares.

A call begins a record, or goes on in the last one; writes its fields behind what is there; and only
then, when all of it has found room, makes it part of the array.
"""

from .cbor import put_head
from .compat import const, copy
from .status import FULL, OK

LENGTH = const(0)  # bytes in use
LIMIT = const(1)  # bytes there are; 0 once something has not fitted
COUNT = const(2)  # records
RECORD = const(3)  # where the last record starts; 0: there is none to add a field to
LABELS = const(4)  # its labels, one bit each
ONLY_BASE = const(5)  # 1: the next record goes on in it
# What the current call is to add:
HEAD = const(6)  # where the map of its record starts
FIELDS = const(7)  # how many fields
ADDED = const(8)  # their labels
END = const(9)  # where the next of them goes; kept by native code only
# Two 16-bit halves, for senml.py: the seconds from 1970 to what its times count from.
EPOCH = const(10)
SIZE = const(12)

_ARRAY = const(0x80)
_MAP = const(0xA0)


try:
    from ._cbor_viper import clear
except (ImportError, SyntaxError, ValueError):

    def clear(buf, at):
        """Start an empty array in `buf`: its length in bytes."""
        at[LENGTH] = 1
        at[LIMIT] = len(buf)
        at[COUNT] = 0
        at[RECORD] = 0
        at[ONLY_BASE] = 0
        buf[0] = _ARRAY
        return 1


def begin(at, fields, labels):
    """The position of the first of `fields` fields: in a new map, unless the last waits for more.
    -1 when there is no room."""
    pos = at[LENGTH]
    at[FIELDS] = fields
    at[ADDED] = labels
    if at[ONLY_BASE]:
        at[HEAD] = at[RECORD]
    else:
        at[HEAD] = pos
        at[RECORD] = 0
        pos += 1
    return pos if pos <= at[LIMIT] else -1


def complete(buf, at, pos, only_base):
    """What was begun ends at `pos` and belongs to the array from now on: OK. When `pos` is
    negative it has found no room: FULL, and so is every other until `clear`."""
    if pos < 0:
        return _drop(buf, at)
    head = at[HEAD]
    if head == at[LENGTH]:
        count = at[COUNT] + 1
        if count == 24 or count == 256:
            # The head of the array grows by a byte.
            if pos >= at[LIMIT]:
                return _drop(buf, at)
            _move_up(buf, 1 if count == 24 else 2, pos)
            head += 1
            pos += 1
        at[COUNT] = count
        put_head(buf, 0, pos, _ARRAY, count)
        buf[head] = _MAP | at[FIELDS]
        at[LABELS] = at[ADDED]
    else:
        buf[head] += at[FIELDS]
        at[LABELS] |= at[ADDED]
    at[RECORD] = head
    at[ONLY_BASE] = only_base
    at[LENGTH] = pos
    return OK


def _drop(buf, at):
    # A record that has had no room for a further field is taken away.
    end = at[RECORD]
    if end and at[LIMIT]:
        count = at[COUNT] - 1
        if count == 23 or count == 255:
            head = 2 if count == 23 else 3
            copy(buf, head - 1, buf, head, end - head)
            end -= 1
        put_head(buf, 0, end, _ARRAY, count)
        at[COUNT] = count
        at[RECORD] = 0
        at[LENGTH] = end
    at[LIMIT] = 0
    return FULL


def _move_up(buf, start, end):
    while end > start:
        buf[end] = buf[end - 1]
        end -= 1
