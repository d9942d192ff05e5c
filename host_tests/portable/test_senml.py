"""The SenML pack, byte for byte."""

import unittest
from binascii import hexlify

from senml_samples import content, fill

from uwish.senml import (
    BASE_SUM,
    BASE_TIME,
    BASE_VALUE,
    SUM,
    TIME,
    UPDATE_TIME,
    VALUE,
    VERSION,
    Pack,
)
from uwish.status import FULL

# RFC 8428 section 6, the example of application/senml+cbor.
RFC_EXAMPLE = (
    "87a721781b75726e3a6465763a6f773a3130653230373361303130383030363a22fb41d303a15b0010622361412005"
    "0067766f6c7461676501615602fb405e066666666666a3006763757272656e74062402fb3ff3333333333333a30067"
    "63757272656e74062302fb3ff4cccccccccccda3006763757272656e74062202fb3ff6666666666666a30067637572"
    "72656e74062102f93e00a3006763757272656e74062002fb3ff999999999999aa3006763757272656e74060002fb3f"
    "fb333333333333"
)


class PackTest(unittest.TestCase):
    def test_example_of_the_rfc_byte_for_byte(self):
        pack = Pack(bytearray(220))
        pack.base("urn:dev:ow:10e2073a0108006:")
        pack.field(BASE_TIME, 1276020076.001)
        pack.base(unit="A")
        pack.field(VERSION, 5)
        pack.number("voltage", 120.1, 0, "V")
        time = -5
        for value in (1.2, 1.3, 1.4, 1.5, 1.6, 1.7):
            pack.record("current")
            pack.field(TIME, time)
            pack.field(VALUE, value)
            time += 1
        self.assertEqual(content(pack), RFC_EXAMPLE)
        self.assertEqual(pack.count, 7)

    def test_the_same_in_fixed_point(self):
        pack = Pack(bytearray(220))
        pack.base("urn:dev:ow:10e2073a0108006:", unit="A")
        pack.number("voltage", 1201, -1, "V")
        self.assertEqual(
            content(pack),
            "81a5" + "21781b" + str(hexlify(b"urn:dev:ow:10e2073a0108006:"), "ascii") + "236141"
            "0067766f6c74616765" + "016156" + "02c482201904b1",
        )

    def test_every_label_of_table_4(self):
        pack = Pack(bytearray(100))
        pack.base("x", 5, "m")
        for label in (VERSION, BASE_VALUE, BASE_SUM):
            pack.field(label, 1)
        pack.number("n", 2, 0, "u")
        for label in (SUM, TIME, UPDATE_TIME):
            pack.field(label, 3)
        pack.string("", "s")
        pack.boolean("", False)
        pack.data("", b"\x00")
        self.assertEqual(
            content(pack),
            "84ac" + "216178" + "2205" + "23616d" + "2001" + "2401" + "2501"
            "00616e" + "016175" + "0202" + "0503" + "0603" + "0703"
            "a20060036173" + "a2006004f4" + "a20060084100",
        )

    def test_text_may_be_str_or_bytes_ascii_or_not(self):
        expected = "81a2" + "0067c3a474c384c384" + "0363e282ac"
        for name, value in (
            ("ätÄÄ", "€"),
            ("ätÄÄ".encode(), "€".encode()),
            (bytearray("ätÄÄ".encode()), memoryview("€".encode())),
        ):
            pack = Pack(bytearray(40))
            pack.string(name, value)
            self.assertEqual(content(pack), expected)

    def test_one_letter_that_is_not_ascii_anywhere(self):
        for n in range(1, 12):
            for at in range(-1, n):
                name = "".join("é" if i == at else "n" for i in range(n))
                for given in (name, name.encode()):
                    pack = Pack(bytearray(40))
                    pack.number(given, 1)
                    text = bytes([0x60 | len(name.encode())]) + name.encode()
                    self.assertEqual(bytes(pack.buf[: pack.length]), b"\x81\xa2\0" + text + b"\2\1")

    def test_an_empty_pack_is_a_pack(self):
        pack = Pack(bytearray(1))
        self.assertEqual(content(pack), "80")
        self.assertEqual(pack.number("a", 1), FULL)
        self.assertEqual(content(pack), "80")

    def test_base_fields_go_into_the_next_record(self):
        pack = Pack(bytearray(60))
        pack.base("a:")
        self.assertEqual((pack.count, content(pack)), (1, "81a12162613a"))
        pack.base(unit="V")
        pack.number("n", 1)
        pack.base("b:")
        pack.number("n", 2)
        self.assertEqual(
            content(pack), "82a42162613a" + "236156" + "00616e0201" + "a32162623a" + "00616e0202"
        )

    def test_clear_starts_anew(self):
        pack = Pack(bytearray(60))
        fill(pack)
        pack.clear()
        self.assertEqual((pack.count, content(pack)), (0, "80"))
        pack.number(None, 1)
        self.assertEqual(content(pack), "81a10201")

    def test_a_time_since_2000(self):
        for seconds in (0, 1, 48255, 48256, 753315200, 2**30 - 1):
            since_2000 = Pack(bytearray(20), epoch=2000)
            since_1970 = Pack(bytearray(20))
            since_2000.base(time=seconds)
            since_1970.base(time=seconds + 946684800)
            self.assertEqual(content(since_2000), content(since_1970))

    def test_relative_and_distant_base_times(self):
        for seconds, item in (
            (-5, "24"),
            (0, "00"),
            (65536, "1a00010000"),
            (2**32, "1b0000000100000000"),
        ):
            pack = Pack(bytearray(20))
            pack.base(time=seconds)
            self.assertEqual(content(pack), "81a122" + item)

    def test_wrong_arguments_of_the_constructor(self):
        for buf, epoch in ((bytearray(0), 1970), (bytearray(9), 1999)):
            with self.assertRaises(ValueError):
                Pack(buf, epoch)


if __name__ == "__main__":
    unittest.main()
