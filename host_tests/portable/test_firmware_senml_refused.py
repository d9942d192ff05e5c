"""The reader of SenML on the device: anything that is not sound it refuses in peace."""

import sys
import unittest
from binascii import unhexlify

sys.path.insert(0, "firmware")

from senml_packs import everything, opens
from senml_reader import NUMBER, Reader
from support import Random


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
