"""BSON against messages of the real desktop core, and against documents that lie."""

import json
import unittest
from binascii import unhexlify

from uwish import bson
from uwish.bson import Cursor
from uwish.bson_writer import Writer

with open("host_tests/vectors/bson_messages.json") as f:
    VECTORS = json.load(f)


def decode(cursor):
    """The document under `cursor` as [(name, value)]; raises ValueError where the cursor says
    MALFORMED."""
    found = []
    while True:
        kind = cursor.next()
        if kind == bson.END:
            return found
        if kind == bson.MALFORMED:
            raise ValueError("malformed")
        name = None
        for candidate in NAMES:
            if cursor.named(candidate):
                name = candidate.decode()
        if kind in (bson.DOCUMENT, bson.ARRAY):
            inner = Cursor()
            if not inner.enter(cursor):
                raise ValueError("malformed")
            value = decode(inner)
            if kind == bson.ARRAY:
                value = [item[1] for item in value]
            found.append((name, value))
        elif kind == bson.STRING:
            found.append((name, cursor.bytes().decode()))
        elif kind == bson.BINARY:
            found.append((name, {"$hex": "".join("%02x" % b for b in cursor.bytes())}))
        elif kind == bson.BOOLEAN:
            found.append((name, cursor.is_true()))
        else:
            raw = cursor.bytes()
            found.append((name, int.from_bytes(raw, "little")))


def read_within(filler, document):
    """What `decode` makes of the document in a buffer full of `filler`; None when it refuses."""
    buf = filler * 40 + bytes(document) + filler * 40
    cursor = Cursor()
    if not cursor.open(buf, 40, 40 + len(document)):
        return None
    try:
        return decode(cursor)
    except (ValueError, UnicodeError):
        return None


def collect_names(value, into):
    if isinstance(value, dict):
        for key, inner in value.items():
            into.add(key.encode())
            collect_names(inner, into)
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            into.add(b"%d" % i)
            collect_names(inner, into)


NAMES = set()
for _vector in VECTORS.values():
    collect_names(_vector["json"], NAMES)


def plain(value):
    """`decode`'s lists of pairs as dicts, to compare with JSON."""
    if isinstance(value, list):
        if value and isinstance(value[0], tuple):
            return {name: plain(inner) for name, inner in value}
        return [plain(inner) for inner in value]
    return value


