"""The reader of SenML on the device: what is sound it reads."""

import sys
import unittest
from binascii import unhexlify

sys.path.insert(0, "firmware")

from senml_packs import everything, opens
from senml_reader import BOOLEAN, DATA, NONE, NUMBER, STRING, Reader

from uwish.senml import Pack

# RFC 8428 section 6.
RFC_EXAMPLE = unhexlify(
    "87a721781b75726e3a6465763a6f773a3130653230373361303130383030363a22fb41d303a15b0010622361412005"
    "0067766f6c7461676501615602fb405e066666666666a3006763757272656e74062402fb3ff3333333333333a30067"
    "63757272656e74062302fb3ff4cccccccccccda3006763757272656e74062202fb3ff6666666666666a30067637572"
    "72656e74062102f93e00a3006763757272656e74062002fb3ff999999999999aa3006763757272656e74060002fb3f"
    "fb333333333333"
)


def value(text):
    """The number of a record whose value is this item (hex); None when the pack is refused."""
    reader = Reader()
    if not reader.open(unhexlify("81a102" + text)):
        return None
    reader.next()
    return reader.number


class SoundTest(unittest.TestCase):
    def test_example_of_the_rfc(self):
        reader = Reader()
        self.assertTrue(reader.open(RFC_EXAMPLE))
        seen = []
        while reader.next():
            self.assertEqual(reader.kind, NUMBER)
            name = b"voltage" if not seen else b"current"
            self.assertTrue(reader.named(b"urn:dev:ow:10e2073a0108006:" + name))
            self.assertFalse(reader.named(name))
            self.assertEqual(reader.measured_in(b"V"), not seen)
            self.assertEqual(reader.measured_in(b"A"), bool(seen))
            seen.append(reader.number)
        self.assertEqual(seen, [120.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7])

    def test_what_the_writer_packs(self):
        data = everything()
        for pack in (data, bytearray(data), memoryview(data)):
            reader = Reader()
            self.assertTrue(reader.open(pack))
            seen = []
            while reader.next():
                if reader.kind == NUMBER:
                    seen.append(reader.number)
                elif reader.kind == BOOLEAN:
                    seen.append(reader.truth)
                else:
                    self.assertTrue(reader.kind in (STRING, DATA))
                    seen.append(bytes(pack[reader.at : reader.at + reader.size]))
            # The base value of 1 goes into every number.
            self.assertEqual(
                seen,
                [24.15, 1.5, 2048.5, 2**60 + 1, True, b"Machine Room", b"hi \n"],
            )

    def test_names_and_units(self):
        reader = Reader()
        pack = Pack(bytearray(80))
        pack.base("a:", None, "s")
        pack.number("b", 1)
        pack.number("c", 1, 0, "m")
        pack.base("d", None, "")
        pack.number(None, 1)
        self.assertTrue(reader.open(pack.buf[: pack.length]))
        for name, unit in ((b"a:b", b"s"), (b"a:c", b"m"), (b"d", b"")):
            self.assertTrue(reader.next())
            for other in (b"a:b", b"a:c", b"d", b"a", b"a:bc", b""):
                self.assertEqual(reader.named(other), other == name)
            for other in (b"s", b"m", b"", b"sm"):
                self.assertEqual(reader.measured_in(other), other == unit)
        self.assertFalse(reader.next())

    def test_numbers_of_every_form(self):
        for text, expected in (
            ("17", 23),
            ("18ff", 255),
            ("1bffffffffffffffff", 2**64 - 1),
            ("20", -1),
            ("3bffffffffffffffff", -(2**64)),
            ("c4822018e7", 23.1),
            ("c4820207", 700),
            ("c482381d00", 0),
            ("c482181e07", 7 * 10**30),
            ("f93e00", 1.5),
            ("f9be00", -1.5),
            ("f90001", 5.960464477539063e-08),
            ("f90000", 0),
            ("fa47c35040", 100000.5),
            ("fb3ff199999999999a", 1.1),
        ):
            self.assertEqual(value(text), expected)

    def test_records_without_a_value(self):
        reader = Reader()
        self.assertTrue(reader.open(unhexlify("82a1216178a20061620507")))
        for name in (b"x", b"xb"):
            self.assertTrue(reader.next())
            self.assertEqual(reader.kind, NONE)
            self.assertTrue(reader.named(name))

    def test_unknown_labels_are_passed_over(self):
        for item in (
            "01",
            "390100",
            "43010203",
            "63616263",
            "8301820203a10405",
            "a201020304",
            "c11a514b67b0",
            "d9d9f7c100",
            "f4",
            "f6",
            "f8ff",
            "f93c00",
            "80",
            "a0",
        ):
            for label in ("09", "26", "1903e8", "63666f6f", "60"):
                self.assertTrue(opens("81a2" + label + item + "0203"))

    def test_empty(self):
        self.assertTrue(opens("80"))
        reader = Reader()
        reader.open(b"\x80")
        self.assertFalse(reader.next())


if __name__ == "__main__":
    unittest.main()
