"""The contact table: fixed records, found by uid, updated in place."""

import unittest

from messages import array, binary, doc, text
from support import DEVICE, GATEWAY, contact_table

from uwish.addresses import split_transport, transports
from uwish.contact_changes import put, remove
from uwish.contacts import RECORD
from uwish.documents import Document
from uwish.status import FULL, NOT_FOUND, OK

ADDRESS = "wish://10.0.0.1:37009"


def document(n, alias="alias", addresses=()):
    """A sound document with a key of its own for each number."""
    key = binary("pubkey", bytes([n]) * 32)
    transports = array("transports", *[(text, a) for a in addresses])
    return Document(doc(text("alias", alias), key, transports))


class Table(unittest.TestCase):
    def test_put_find_remove(self):
        table = contact_table(2)
        one, two = document(1, "one", [ADDRESS]), document(2, "two")
        self.assertEqual((put(table, one), put(table, two)), (OK, OK))
        self.assertEqual((table.find(one.uid, 0), table.find(b"xx" + two.uid, 2)), (0, 1))
        self.assertEqual(
            (table.uid(0), table.public(0), table.alias(0)), (one.uid, one.public, "one")
        )
        self.assertEqual((transports(table, 0), transports(table, 1)), ([ADDRESS], []))
        self.assertEqual(remove(table, one.uid), OK)
        self.assertEqual((table.find(one.uid, 0), table.used(0), table.used(1)), (-1, False, True))
        self.assertEqual((remove(table, one.uid), remove(table, b"?" * 32)), (NOT_FOUND, NOT_FOUND))
        self.assertEqual(bytes(table.buf[:RECORD]), bytes(RECORD))

    def test_uids_differ_when_one_byte_does(self):
        table = contact_table(1)
        put(table, document(1, "one"))
        uid = document(1).uid
        self.assertEqual((table.find(uid, 0), table.name(uid, 0)), (0, "one"))
        for i in range(32):
            other = uid[:i] + bytes([uid[i] ^ 1]) + uid[i + 1 :]
            self.assertEqual((table.find(other, 0), table.name(other, 0)), (-1, None))

    def test_names_by_uid(self):
        table = contact_table(2)
        put(table, document(1, "one"))
        put(table, document(2, "two"))
        self.assertEqual(table.name(b"xx" + document(1).uid, 2), "one")
        self.assertEqual(table.name(document(2).uid, 0), "two")

    def test_a_full_table_changes_nothing(self):
        table = contact_table(2)
        put(table, document(1))
        put(table, document(2))
        before = bytes(table.buf)
        self.assertEqual(put(table, document(3), (ADDRESS,)), FULL)
        self.assertEqual(bytes(table.buf), before)
        # One that is there is updated all the same.
        self.assertEqual(put(table, document(2, "new")), OK)
        self.assertEqual(table.alias(1), "new")

    def test_a_free_place_is_used_again(self):
        table = contact_table(2)
        put(table, document(1, "a long alias", [ADDRESS]))
        put(table, document(2))
        remove(table, document(1).uid)
        self.assertEqual(put(table, document(3, "c")), OK)
        self.assertEqual((table.alias(0), transports(table, 0)), ("c", []))

    def test_importing_again_is_harmless(self):
        table = contact_table(2)
        put(table, document(1, "one", [ADDRESS]))
        before = bytes(table.buf)
        self.assertEqual(put(table, document(1, "one", [ADDRESS])), OK)
        self.assertEqual(bytes(table.buf), before)


