"""The SenML pack at its end: what does not fit is refused whole, and what was there stays."""

import unittest

from senml_samples import content, fill

from uwish.senml import SUM, TIME, Pack
from uwish.status import FULL, OK


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


if __name__ == "__main__":
    unittest.main()
