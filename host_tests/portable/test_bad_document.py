"""Bad handshake documents, in both roles: each closes the connection for its own reason, and the
next works."""

import unittest

from bad_input import ROLES, Endings
from messages import array, binary, doc, element, flag, text, u32
from support import feed

from uwish.connection import CLOSED, RUNNING
from uwish.phases import DOCUMENT
from uwish.reasons import BAD_DOCUMENT, WRONG_HOST


class Documents(Endings, unittest.TestCase):
    def try_document(self, document, reason):
        for role in ROLES:
            side = role()
            data = self.opening(side) + side.remote.say(side.signature, document)
            self.ends(side, data, reason, DOCUMENT)

    def test_no_host_of_32_bytes(self):
        for document in (
            doc(),
            doc(array("transports")),
            doc(binary("host", bytes(31))),
            doc(binary("host", bytes(33))),
            doc(binary("host", b"")),
            doc(text("host", "x" * 32)),
            doc(array("host")),
            doc(binary("Host", bytes(32))),
        ):
            self.try_document(document, BAD_DOCUMENT)

    def test_lies(self):
        sound = doc(binary("host", bytes(32)), array("transports"))
        for document in (
            b"",
            b"\0",
            bytes(5),
            sound[:-1],
            sound[:40],
            u32(len(sound) + 1) + sound[4:],
            u32(len(sound) - 1) + sound[4:],
            b"\xff\xff\xff\xff" + sound[4:],
            doc(binary("host", bytes(32)), element(0x7F, "x", b"")),
            doc(binary("host", bytes(32)), element(2, "x", u32(100) + b"abc\0")),
            doc(binary("host", bytes(32)), element(4, "transports", u32(6) + b"\0\0")[:-1]),
        ):
            self.try_document(document, BAD_DOCUMENT)

    def test_a_host_that_is_not_wanted(self):
        for role in ROLES:
            side = role()
            side.host.accepting = False
            feed(side.host.c, self.opening(side) + side.remote.say(side.signature, side.document))
            self.assertEqual((side.host.c.state, side.host.c.reason), (CLOSED, WRONG_HOST))
            side.host.accepting = True
            self.works_again(side)

    def test_what_is_more_than_needed_is_fine(self):
        deep = doc()
        for _ in range(40):
            deep = doc(element(3, "d", deep))
        for more in (flag("banned"), text("x", "y" * 300), element(3, "deep", deep)):
            for role in ROLES:
                side = role()
                side.document = doc(binary("host", bytes(32)), more)
                self.finish(side)
                self.assertEqual(side.host.c.state, RUNNING)
                self.assertEqual(side.host.c.banned, more == flag("banned"))


if __name__ == "__main__":
    unittest.main()
