"""The reader of SenML on the device: what is sound it reads, anything else it refuses in peace."""

import sys
import unittest
from binascii import unhexlify

sys.path.insert(0, "firmware")

from senml_reader import BOOLEAN, DATA, NONE, NUMBER, STRING, Reader
from support import Random

from uwish.senml import BASE_SUM, BASE_VALUE, SUM, TIME, UPDATE_TIME, VERSION, Pack

# RFC 8428 section 6.
RFC_EXAMPLE = unhexlify(
    "87a721781b75726e3a6465763a6f773a3130653230373361303130383030363a22fb41d303a15b0010622361412005"
    "0067766f6c7461676501615602fb405e066666666666a3006763757272656e74062402fb3ff3333333333333a30067"
    "63757272656e74062302fb3ff4cccccccccccda3006763757272656e74062202fb3ff6666666666666a30067637572"
    "72656e74062102f93e00a3006763757272656e74062002fb3ff999999999999aa3006763757272656e74060002fb3f"
    "fb333333333333"
)


def opens(text):
    """Whether the pack with these bytes (hex) is sound."""
    return Reader().open(unhexlify(text))


def value(text):
    """The number of a record whose value is this item (hex); None when the pack is refused."""
    reader = Reader()
    if not reader.open(unhexlify("81a102" + text)):
        return None
    reader.next()
    return reader.number


def everything():
    """A pack with every label and every kind of value."""
    pack = Pack(bytearray(300))
    pack.base("dev:", 1700000000, "Cel")
    for label in (VERSION, BASE_VALUE, BASE_SUM):
        pack.field(label, 1)
    pack.number("temp", 2315, -2)
    for label in (SUM, TIME, UPDATE_TIME):
        pack.field(label, -5, -1)
    pack.number("half", 5, -1, "/")
    pack.number("single", 20475, -1)
    pack.number("big", 2**60)
    pack.boolean("open", True)
    pack.string("label", "Machine Room")
    pack.data("nfc", b"hi \n")
    return bytes(pack.buf[: pack.length])


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


class RefusedTest(unittest.TestCase):
    def test_faults(self):
        for text in (
            "",
            "00",
            "a0",  # no array
            "8000",  # something behind
            "81",  # one record too few
            "82a10203",
            "8101",  # no map
            "81a1",
            "81a102",
            "9fa10203ff",  # indefinite lengths
            "81bf0203ff",
            "81a1035f4161ff",
            "81a1037f6161ff",
            "81a1099f00ff",
            "81a10362ab",  # text, data, an array, a map beyond the end
            "81a10842ab",
            "81a10984000000",
            "81a109a2000000",
            "81a1037bffffffffffffffff61",
            "81a1085bffffffffffffffff61",
            "9bffffffffffffffff",
            "81bbffffffffffffffff",
            "81bb8000000000000000",
            "81a202030204",  # two values
            "81a2020304f5",
            "81a203613104f4",
            "81a1026131",  # values of a wrong type
            "81a10301",
            "81a1034161",
            "81a10401",
            "81a104f6",
            "81a108616a",
            "81a10001",
            "81a1004161",
            "81a10101",
            "81a12101",
            "81a12301",
            "81a1224161",
            "81a1066131",
            "81a105f4",
            "81a1200b",  # version 11
            "81a12020",
            "81a120f93c00",
            "81a1615f01",  # a label that must be understood
            "81a163666f5f01",
            "81a1f401",  # labels that are none
            "81a18001",
            "81a1f93c0001",
            "81a102f97c00",  # infinities and not-a-numbers
            "81a102f97e00",
            "81a102fa7f800000",
            "81a102fbfff0000000000000",
            "81a102fb7ff8000000000000",
            "82a224fb7fefffffffffffff02fb7fefffffffffffffa0",  # an infinite sum of two numbers
            "81a102c482181f01",  # an exponent of 31
            "81a102c482381e01",
            "81a102c4821bffffffffffffffff01",
            "81a102c48101",  # decimal fractions that are none
            "81a102c483010203",
            "81a102c482f93c0001",
            "81a102c48201f93c00",
            "81a102c482c482010101",
            "81a102c401",
            "81a102c5820101",  # a bigfloat
            "81a102c24101",  # a bignum
            "81a1021c",  # reserved
            "81a109f814",
            "81a109fc",
        ):
            self.assertFalse(opens(text), text)

    def test_cut_anywhere(self):
        data = everything()
        reader = Reader()
        self.assertTrue(reader.open(data))
        for size in range(len(data)):
            self.assertFalse(reader.open(data[:size]), size)

    def test_any_byte_changed(self):
        data = everything()
        reader = Reader()
        sound = 0
        for at in range(len(data)):
            for change in (0x01, 0x02, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF):
                changed = bytearray(data)
                changed[at] ^= change
                if reader.open(changed):
                    sound += 1
                    while reader.next():
                        reader.named(b"interval")
                        reader.measured_in(b"s")
                        self.assertTrue(reader.at + reader.size <= len(changed))
        self.assertTrue(0 < sound < len(data) * 8)

    def test_noise(self):
        random = Random(8428)
        reader = Reader()
        sound = 0
        for _ in range(3000):
            data = random.bytes(random.below(24))
            sound += reader.open(b"\x81\xa1" + data) + reader.open(data)
        self.assertTrue(sound < 300)

    def test_depth_costs_nothing(self):
        for deep in ("81", "a100", "c1", "d9d9f7"):
            self.assertTrue(opens("81a109" + deep * 2000 + "00"))
            self.assertFalse(opens("81a109" + deep * 2000))

    def test_a_refused_pack_can_be_followed_by_a_sound_one(self):
        reader = Reader()
        self.assertFalse(reader.open(unhexlify("81a3236173216178")))
        self.assertTrue(reader.open(unhexlify("81a20061780205")))
        reader.next()
        self.assertTrue(reader.named(b"x"))
        self.assertTrue(reader.measured_in(b""))
        self.assertEqual((reader.kind, reader.number), (NUMBER, 5))


if __name__ == "__main__":
    unittest.main()