def empty_as(value):
    """An empty document and an empty array look the same once decoded."""
    if isinstance(value, dict):
        if not value:
            return []
        return {key: empty_as(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [empty_as(inner) for inner in value]
    return value


def sample():
    buf = bytearray(200)
    w = Writer()
    w.begin(buf, 3, len(buf))
    w.document(b"req")
    w.string(b"op", b"send")
    w.array(b"args")
    w.binary(b"0", b"\x01\x02\x03", 0, 3)
    w.string(b"1", "grün".encode())
    w.close()
    w.int32(b"id", 0x12345678)
    w.boolean(b"on", True)
    w.close()
    n = w.finish()
    return bytes(buf[3 : 3 + n])


class Reading(unittest.TestCase):
    def test_every_message_of_the_real_core(self):
        self.assertTrue(len(VECTORS) > 20)
        for name in VECTORS:
            raw = unhexlify(VECTORS[name]["hex"])
            cursor = Cursor()
            self.assertTrue(cursor.open(raw, 0, len(raw)), name)
            self.assertEqual(plain(decode(cursor)), empty_as(VECTORS[name]["json"]), name)

    def test_types_beside_those_we_use_are_stepped_over(self):
        raw = b"\0\0\0\0" + b"\x01d\0" + bytes(8) + b"\x09t\0" + bytes(8) + b"\x0an\0"
        raw += b"\x12l\0" + bytes(8) + b"\x08b\0\x01" + b"\0"
        raw = bytes([len(raw)]) + raw[1:]
        cursor = Cursor()
        self.assertTrue(cursor.open(raw, 0, len(raw)))
        kinds = []
        while True:
            kind = cursor.next()
            if kind <= 0:
                break
            kinds.append(kind)
        self.assertEqual(kinds, [bson.DOUBLE, bson.DATETIME, bson.NULL, bson.INT64, bson.BOOLEAN])
        self.assertEqual(kind, bson.END)


class Lies(unittest.TestCase):
    def test_cut_short_at_every_byte(self):
        raw = sample()
        for n in range(len(raw)):
            self.assertFalse(Cursor().open(raw, 0, n))

    def test_every_byte_replaced_never_reads_outside(self):
        raw = sample()
        refused = 0
        for i in range(len(raw)):
            for value in (0, 1, 4, 5, 0x7F, 0x80, 0xFF):
                lie = bytearray(raw)
                lie[i] = value
                # What is made of it does not depend on what lies around it.
                first = read_within(b"\x00", lie)
                self.assertEqual(read_within(b"\x10", lie), first)
                refused += first is None
        self.assertTrue(0 < refused < 7 * len(raw))

    def test_lengths_that_reach_beyond_the_document(self):
        for kind, body in (
            (2, b"\x05\0\0\0ab\0"),
            (2, b"\xff\xff\xff\xffab\0"),
            (2, b"\0\0\0\0"),
            (2, b"\x02\0\0\0ab\0"),  # no NUL where the string should end
            (5, b"\x03\0\0\0\0ab"),
            (5, b"\xff\xff\xff\x7f\0ab"),
            (5, b"\0\0"),
            (3, b"\x06\0\0\0\0"),
            (3, b"\x04\0\0\0\0"),
            (4, b"\x05\0\0\0\x01"),
            (8, b"\x02"),
            (8, b""),
            (16, b"\0\0\0"),
            (1, bytes(7)),
            (6, b""),  # a type that Wish does not have
            (0x7F, b""),
        ):
            raw = b"\0\0\0\0" + bytes([kind]) + b"x\0" + body + b"\0"
            raw = bytes([len(raw)]) + raw[1:]
            cursor = Cursor()
            self.assertTrue(cursor.open(raw, 0, len(raw)))
            self.assertEqual(cursor.next(), bson.MALFORMED, (kind, body))

    def test_a_name_without_end(self):
        raw = b"\x0b\0\0\0\x10abcde\0"
        cursor = Cursor()
        self.assertTrue(cursor.open(raw, 0, len(raw)))
        self.assertEqual(cursor.next(), bson.MALFORMED)

    def test_deep_nesting_costs_no_depth(self):
        raw = b"\x05\0\0\0\0"
        for _ in range(60):
            n = len(raw) + 8
            raw = n.to_bytes(4, "little") + b"\x03a\0" + raw + b"\0"
        cursor = Cursor()
        self.assertTrue(cursor.open(raw, 0, len(raw)))
        self.assertEqual(cursor.next(), bson.DOCUMENT)
        self.assertEqual(cursor.next(), bson.END)


class Writing(unittest.TestCase):
    def test_the_bytes_of_the_real_core(self):
        buf = bytearray(64)
        w = Writer()
        w.begin(buf, 0, len(buf))
        w.document(b"req")
        w.string(b"op", b"peers")
        w.array(b"args")
        w.close()
        w.int32(b"id", 1)
        w.close()
        n = w.finish()
        self.assertEqual(bytes(buf[:n]), unhexlify(VECTORS["peers_req"]["hex"]))

    def test_no_room_at_every_size(self):
        whole = sample()
        for room in range(len(whole)):
            buf = bytearray(b"\xaa" * (len(whole) + 20))
            w = Writer()
            w.begin(buf, 3, 3 + room)
            w.document(b"req")
            w.string(b"op", b"send")
            w.array(b"args")
            w.binary(b"0", b"\x01\x02\x03", 0, 3)
            w.string(b"1", "grün".encode())
            w.close()
            w.int32(b"id", 0x12345678)
            w.boolean(b"on", True)
            w.close()
            self.assertEqual(w.finish(), -1)
            self.assertTrue(w.overflow)
            self.assertEqual(bytes(buf[3 + room :]), b"\xaa" * (len(whole) + 17 - room))

    def test_deeper_than_it_can_remember(self):
        w = Writer()
        w.begin(bytearray(100), 0, 100)
        for _ in range(4):
            w.document(b"a")
        self.assertRaises(ValueError, w.document, b"a")


if __name__ == "__main__":
    unittest.main()
