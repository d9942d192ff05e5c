"""Bad records and signatures during the handshake, in both roles: each closes the connection for
its own reason, and the next works."""

import unittest

from bad_input import ROLES, SIGNED, AsClient, AsServer, Endings
from remote import Remote
from support import DEVICE, GATEWAY, SECRET, Random

from uwish import crypto
from uwish.phases import DOCUMENT, KEY, VERIFY
from uwish.reasons import BAD_RECORD, BAD_SIGNATURE, BAD_TAG


class Records(Endings, unittest.TestCase):
    def test_a_wrong_tag_at_every_byte_of_the_first_record(self):
        for role in ROLES:
            side = role()
            good = side.remote.say(side.signature)
            for i in range(2, len(good), 7):
                side = role()
                bad = bytearray(good)
                bad[i] ^= 1 << i % 8
                self.ends(side, self.opening(side) + bytes(bad), BAD_TAG, KEY)

    def test_a_wrong_tag_of_the_document(self):
        for role in ROLES:
            side = role()
            data = bytearray(side.remote.say(side.signature, side.document))
            data[-1] ^= 1
            self.ends(side, self.opening(side) + bytes(data), BAD_TAG, self.document_phase(role))

    def document_phase(self, role):
        # The client knows which record it waits for only when that has been opened.
        return VERIFY if role is AsClient else DOCUMENT

    def test_lengths_that_cannot_be(self):
        for n in (0, 1, 15):
            for role in ROLES:
                side = role()
                self.ends(side, self.opening(side) + bytes([0, n]) + bytes(40), BAD_RECORD, KEY)

    def test_a_record_larger_than_the_buffer(self):
        for role in ROLES:
            side = role()
            data = self.opening(side) + side.remote.say(bytes(2000))
            self.ends(side, data, BAD_RECORD, KEY)

    def test_under_the_wrong_keys(self):
        for role in ROLES:
            side = role()
            stranger = Remote(role is AsServer, Random(5).bytes(384), 0)
            self.ends(side, self.opening(side) + stranger.say(side.signature), BAD_TAG, KEY)


class Signatures(Endings, unittest.TestCase):
    def refused(self, make):
        for role in ROLES:
            side = role()
            bad = make(side)
            data = self.opening(side) + side.remote.say(bad, side.document)
            self.ends(side, data, BAD_SIGNATURE, VERIFY)

    def test_one_bit(self):
        for i in (0, 31, 32, 63):
            self.refused(lambda side, i=i: flip(side.signature, i))

    def test_of_the_wrong_length(self):
        for n in (0, 1, 63, 65, 128):
            self.refused(lambda side, n=n: (side.signature + side.signature)[:n])

    def test_our_own_sent_back(self):
        self.refused(lambda side: SIGNED["client" if isinstance(side, AsClient) else "server"])

    def test_of_another_identity(self):
        for role in ROLES:
            side = role()
            who, me = ("server", DEVICE) if role is AsClient else ("client", GATEWAY)
            forged = crypto.run(me.sign(crypto.sha256(who.encode() + SECRET)))
            data = self.opening(side) + side.remote.say(forged)
            self.ends(side, data, BAD_SIGNATURE, VERIFY)

    def test_nothing(self):
        self.refused(lambda side: bytes(64))
        self.refused(lambda side: b"\xff" * 64)


def flip(data, i):
    data = bytearray(data)
    data[i] ^= 4
    return bytes(data)


if __name__ == "__main__":
    unittest.main()
