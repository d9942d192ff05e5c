"""What a network and a remote can do wrong: counted, said in words, and the next connection
works."""

import unittest

from app_case import Networks

from uwish import answering
from uwish.bson_writer import Writer
from uwish.reasons import BAD_TAG, CONNECT, LOST, REFUSED, RESOLVE


class Failures(Networks, unittest.TestCase):
    def test_nobody_listens(self):
        n = self.network()
        n.gateway.stop()
        n.pin()
        n.run(turns=300, step=200)
        tries = n.app.stats.closed[CONNECT]
        self.assertTrue(3 <= tries <= 9, tries)
        self.assertTrue("gateway" in self.lines[0] and "no answer" in self.lines[0])

    def test_a_contact_without_an_address(self):
        n = self.network(imports=False)
        n.app.identity.import_(n.gateway.document)
        n.pin()
        n.run(turns=30)
        self.assertEqual((n.app.stats.closed[RESOLVE], n.gateway.calls), (1, 0))
        self.assertTrue("gateway has no address: import it with a transport" in self.lines[0])
        n.app.identity.import_(n.gateway.document, (n.gateway.transport,))
        self.assertTrue(n.run(n.peers, step=1))

    def test_a_name_that_nobody_has(self):
        n = self.network(imports=False)
        n.app.identity.import_(n.gateway.document, ("wish://no-such-host.invalid:1",))
        n.pin()
        n.run(lambda: n.app.stats.closed[RESOLVE])
        self.assertTrue("gateway at wish://no-such-host.invalid:1: resolve" in self.lines[0])

    def test_our_identity_is_no_contact_there(self):
        n = self.network()
        n.gateway.host.contacts.clear()
        n.pin()
        n.run(turns=600, step=200)
        self.assertEqual((n.gateway.calls, n.app.stats.closed[REFUSED]), (1, 1))
        self.assertTrue("our identity is no contact there" in self.lines[0])

    def test_who_has_banned_us_says_so(self):
        kept = answering.write_document

        def banning(c, identity):
            w = Writer()
            w.begin(c.window.buf, c.window.plaintext(), len(c.window.buf))
            w.binary(b"host", identity.hid, 0, 32)
            w.boolean(b"banned", True)
            c.window.seal(w.finish())

        answering.write_document = banning
        try:
            n = self.network()
            peer = n.connect()
        finally:
            answering.write_document = kept
        self.assertEqual(
            self.lines, ["uwish warn: gateway: connected, but it has banned us: ask its owner"]
        )
        # As a desktop core does, it goes on delivering.
        n.app.peer.send(peer, b"x")
        self.assertTrue(n.run(lambda: n.gateway.host.payloads() == [b"x"]))

    def test_a_reset_during_hello_is_no_refusal(self):
        n = self.network()
        n.gateway.resets = 1
        n.pin()
        self.assertTrue(n.run(n.peers, step=50))
        self.assertEqual((n.app.stats.closed[REFUSED], n.app.stats.closed[LOST]), (0, 1))

    def test_after_a_damaged_record_the_next_connection_works(self):
        n = self.network()
        n.connect()
        n.gateway.say(b"\x00\x20" + bytes(32) + bytes(200))
        self.assertTrue(n.run(lambda: not n.peers()))
        self.assertEqual(n.app.stats.closed[BAD_TAG], 1)
        self.assertTrue(n.run(n.peers, step=50))
        self.assertEqual(sum(n.app.stats.closed), 1)

    def test_unpinned_in_a_handler_while_input_waits_the_next_connection_works(self):
        n = self.network()
        peer = n.connect()
        ids = peer.luid, peer.ruid, bytes(32)
        n.app.on("frame", lambda peer, data: n.app.peer.unpin(*ids))
        for _ in range(3):
            n.gateway.host.send(b"x" * 30)
        self.assertTrue(n.run(lambda: not n.peers()))
        n.app.on("frame", n.on_frame)
        n.pin()
        self.assertTrue(n.run(n.peers, step=50))
        self.assertEqual(sum(n.app.stats.closed), 1)


if __name__ == "__main__":
    unittest.main()
