"""The pin table: fixed records in one bytearray, by the rules of API.md."""

import unittest

from support import pin_table

from uwish.pin import Pin, listed
from uwish.pin_changes import put, remove
from uwish.pins import ALWAYS, ANY_HOST, EAGER, RECORD
from uwish.status import FULL, NOT_FOUND, OK

US = b"u" * 32
THEM = b"t" * 32
HOST = b"h" * 32


def pins(table):
    """What it holds, shortened."""
    return [(p.ruid[:1], p.rhid[:1], p.policy, p.priority) for p in listed(table.buf)]


class Rules(unittest.TestCase):
    def test_put_find_remove(self):
        table = pin_table(3)
        self.assertEqual(list(listed(table.buf)), [])
        self.assertEqual(put(table, US, THEM, ANY_HOST, "always", 0), OK)
        self.assertEqual(put(table, US, THEM, HOST, "eager", 255), OK)
        self.assertEqual(
            list(listed(table.buf)),
            [Pin(US, THEM, ANY_HOST, "always", 0), Pin(US, THEM, HOST, "eager", 255)],
        )
        self.assertEqual((table.find(US, THEM, HOST), table.find(US, US, HOST)), (1, -1))
        self.assertEqual((table.policy(0), table.policy(1), table.policy(2)), (ALWAYS, EAGER, 0))
        self.assertEqual((table.priority(0), table.priority(1)), (0, 255))
        self.assertEqual(remove(table, US, THEM, ANY_HOST), OK)
        self.assertEqual(remove(table, US, THEM, ANY_HOST), NOT_FOUND)
        self.assertEqual(pins(table), [(b"t", b"h", "eager", 255)])

    def test_the_same_ids_again_update_in_place(self):
        table = pin_table(1)
        put(table, US, THEM, HOST, "always", 3)
        for policy, priority in (("eager", 3), ("eager", 0), ("always", 255)):
            self.assertEqual(put(table, US, THEM, HOST, policy, priority), OK)
            self.assertEqual(pins(table), [(b"t", b"h", policy, priority)])

    def test_each_of_the_three_ids_makes_another_pin(self):
        table = pin_table(4)
        for ids in ((US, THEM, HOST), (HOST, THEM, HOST), (US, HOST, HOST), (US, THEM, ANY_HOST)):
            self.assertEqual(put(table, *ids, policy="always", priority=0), OK)
        self.assertEqual(len(list(listed(table.buf))), 4)

    def test_ids_differ_when_one_byte_does(self):
        table = pin_table(1)
        key = US + THEM + HOST
        put(table, US, THEM, HOST, "always", 0)
        for i in range(96):
            other = key[:i] + b"?" + key[i + 1 :]
            self.assertEqual(table.find(other[:32], other[32:64], other[64:]), -1)
            self.assertFalse(table.matches(0, other))
            self.assertEqual(table.is_local(0, other[:32]), i >= 32)
        self.assertEqual((table.find(US, THEM, HOST), table.matches(0, key)), (0, True))

    def test_a_host_of_zeros_but_for_one_byte_is_one_host(self):
        table = pin_table(32)
        for i in range(32):
            put(table, US, THEM, bytes(i) + b"h" + bytes(31 - i), "always", 0)
        for i in range(32):
            self.assertFalse(table.matches(i, US + THEM + HOST))

    def test_a_full_table_changes_nothing(self):
        table = pin_table(2)
        put(table, US, THEM, b"1" * 32, "always", 0)
        put(table, US, THEM, b"2" * 32, "always", 0)
        before = bytes(table.buf)
        self.assertEqual(put(table, US, THEM, b"3" * 32, "always", 0), FULL)
        self.assertEqual(bytes(table.buf), before)
        self.assertEqual(put(table, US, THEM, b"2" * 32, "eager", 9), OK)
        remove(table, US, THEM, b"1" * 32)
        self.assertEqual(put(table, US, THEM, b"3" * 32, "eager", 1), OK)
        self.assertEqual(pins(table), [(b"t", b"3", "eager", 1), (b"t", b"2", "eager", 9)])

    def test_wrong_arguments_change_nothing(self):
        table = pin_table(2)
        good = (US, THEM, HOST, "always", 0)
        for i, wrong in (
            (0, b"u" * 31),
            (0, "u" * 32),
            (1, b"t" * 33),
            (1, None),
            (2, b""),
            (2, 0),
            (3, "never"),
            (3, b"always"),
            (3, ""),
            (3, None),
            (4, -1),
            (4, 256),
            (4, "0"),
            (4, 1.0),
            (4, None),
            (4, True),
        ):
            arguments = good[:i] + (wrong,) + good[i + 1 :]
            self.assertRaises(ValueError, put, table, *arguments)
        self.assertRaises(ValueError, remove, table, US, THEM, b"short")
        self.assertEqual(table.buf, bytearray(2 * RECORD))

    def test_ids_may_be_bytearrays(self):
        table = pin_table(1)
        self.assertEqual(put(table, bytearray(US), bytearray(THEM), bytearray(32), "eager", 1), OK)
        self.assertEqual(list(listed(table.buf))[0].rhid, ANY_HOST)
        self.assertEqual(remove(table, US, THEM, bytearray(32)), OK)


