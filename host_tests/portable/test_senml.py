"""The SenML pack: bytes, what happens when it is full, and after a caller's mistake."""

import unittest
from binascii import hexlify, unhexlify

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
from uwish.status import FULL, OK

# RFC 8428 section 6, the example of application/senml+cbor.
RFC_EXAMPLE = (
    "87a721781b75726e3a6465763a6f773a3130653230373361303130383030363a22fb41d303a15b0010622361412005"
    "0067766f6c7461676501615602fb405e066666666666a3006763757272656e74062402fb3ff3333333333333a30067"
    "63757272656e74062302fb3ff4cccccccccccda3006763757272656e74062202fb3ff6666666666666a30067637572"
    "72656e74062102f93e00a3006763757272656e74062002fb3ff999999999999aa3006763757272656e74060002fb3f"
    "fb333333333333"
)


def content(pack):
    return str(hexlify(pack.buf[: pack.length]), "ascii")


def fill(pack):
    """A pack of six records with every kind of value; the status of each call."""
    return (
        pack.base("dev:", 1700000000, "Cel"),
        pack.number("a", 2315, -2),
        pack.boolean("b", True),
        pack.string(b"c", "Machine Room"),
        pack.data("d", b"hi \n"),
        pack.record("e", "J"),
        pack.field(SUM, 123456, 1),
        pack.number("f", 5, -1, "/"),
        pack.field(TIME, -5),
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


class FullTest(unittest.TestCase):
    def test_at_every_size_the_records_that_fit_and_nothing_else(self):
        whole = Pack(bytearray(300))
        self.assertEqual(set(fill(whole)), {OK})
        # Where each record ends; a base is part of the first, a field of the record before it.
        ends = []
        pack = Pack(bytearray(300))
        pack.base("dev:", 1700000000, "Cel")
        pack.number("a", 2315, -2)
        ends.append(pack.length)
        pack.boolean("b", True)
        ends.append(pack.length)
        pack.string("c", "Machine Room")
        ends.append(pack.length)
        pack.data("d", b"hi \n")
        ends.append(pack.length)
        pack.record("e", "J")
        pack.field(SUM, 123456, 1)
        ends.append(pack.length)
        ends.append(whole.length)
        for size in range(1, whole.length + 1):
            memory = bytearray(b"\xee" * (whole.length + 8))
            pack = Pack(memoryview(memory)[:size])
            statuses = fill(pack)
            count = len([end for end in ends if end <= size])
            length = ends[count - 1] if count else 1
            if size == whole.length:
                self.assertEqual(set(statuses), {OK})
            else:
                self.assertEqual(statuses[-1], FULL)
                self.assertTrue(pack.overflow)
                # Once refused, refused until clear().
                self.assertEqual(set(statuses[statuses.index(FULL) :]), {FULL})
            self.assertEqual((pack.count, pack.length), (count, length))
            self.assertEqual(memory[0], 0x80 | count)
            self.assertEqual(bytes(memory[1:length]), bytes(whole.buf[1:length]))
            self.assertEqual(bytes(memory[size:]), b"\xee" * (len(memory) - size))
            pack.clear()
            self.assertEqual((pack.overflow, content(pack)), (False, "80"))

    def test_the_head_grows_with_the_24th_and_the_256th_record(self):
        for records, head in ((23, "97"), (24, "9818"), (255, "98ff"), (256, "990100")):
            body = "a10205" * records
            for room in range(3):
                pack = Pack(bytearray(records * 3 + len(head) // 2 - room))
                statuses = [pack.number(None, 5) for _ in range(records)]
                if room:
                    # One record less, and the shorter head it has when that changes at this count.
                    self.assertEqual(statuses[-2:], [OK, FULL])
                    self.assertEqual(pack.count, records - 1)
                    self.assertEqual(content(pack)[-len(body) + 6 :], body[6:])
                    short = {23: "96", 24: "97", 255: "98fe", 256: "98ff"}[records]
                    self.assertEqual(content(pack)[: -len(body) + 6], short)
                else:
                    self.assertEqual(set(statuses), {OK})
                    self.assertEqual(content(pack), head + body)

    def test_a_record_is_taken_back_over_a_grown_head(self):
        for records, before in ((24, "97"), (256, "98ff")):
            pack = Pack(bytearray(records * 3 + 4))
            for _ in range(records):
                self.assertEqual(pack.number(None, 5), OK)
            self.assertEqual(pack.field(TIME, 2**20), FULL)
            self.assertEqual(content(pack), before + "a10205" * (records - 1))


class MistakeTest(unittest.TestCase):
    def attempt(self, call):
        """A call that raises leaves the pack as it was, and the next record follows as ever."""
        pack = Pack(bytearray(60))
        pack.base("b:")
        pack.number("a", 1)
        before = content(pack)
        raised = False
        try:
            call(pack)
        except (TypeError, ValueError, AttributeError):
            raised = True
        self.assertTrue(raised)
        self.assertEqual((content(pack), pack.count), (before, 1))
        self.assertEqual(pack.boolean("c", True), OK)
        self.assertEqual(content(pack), "82" + before[2:] + "a200616304f5")

    def test_what_is_no_number(self):
        self.attempt(lambda pack: pack.number("x", float("nan")))
        self.attempt(lambda pack: pack.number("x", "1"))
        self.attempt(lambda pack: pack.number("x", 2**65))
        self.attempt(lambda pack: pack.number("x", 2**65 + 1, -1))
        self.attempt(lambda pack: pack.base("x:", "now"))

    def test_what_is_no_text_and_no_bytes(self):
        self.attempt(lambda pack: pack.string("x", 5))
        self.attempt(lambda pack: pack.data("x", 5))
        self.attempt(lambda pack: pack.number(5, 5))

    def test_a_field_twice(self):
        self.attempt(lambda pack: pack.field(VALUE, 2))
        self.attempt(lambda pack: pack.field(TIME, float("inf")))

    def test_a_field_can_be_tried_again(self):
        pack = Pack(bytearray(20))
        pack.number("a", 1)
        with self.assertRaises(ValueError):
            pack.field(TIME, float("inf"))
        self.assertEqual(pack.field(TIME, 1), OK)
        with self.assertRaises(ValueError):
            pack.field(TIME, 1)
        self.assertEqual(content(pack), "81a300616102010601")

    def test_a_field_without_a_record(self):
        pack = Pack(bytearray(20))
        with self.assertRaises(ValueError):
            pack.field(TIME, 1)
        # After a record that failed there is none either: the field was meant for that one.
        pack.number("a", 1)
        with self.assertRaises(ValueError):
            pack.number("b", float("nan"))
        with self.assertRaises(ValueError):
            pack.field(TIME, 1)
        self.assertEqual(bytes(pack.buf[: pack.length]), unhexlify("81a20061610201"))


if __name__ == "__main__":
    unittest.main()
