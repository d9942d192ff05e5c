"""Settings sent as SenML: what is obeyed, what is refused, and what is said about it."""

import sys
import unittest

sys.path.insert(0, "firmware")

from commands import Commands

from uwish.senml import Pack


class CommandsTest(unittest.TestCase):
    def setUp(self):
        self.made = []
        self.said = []
        self.commands = Commands("greenhouse-1f3a9c:", lambda *said: self.said.append(said))
        self.commands.add("interval", "s", 0.05, 86400, lambda n: self.made.append(("interval", n)))
        self.commands.add("level", "%", 0, 100, lambda n: self.made.append(("level", n)))
        self.pack = Pack(bytearray(120))

    def obey(self):
        pack = self.pack
        return self.commands.obey(memoryview(pack.buf)[: pack.length])

    def test_a_setting(self):
        self.pack.number("interval", 25, -1, "s")
        self.assertEqual(self.obey(), 1)
        self.assertEqual(self.made, [("interval", 2.5)])
        self.assertEqual(self.said, [("interval", 2.5)])

    def test_the_unit_may_be_missing(self):
        self.pack.number("interval", 3)
        self.assertEqual(self.obey(), 1)
        self.assertEqual(self.made, [("interval", 3)])

    def test_the_base_name_may_be_the_device_s(self):
        self.pack.base("greenhouse-1f3a9c:", None, "s")
        self.pack.number("interval", 3)
        self.assertEqual(self.obey(), 1)
        self.pack.clear()
        self.pack.base("greenhouse-000000:", None, "s")
        self.pack.number("interval", 4)
        self.assertEqual(self.obey(), 0)
        self.assertEqual(self.made, [("interval", 3)])
        self.assertEqual(self.said[1:], [("", "no setting of that name")])

    def test_several_at_once_each_for_itself(self):
        self.pack.number("level", 101, 0, "%")
        self.pack.number("interval", 9, 0, "s")
        self.pack.number("nothing", 5)
        self.pack.number("level", 100, 0, "%")
        self.assertEqual(self.obey(), 2)
        self.assertEqual(self.made, [("interval", 9), ("level", 100)])
        self.assertEqual(
            self.said,
            [
                ("level", "not within 0..100"),
                ("interval", 9),
                ("", "no setting of that name"),
                ("level", 100),
            ],
        )

    def test_names_of_nothing_are_said_once(self):
        self.assertEqual(self.commands.obey(b"\x98\x64" + b"\xa0" * 99 + b"\xa1\x00\x61x"), 0)
        self.assertEqual(self.said, [("", "no setting of that name")])

    def test_limits_belong_to_it(self):
        for thousandths, obeyed in ((49, 0), (50, 1), (86400000, 1), (86400001, 0)):
            self.pack.clear()
            self.pack.number("interval", thousandths, -3)
            self.assertEqual(self.obey(), obeyed)

    def test_wrong_kinds(self):
        self.pack.string("interval", "5")
        self.pack.boolean("interval", True)
        self.pack.record("interval")
        self.pack.number("interval", 5, 0, "min")
        self.assertEqual(self.obey(), 0)
        self.assertEqual(self.made, [])
        reasons = [reason for _, reason in self.said]
        self.assertEqual(reasons, ["not a number"] * 3 + ["not in s"])

    def test_a_pack_that_is_not_sound_does_nothing(self):
        self.pack.number("interval", 5)
        whole = bytes(self.pack.buf[: self.pack.length])
        for data in (whole[:-1], whole + b"\0", b"", b'[{"n":"interval","v":5}]', whole * 2):
            self.assertEqual(self.commands.obey(data), 0)
        self.assertEqual(self.made, [])
        self.assertEqual(self.said, [("", "not a sound SenML pack in CBOR")] * 5)


if __name__ == "__main__":
    unittest.main()
