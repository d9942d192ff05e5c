"""What a broken or hostile remote can do with records on an established connection, and floods of
requests."""

import unittest

from bad_message import Conversations, Side
from messages import PING, array, doc, number, peers_request, request, send, sid, sub
from remote import Remote
from support import Random, feed, output

from uwish.connection import CLOSED, RUNNING, SILENT_MS
from uwish.reasons import BAD_RECORD, BAD_TAG, LOST, SILENT

SENSOR = sid("sensor")
GATEWAY = sid("gateway")


class Records(Conversations, unittest.TestCase):
    def test_wrong_tag_at_every_byte(self):
        for i in range(2, len(Remote(True).say(PING))):

            def make(side, i=i):
                bad = bytearray(side.remote.say(PING))
                bad[i] ^= 0x80
                return bytes(bad)

            self.ends(make, BAD_TAG)

    def test_a_record_again(self):
        self.ends(lambda side: side.remote.say(PING) * 2, BAD_TAG)

    def test_a_record_left_out(self):
        self.ends(lambda side: side.remote.say(PING, PING)[30:], BAD_TAG)

    def test_lengths_that_cannot_be(self):
        for n in (0, 15):
            self.ends(lambda side, n=n: bytes([0, n]) + bytes(20), BAD_RECORD)

    def test_the_shortest_record(self):
        self.passes(b"")
        self.passes(b"\0\0\0\0")

    def test_cut_short_at_every_byte_then_silence(self):
        for client in (True, False):
            side = Side(client)
            whole = side.remote.say(send(side.host.service.sid, SENSOR, "sensor", b"x" * 50))
            for n in range(0, len(whole), 9):
                side = Side(client)
                feed(side.c, whole[:n])
                self.assertEqual(side.c.state, RUNNING)
                side.c.tick(SILENT_MS)
                self.assertEqual((side.c.state, side.c.reason), (CLOSED, SILENT))
            self.works_again(side)

    def test_cut_short_at_every_byte_then_hung_up(self):
        for client in (True, False):
            side = Side(client)
            whole = side.remote.say(PING)
            for n in range(len(whole)):
                side = Side(client)
                feed(side.c, whole[:n])
                side.c.lost()
                self.assertEqual((side.c.state, side.c.reason), (CLOSED, LOST))
            self.works_again(side)

    def test_oversized_of_every_kind_stays_in_step(self):
        for client in (True, False):
            for n in (1536 - 15, 1536, 9999, 65519):
                side = Side(client)
                heard = side.remote.hear(feed(side.c, side.remote.say(bytes(n))))
                self.assertEqual((len(heard), side.host.stats.oversized), (1, 1))
                self.goes_on(side)


class Floods(Conversations, unittest.TestCase):
    def test_requests_without_reading_the_answers(self):
        messages = (
            send(GATEWAY, GATEWAY, "sensor", b"x", 7),
            request("nothing", array("args"), 8),
            doc(sub("req", number("end", 3))),
            bytes(1600),
            peers_request(3),
            send(GATEWAY, SENSOR, "sensor", b"", 9),
            request("send", array("args"), 4),
        )
        for client in (True, False):
            random = Random(client)
            side = Side(client)
            c = side.c
            stream = b"".join([side.remote.say(messages[random.below(7)]) for _ in range(400)])
            off = 0
            while c.want():
                n = min(random.below(600) + 1, c.want(), len(stream) - off)
                c.receive(stream, off, n, 0)
                # Whoever reads no more than `want` never has to keep any.
                self.assertEqual(c.taken, n)
                off += n
                c.write()
            self.assertTrue(off < len(stream) and c.state == RUNNING)
            # The remote reads at last: everything is answered.
            heard = side.remote.hear(output(c) + feed(c, stream[off:]))
            self.assertTrue(len(heard) > 200)
            self.goes_on(side)


if __name__ == "__main__":
    unittest.main()
