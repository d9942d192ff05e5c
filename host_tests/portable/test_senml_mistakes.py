"""The SenML pack after a caller's mistake: as if the call had not been made."""

import unittest
from binascii import unhexlify

from senml_samples import content

from uwish.senml import TIME, VALUE, Pack
from uwish.status import OK


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
