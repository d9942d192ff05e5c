"""What a broken or hostile remote can say on an established connection: it is answered, ignored and
counted, or the connection closes for its reason; the next one works."""

import unittest

from messages import (
    PING,
    PONG,
    array,
    binary,
    doc,
    element,
    number,
    peers_request,
    request,
    send,
    service_signal,
    sid,
    sub,
    text,
    u32,
)
from support import Random, Remote, device, establish, feed, gateway, output

from uwish.connection import CLOSED, RUNNING, SILENT_MS
from uwish.reasons import BAD_MESSAGE, BAD_RECORD, BAD_TAG, LOST, SILENT

SENSOR = sid("sensor")
GATEWAY = sid("gateway")


class Side:
    """A running connection in one of the roles."""

    def __init__(self, client):
        self.client = client
        self.host = device() if client else gateway()
        self.start()

    def start(self):
        self.c = establish(self.host, client=self.client)
        self.remote = Remote(not self.client)
        self.remote.hear(output(self.c))


class BadMessageCase(unittest.TestCase):
    """Shared by the tests below."""

    def ends(self, make, reason):
        """The bytes that `make(side)` gives close the connection for `reason`, in both roles."""
        for client in (True, False):
            side = Side(client)
            feed(side.c, make(side) + side.remote.say(PING))
            self.assertEqual((side.c.state, side.c.reason), (CLOSED, reason))
            self.works_again(side)

    def works_again(self, side):
        self.assertEqual(output(side.c), b"")
        side.c.reset()
        side.start()
        self.goes_on(side)

    def goes_on(self, side):
        self.assertEqual(side.remote.hear(feed(side.c, side.remote.say(PING))), [PONG])

    def passes(self, message, ignored=1):
        """`message` is ignored and counted, and the connection goes on, in both roles."""
        for client in (True, False):
            side = Side(client)
            heard = side.remote.hear(feed(side.c, side.remote.say(message)))
            self.assertEqual((side.c.state, heard), (RUNNING, []))
            self.assertEqual(side.host.stats.ignored, ignored)
            self.assertEqual(side.host.online(), [])
            self.goes_on(side)


class Records(BadMessageCase):
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


class Lies(BadMessageCase):
    def test_the_length_of_the_document(self):
        for n in (0, 4, 11, 13, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF):
            self.ends(lambda side, n=n: side.remote.say(u32(n) + PING[4:]), BAD_MESSAGE)

    def test_no_terminator(self):
        self.ends(lambda side: side.remote.say(PING[:-1] + b"\1"), BAD_MESSAGE)

    def test_lengths_inside(self):
        good = peers_request(1)
        for off in (9, 16, 32):  # req, op, args
            for n in (0, 1, 4, 200, 0x7FFFFFFF, 0xFFFFFFFF):
                bad = good[:off] + u32(n) + good[off + 4 :]
                self.ends(lambda side, bad=bad: side.remote.say(bad), BAD_MESSAGE)

    def test_lengths_inside_a_send(self):
        def make(side, off, n):
            good = send(GATEWAY, side.host.service.sid, "sensor", b"payload")
            return side.remote.say(good[:off] + u32(n) + good[off + 4 :])

        for off in (39, 79, 119, 133):  # rsid, lsid, protocol, payload
            for n in (0x7FFFFFFF, 0xFFFFFFFF, 1000):
                self.ends(lambda side, off=off, n=n: make(side, off, n), BAD_MESSAGE)

    def test_unknown_types(self):
        for kind in (6, 7, 0x0B, 0x0D, 0x7F, 0xFF):
            bad = element(kind, "x", b"")
            self.ends(lambda side, bad=bad: side.remote.say(doc(bad)), BAD_MESSAGE)
            self.ends(lambda side, bad=bad: side.remote.say(doc(sub("req", bad))), BAD_MESSAGE)
            self.ends(lambda side, bad=bad: side.remote.say(doc(sub("res", bad))), BAD_MESSAGE)

    def test_a_lie_beside_the_request(self):
        for name in ("req", "res"):
            bad = doc(sub(name, number("end", 3)), element(0x7F, "x", b""))
            self.ends(lambda side, bad=bad: side.remote.say(bad), BAD_MESSAGE)

    def test_lies_in_a_service(self):
        bad = doc(sub("res", number("sig", 1), sub("data", element(0x7F, "x", b""))))
        self.ends(lambda side: side.remote.say(bad), BAD_MESSAGE)


class WrongTypes(BadMessageCase):
    def test_envelopes(self):
        for message in (
            doc(text("req", "x")),
            doc(array("req")),
            doc(number("res", 1)),
            doc(number("ping", 1)),
            doc(sub("ping")),
            doc(sub("req", number("op", 1))),
            doc(sub("req", array("op"))),
            doc(sub("req", text("op", "send"))),
            doc(sub("req", text("op", "send"), text("args", "x"))),
            doc(sub("req", text("op", "send"), sub("args"))),
            doc(sub("res", text("sig", "x"), sub("data"))),
            doc(sub("res", number("sig", 1), array("data"))),
            doc(sub("res", number("sig", 1), text("data", "x"))),
        ):
            self.passes(message)

    def test_two_envelopes_in_one(self):
        frame = send(GATEWAY, SENSOR, "sensor", b"x")[4:-1]
        self.passes(doc(PING[4:-1], PONG[4:-1]))
        self.passes(doc(frame, frame))
        self.passes(doc(PING[4:-1], frame))

    def test_fields_of_a_service(self):
        good = [binary("rsid", GATEWAY), text("name", "g"), text("protocol", "sensor")]
        good.append(element(8, "online", b"\1"))
        for i, bad in (
            (0, text("rsid", "x")),
            (0, binary("rsid", bytes(31))),
            (2, number("protocol", 1)),
            (3, number("online", 1)),
            (3, text("online", "true")),
        ):
            fields = good[:i] + [bad] + good[i + 1 :]
            self.passes(doc(sub("res", number("sig", 1), sub("data", *fields))))
            fields = good[:i] + good[i + 1 :]
            self.passes(doc(sub("res", number("sig", 1), sub("data", *fields))))

    def test_deep_nesting(self):
        for depth in (2, 5, 6, 50, 150):
            deep = doc()
            for _ in range(depth):
                deep = doc(element(3, "d", deep))
            self.passes(doc(element(3, "req", deep)))
            self.passes(doc(element(3, "res", deep)))
            self.passes(doc(element(3, "x", deep)))
            deep = element(3, "3", deep)
            items = binary("0", GATEWAY), binary("1", SENSOR), text("2", "sensor"), deep
            self.passes(doc(sub("req", text("op", "send"), element(4, "args", doc(*items)))))


class NotOurs(BadMessageCase):
    def test_ids_that_are_not_ours(self):
        for id in (0, 2, 0x7FFFFFFF, 0xFFFFFFFF):
            for kind in ("ack", "sig", "err", "fin"):
                self.passes(doc(sub("res", number(kind, id))))
                self.passes(doc(sub("res", number(kind, id), sub("data"))))
            self.passes(doc(sub("req", number("end", id))))
            self.passes(service_signal(id, GATEWAY, "gateway", "sensor"))

    def test_answers_to_our_own_request_other_than_services(self):
        for kind in ("ack", "err", "fin"):
            self.passes(doc(sub("res", number(kind, 1))))


class Floods(BadMessageCase):
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
