"""What a broken or hostile remote can say on an established connection: it is answered, ignored and
counted, or the connection closes for its reason; the next one works."""

import unittest

from bad_message import Conversations
from messages import (
    PING,
    PONG,
    array,
    binary,
    doc,
    element,
    number,
    peers_request,
    send,
    service_signal,
    sid,
    sub,
    text,
    u32,
)

from uwish.reasons import BAD_MESSAGE

SENSOR = sid("sensor")
GATEWAY = sid("gateway")


class Lies(Conversations, unittest.TestCase):
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


class WrongTypes(Conversations, unittest.TestCase):
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


class NotOurs(Conversations, unittest.TestCase):
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


if __name__ == "__main__":
    unittest.main()
