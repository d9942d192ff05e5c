"""Identity documents: written as the real core writes them, and read with suspicion."""

import unittest
from binascii import unhexlify

from messages import array, binary, doc, element, number, sub, text, u32
from support import DEVICE, GATEWAY, vector

from uwish import crypto
from uwish.documents import MAX_TRANSPORT, MAX_TRANSPORTS, Document, build_document

KEY = GATEWAY.public
MESSAGES = vector("bson_messages")
# Those with an alias and a key: a local advertisement is one too, with more in it.
DOCUMENTS = ("identity_doc", "identity_doc_minimal_import", "wld_advert_body")
GOOD = (text("alias", "g"), binary("uid", GATEWAY.uid), binary("pubkey", KEY))


def transports(*addresses):
    """The element of that name."""
    return array("transports", *[(text, a) for a in addresses])


class Written(unittest.TestCase):
    def test_byte_for_byte(self):
        expected = doc(
            text("alias", DEVICE.alias),
            binary("uid", DEVICE.uid),
            binary("pubkey", DEVICE.public),
            transports("wish://10.0.0.1:37009", "wish://[::1]:1"),
        )
        made = DEVICE.document(("wish://10.0.0.1:37009", "wish://[::1]:1"))
        self.assertEqual(made, expected)
        self.assertEqual(DEVICE.document(), doc(*_elements(DEVICE), transports()))

    def test_what_is_written_is_read(self):
        addresses = ["wish://h%d:%d" % (i, i + 1) for i in range(MAX_TRANSPORTS)]
        read = Document(DEVICE.document(addresses))
        self.assertEqual(
            (read.alias, read.public, read.uid), (DEVICE.alias, DEVICE.public, DEVICE.uid)
        )
        self.assertEqual(read.transports, addresses)


def _elements(who):
    return text("alias", who.alias), binary("uid", who.uid), binary("pubkey", who.public)


class Read(unittest.TestCase):
    def test_the_uid_is_computed_whatever_the_document_says(self):
        for lie in (binary("uid", b"?" * 32), binary("uid", b""), text("uid", "x"), number("x", 1)):
            read = Document(doc(GOOD[0], lie, GOOD[2]))
            self.assertEqual(read.uid, crypto.sha256(KEY))

    def test_the_order_is_free_and_more_is_fine(self):
        meta = sub("meta", text("product", "x"))
        read = Document(doc(transports("wish://h:1"), GOOD[2], meta, GOOD[1], GOOD[0]))
        self.assertEqual((read.alias, read.public, read.transports), ("g", KEY, ["wish://h:1"]))

    def test_without_transports(self):
        self.assertEqual(Document(doc(*GOOD)).transports, [])
        self.assertEqual(Document(doc(*GOOD, text("transports", "wish://h:1"))).transports, [])

    def test_the_first_four_transports_that_are_not_too_long(self):
        fits = "wish://" + "h" * (MAX_TRANSPORT - 9) + ":1"
        many = ["wish://%d:1" % i for i in range(6)]
        self.assertEqual(Document(doc(*GOOD, transports(*many))).transports, many[:4])
        self.assertEqual(Document(doc(*GOOD, transports(fits, fits + "1"))).transports, [fits])

    def test_transports_of_other_types_are_left_out(self):
        mixed = array("transports", (number, 1), (text, "wish://h:1"), (binary, b"x"))
        self.assertEqual(Document(doc(*GOOD, mixed)).transports, ["wish://h:1"])


class NoDocument(unittest.TestCase):
    def refused(self, data, words="not an identity document"):
        try:
            Document(data)
        except ValueError as e:
            self.assertTrue(words in str(e), str(e))
        else:
            self.fail("taken for a document")

    def test_a_missing_or_wrong_field(self):
        for bad in (
            doc(GOOD[0], GOOD[1]),
            doc(GOOD[0], binary("pubkey", KEY[:31])),
            doc(GOOD[0], binary("pubkey", KEY + b"x")),
            doc(GOOD[0], text("pubkey", "x" * 32)),
        ):
            self.refused(bad, "no pubkey")
        self.refused(doc(*GOOD[1:]), "no alias")
        self.refused(doc(binary("alias", b"x"), GOOD[2]), "no alias")

    def test_cut_short_at_every_byte(self):
        whole = doc(*GOOD, transports("wish://h:1"))
        for n in range(len(whole)):
            self.refused(whole[:n])

    def test_lies(self):
        whole = doc(*GOOD)
        for bad in (
            b"garbage",
            b"-----BEGIN CERTIFICATE-----" * 9,
            u32(len(whole) + 1) + whole[4:],
            doc(*GOOD, element(0x7F, "x", b"")),
            doc(*GOOD, element(2, "x", u32(99) + b"a\0")),
            doc(*GOOD, element(4, "transports", doc(element(0x7F, "0", b"")))),
        ):
            self.refused(bad)

    def test_a_text_that_is_no_utf8(self):
        self.refused(doc(element(2, "alias", u32(3) + b"\xff\xfe\0"), GOOD[2]), "not UTF-8")
        bad = element(4, "transports", doc(element(2, "0", u32(3) + b"\xff\xfe\0")))
        self.refused(doc(*GOOD, bad), "not UTF-8")

    def test_the_certificate_around_it_is_none(self):
        # `identity.export` of the desktop core gives {data, meta}; the document is `data`.
        certificate = doc(binary("data", doc(*GOOD)), binary("meta", doc()))
        self.refused(certificate, "no pubkey")

    def test_other_recorded_messages_are_none(self):
        for name, entry in MESSAGES.items():
            if name not in DOCUMENTS:
                self.refused(unhexlify(entry["hex"]))


class Recorded(unittest.TestCase):
    def test_documents_of_the_real_core(self):
        for name in DOCUMENTS:
            read = Document(unhexlify(MESSAGES[name]["hex"]))
            self.assertEqual(read.uid, crypto.sha256(read.public))
            self.assertTrue(len(read.alias) > 0)
        whole = Document(unhexlify(MESSAGES["identity_doc"]["hex"]))
        made = build_document(whole.alias, whole.uid, whole.public, whole.transports)
        self.assertEqual(made, unhexlify(MESSAGES["identity_doc"]["hex"]))


if __name__ == "__main__":
    unittest.main()
