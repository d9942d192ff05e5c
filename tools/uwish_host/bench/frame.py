"""The frames that are measured: 64 bytes, SenML or opaque, that carry the time they were sent.

The SenML is what a board sends: a base name, a temperature, and a second reading whose value is the
stamp. The stamp lies at the same place in both, the last eight bytes: nanoseconds of
CLOCK_MONOTONIC, which all processes of a machine have in common.
"""

import struct

SIZE = 64
STAMP_OFFSET = SIZE - 8
SENML = "senml"
OPAQUE = "opaque"


def template(kind, number):
    """A frame of device `number`, its stamp still zero."""
    if kind == OPAQUE:
        # 0xff is no CBOR item and no UTF-8: nobody can take it for anything but bytes.
        return b"\xff" * STAMP_OFFSET + bytes(8)
    base = b"device-%05d/" % number
    # [{-2: base, 0: "temperature", 1: "Cel", 2: 21.5}, {0: "…", 2: stamp as uint64}], RFC 8428.
    head = b"\x82\xa4\x21" + _text(base) + b"\x00" + _text(b"temperature")
    head += b"\x01" + _text(b"Cel") + b"\x02\xf9" + struct.pack(">e", 21.5) + b"\xa2\x00"
    name = b"stamp_ns"
    left = STAMP_OFFSET - len(head) - 2 - 1
    name = (name + b"_" * left)[:left]
    return head + _text(name) + b"\x02\x1b" + bytes(8)


def _text(data):
    return bytes([0x60 | len(data)]) + data
