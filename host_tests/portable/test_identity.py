"""Our own identity: made once, kept whole, and its seed in nothing that leaves the device."""

import unittest
from binascii import hexlify, unhexlify

from support import DEVICE, vector

from uwish import crypto
from uwish.documents import Document
from uwish.identity import Identity


class Made(unittest.TestCase):
    def test_its_names(self):
        made = Identity.create("alias")
        self.assertEqual(made.uid, crypto.sha256(made.public))
        self.assertEqual((len(made.hid), made.alias), (32, "alias"))
        # Below any desktop core's, which then removes stale duplicates by itself.
        self.assertEqual(made.hid[0], 0)
        self.assertEqual(Identity.create("alias", b"h" * 32).hid, b"h" * 32)

    def test_no_two_are_alike(self):
        one, two = Identity.create("x"), Identity.create("x")
        self.assertFalse(one.public == two.public or one.hid == two.hid)

    def test_its_signature_is_verified_by_its_key(self):
        made = Identity.create("x")
        signature = crypto.run(made.sign(b"message"))
        self.assertTrue(crypto.run(crypto.verify(made.public, b"message", signature)))
        self.assertFalse(crypto.run(crypto.verify(made.public, b"massage", signature)))

    def test_recorded_keys_and_signatures(self):
        for entry in vector("identities")["keys"]:
            seed, public = unhexlify(entry["seed"]), unhexlify(entry["pubkey"])
            self.assertEqual(crypto.run(crypto.public_key(seed)), public)
            made = Identity(seed, public, bytes(32), "x")
            self.assertEqual(made.uid, unhexlify(entry["uid"]))
            signature = crypto.run(made.sign(unhexlify(entry["msg"])))
            self.assertEqual(signature, unhexlify(entry["sig"]))

    def test_aliases(self):
        for alias in ("", "x" * 48, "ä" * 24, b"bytes", None, 5):
            self.assertRaises(ValueError, Identity.create, alias)
        for alias in ("x", "x" * 47, "ä" * 23):
            self.assertEqual(Document(Identity.create(alias).document()).alias, alias)


class Kept(unittest.TestCase):
    def test_dumped_and_loaded(self):
        dump = DEVICE.dump()
        loaded = Identity.load(dump)
        self.assertEqual(
            (loaded.public, loaded.uid, loaded.hid, loaded.alias),
            (DEVICE.public, DEVICE.uid, DEVICE.hid, DEVICE.alias),
        )
        self.assertEqual(loaded.dump(), dump)
        self.assertEqual(crypto.run(loaded.sign(b"x")), crypto.run(DEVICE.sign(b"x")))

    def test_what_is_no_identity_gives_none(self):
        dump = DEVICE.dump()
        self.assertTrue(Identity.load(None) is None)
        for n in range(98):
            self.assertTrue(Identity.load(dump[:n]) is None, n)
        self.assertTrue(Identity.load(b"\0" + dump[1:]) is None)
        self.assertTrue(Identity.load(b"\2" + dump[1:]) is None)
        self.assertTrue(Identity.load(dump + b"\xff\xfe") is None)


class Secret(unittest.TestCase):
    def test_the_seed_is_in_nothing_that_leaves(self):
        seed = bytes(DEVICE._seed)
        made = Identity.load(DEVICE.dump())
        shown = [repr(made), str(made), "%s" % made, "%r" % (made,)]
        for text in shown:
            self.assertFalse("seed" in text or str(hexlify(seed), "utf-8")[:16] in text, text)
        document = made.document(("wish://127.0.0.1:1",))
        for n in (8, 16, 32):
            self.assertFalse(seed[:n] in document)
            self.assertFalse(seed[-n:] in document)

    def test_no_public_name_holds_it(self):
        made = Identity.load(DEVICE.dump())
        for name in ("public", "uid", "hid", "alias"):
            self.assertFalse(getattr(made, name) == DEVICE._seed)
        self.assertFalse(hasattr(made, "seed"))


if __name__ == "__main__":
    unittest.main()