class Transports(unittest.TestCase):
    def test_given_ones_win_and_none_keep_the_known(self):
        table = contact_table(1)
        put(table, document(1, "a", ["wish://document:1"]))
        self.assertEqual(transports(table, 0), ["wish://document:1"])
        put(table, document(1, "a", ["wish://document:1"]), ("wish://given:2", "wish://too:3"))
        self.assertEqual(transports(table, 0), ["wish://given:2", "wish://too:3"])
        put(table, document(1, "a"))
        self.assertEqual(transports(table, 0), ["wish://given:2", "wish://too:3"])
        put(table, document(1, "a", ["wish://short:4"]))
        self.assertEqual(transports(table, 0), ["wish://short:4"])

    def test_wrong_given_ones_change_nothing(self):
        table = contact_table(1)
        put(table, document(1, "a", [ADDRESS]))
        before = bytes(table.buf)
        long = "wish://%s:1" % ("h" * 54)
        self.assertEqual(put(table, document(1), (long, long)), OK)
        table.buf[:] = before
        for wrong in (
            ("http://h:1",),
            ("wish://h",),
            (ADDRESS, ""),
            (long, long, long),
            "wish://h:1",
        ):
            self.assertRaises(ValueError, put, table, document(1, "b"), wrong)
            self.assertEqual(bytes(table.buf), before)

    def test_wrong_ones_of_a_document_are_left_out(self):
        table = contact_table(1)
        put(table, document(1, "a", ["http://h:1", ADDRESS, "nonsense", "wish://[::1]:2"]))
        self.assertEqual(transports(table, 0), [ADDRESS, "wish://[::1]:2"])
        # As many as fit.
        long = "wish://%s:1" % ("h" * 54)
        put(table, document(1, "a", [long, long, long]))
        self.assertEqual(transports(table, 0), [long, long])

    def test_split(self):
        longest = "h" * 54
        for good, expected in (
            ("wish://host:1", ("host", 1)),
            (ADDRESS, ("10.0.0.1", 37009)),
            ("wish://[fe80::1]:65535", ("fe80::1", 65535)),
            ("wish://%s:1" % longest, (longest, 1)),
        ):
            self.assertEqual(split_transport(good), expected)
        for wrong in (
            "",
            "wish://",
            "wish://host",
            "wish://host:",
            "wish://:1",
            "wish://host:0",
            "wish://host:65536",
            "wish://host:-1",
            "wish://host:x",
            "wish://fe80::1:1",
            "wish://[]:1",
            "WISH://host:1",
            "http://host:1",
            "wish://%sh:1" % longest,
        ):
            self.assertRaises(ValueError, split_transport, wrong)


class Aliases(unittest.TestCase):
    def test_cut_to_47_bytes_and_never_within_a_character(self):
        for alias, kept in (
            ("x" * 47, 47),
            ("x" * 48, 47),
            ("x" * 46 + "ä", 46),
            ("x" * 45 + "ä", 46),
            ("x" * 45 + "€", 45),
            ("x" * 44 + "€", 45),
            ("x" * 44 + "😀", 44),
            ("x" * 43 + "😀", 44),
            ("😀" * 100, 11),
        ):
            table = contact_table(1)
            put(table, document(1, alias, [ADDRESS]))
            self.assertEqual(table.alias(0), alias[:kept])
            self.assertEqual(transports(table, 0), [ADDRESS])

    def test_a_shorter_one_leaves_nothing_of_the_longer(self):
        table = contact_table(1)
        put(table, document(1, "a long alias"))
        put(table, document(1, "ab"))
        self.assertEqual(table.alias(0), "ab")

    def test_damaged_bytes_show_as_a_question_mark(self):
        table = contact_table(1)
        put(table, document(1, "abc"))
        at = bytes(table.buf).index(b"abc")
        table.buf[at] = 0xFF
        self.assertEqual(table.alias(0), "?")


class Loaded(unittest.TestCase):
    def saved(self, count):
        table = contact_table(count)
        for n in range(count):
            put(table, document(n + 1, "c%d" % n))
        return table

    def test_the_same_again(self):
        saved = self.saved(3)
        table = contact_table(3, bytes(saved.buf))
        self.assertEqual((table.lost, table.buf), (0, saved.buf))

    def test_into_a_larger_and_a_smaller_table(self):
        saved = self.saved(3)
        remove(saved, document(1).uid)
        larger, smaller = contact_table(5, saved.buf), contact_table(1, saved.buf)
        self.assertEqual((larger.lost, smaller.lost), (0, 1))
        self.assertEqual([larger.used(i) for i in range(5)], [True, True, False, False, False])
        self.assertEqual((larger.alias(0), larger.alias(1), smaller.alias(0)), ("c1", "c2", "c1"))

    def test_nothing_and_less_than_a_record(self):
        for data in (b"", b"\1" * (RECORD - 1), b"\2" * RECORD):
            table = contact_table(1, data)
            self.assertEqual((table.lost, table.used(0)), (0, False))


class RealDocuments(unittest.TestCase):
    def test_those_of_the_vectors(self):
        table = contact_table(2)
        for who in (DEVICE, GATEWAY):
            self.assertEqual(put(table, Document(who.document()), (ADDRESS,)), OK)
            index = table.find(who.uid, 0)
            self.assertEqual((table.public(index), table.alias(index)), (who.public, who.alias))


if __name__ == "__main__":
    unittest.main()