class Matching(unittest.TestCase):
    def test_any_host_matches_every_host_of_that_identity(self):
        table = pin_table(2)
        put(table, US, THEM, ANY_HOST, "always", 0)
        put(table, US, THEM, HOST, "always", 0)
        for key, expected in (
            (US + THEM + HOST, (True, True)),
            (US + THEM + b"i" * 32, (True, False)),
            (US + HOST + HOST, (False, False)),
            (HOST + THEM + HOST, (False, False)),
        ):
            self.assertEqual((table.matches(0, key), table.matches(1, key)), expected)

    def test_whose_pin_and_for_whom(self):
        table = pin_table(3)
        put(table, HOST, US, ANY_HOST, "always", 0)
        put(table, US, THEM, ANY_HOST, "always", 0)
        self.assertEqual((table.is_local(0, US), table.is_local(1, US)), (False, True))
        self.assertEqual((table.host(0), table.host(1)), (ANY_HOST, ANY_HOST))
        put(table, US, THEM, HOST, "always", 0)
        self.assertEqual((table.host(1), table.host(2)), (ANY_HOST, HOST))
        off = table.ruid_offset(1)
        self.assertEqual(bytes(table.buf[off : off + 32]), THEM)

    def test_rank_is_priority_then_policy(self):
        table = pin_table(4)
        for priority, policy in ((1, "always"), (0, "eager"), (0, "always"), (1, "eager")):
            put(table, US, THEM, bytes([priority + 1, len(policy)]) * 16, policy, priority)
        order = sorted(range(4), key=table.rank)
        self.assertEqual(order, [2, 1, 0, 3])


class Kept(unittest.TestCase):
    def saved(self, count):
        table = pin_table(count)
        for i in range(count):
            put(table, US, THEM, bytes([65 + i]) * 32, "eager" if i & 1 else "always", i)
        return table

    def test_the_same_again(self):
        saved = self.saved(4)
        table = pin_table(4, bytes(saved.buf))
        self.assertEqual((table.lost, table.buf), (0, saved.buf))

    def test_into_a_larger_and_a_smaller_table(self):
        saved = self.saved(4)
        remove(saved, US, THEM, b"A" * 32)
        larger, smaller = pin_table(6, saved.buf), pin_table(2, saved.buf)
        self.assertEqual((larger.lost, smaller.lost), (0, 1))
        self.assertEqual([p.priority for p in listed(larger.buf)], [1, 2, 3])
        self.assertEqual([p.priority for p in listed(smaller.buf)], [1, 2])
        self.assertEqual(put(smaller, US, THEM, HOST, "always", 0), FULL)

    def test_what_is_no_table(self):
        for data in (
            b"",
            b"\1" * (RECORD - 1),
            bytes(RECORD),
            b"\3" * RECORD,
            b"\xff" * RECORD * 2,
        ):
            table = pin_table(2, data)
            self.assertEqual((table.lost, list(listed(table.buf))), (0, []))


if __name__ == "__main__":
    unittest.main()
