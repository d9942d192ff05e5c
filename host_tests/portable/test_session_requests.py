"""The conversation after the handshake: frames, and every answer to what is asked."""

import unittest

from messages import (
    PING,
    PONG,
    array,
    binary,
    doc,
    element,
    error,
    flag,
    number,
    request,
    result,
    send,
    sid,
    sub,
    text,
)
from support import Host, Random, device
from talk import Talk

SENSOR = sid("sensor")
GATEWAY = sid("gateway")


class Frames(unittest.TestCase):
    def test_every_length_up_to_the_limit(self):
        # What fits: the receive buffer, less tag and envelope.
        limit = 1536 - 16 - (163 - 18 - 4)
        for n in (0, 1, 100, limit - 1, limit):
            talk = Talk()
            payload = Random(n).bytes(n)
            talk.hear(send(GATEWAY, SENSOR, "sensor", payload))
            self.assertEqual(talk.host.got, [(0, GATEWAY, payload)])

    def test_with_an_id_it_is_acknowledged_also_when_nobody_takes_it(self):
        talk = Talk()
        self.assertEqual(talk.hear(send(GATEWAY, SENSOR, "sensor", b"x", 9)), [result("ack", 9)])
        self.assertEqual(talk.hear(send(GATEWAY, GATEWAY, "sensor", b"x", 10)), [result("ack", 10)])
        self.assertEqual(talk.hear(send(GATEWAY, SENSOR, "other", b"x", 11)), [result("ack", 11)])
        self.assertEqual(talk.hear(send(GATEWAY, SENSOR, "other", b"x")), [])
        self.assertEqual(talk.host.payloads(), [b"x"])
        self.assertEqual(talk.host.stats.undelivered, 3)

    def test_ids_of_any_value(self):
        talk = Talk()
        for id in (1, 255, 0x3FFFFFFF, 0x40000000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF):
            heard = talk.hear(send(GATEWAY, SENSOR, "sensor", b"", id))
            self.assertEqual(heard, [result("ack", id)])

    def test_the_id_zero_is_no_id(self):
        talk = Talk()
        items = ((binary, GATEWAY), (binary, SENSOR), (text, "sensor"), (binary, b"x"))
        for op in ("send", "peers", "nothing"):
            message = doc(sub("req", text("op", op), array("args", *items), number("id", 0)))
            self.assertEqual(talk.hear(message), [])
        self.assertEqual((talk.host.payloads(), talk.host.stats.ignored), ([b"x"], 2))

    def test_what_is_understood_is_not_counted_as_ignored(self):
        talk = Talk()
        self.assertEqual(talk.hear(PONG, PING, send(GATEWAY, SENSOR, "sensor", b"x")), [PONG])
        self.assertEqual(talk.host.stats.ignored, 0)
        talk.hear(doc(flag("pong", False)))
        self.assertEqual(talk.host.stats.ignored, 1)

    def test_an_id_that_is_no_int32_is_no_id(self):
        talk = Talk()
        items = ((binary, GATEWAY), (binary, SENSOR), (text, "sensor"), (binary, b"x"))
        for kind, value in ((0x12, bytes([9]) + bytes(7)), (1, bytes(8)), (8, b"\x01")):
            id = element(kind, "id", value)
            self.assertEqual(
                talk.hear(doc(sub("req", text("op", "send"), array("args", *items), id))), []
            )
        self.assertEqual(talk.host.payloads(), [b"x"] * 3)

    def test_fields_in_another_order(self):
        talk = Talk()
        items = ((binary, GATEWAY), (binary, SENSOR), (text, "sensor"), (binary, b"x"))
        parts = number("id", 4), array("args", *items), text("op", "send")
        self.assertEqual(talk.hear(doc(sub("req", *parts))), [result("ack", 4)])
        self.assertEqual(talk.host.payloads(), [b"x"])

    def test_the_second_of_our_protocols(self):
        talk = Talk(Host(device().identity, "sensor", ("a", "b")))
        talk.hear(send(GATEWAY, SENSOR, "b", b"x"))
        self.assertEqual(talk.host.got, [(1, GATEWAY, b"x")])


class Refusals(unittest.TestCase):
    def test_malformed_send(self):
        good = ((binary, GATEWAY), (binary, SENSOR), (text, "sensor"), (binary, b"x"))
        messages = ("rsid not Buffer(32).", "lsid not Buffer(32).", "Protocol not string.")
        messages += ("payload not Buffer.",)
        for i in range(4):
            for bad in (
                (flag, True),
                (number, 1),
                (text if i != 2 else binary, "x" if i != 2 else b"x"),
            ):
                items = good[:i] + (bad,) + good[i + 1 :]
                talk = Talk()
                heard = talk.hear(request("send", array("args", *items), 5))
                self.assertEqual(heard, [error(5, 41, messages[i])])
                heard = talk.hear(request("send", array("args", *good[:i]), 6))
                self.assertEqual(heard, [error(6, 41, messages[i])])
                self.assertEqual(talk.hear(request("send", array("args", *items))), [])
                self.assertEqual((talk.host.got, talk.host.stats.ignored), ([], 3))

    def test_a_send_without_arguments_takes_none_of_an_earlier_one(self):
        talk = Talk()
        talk.hear(send(GATEWAY, SENSOR, "sensor", b"x"))
        for args in ((), (binary("args", b"x"),), (array("arg", (binary, GATEWAY)),)):
            expected = error(3, 8, "Command not found or permission denied.")
            id = number("id", 3)
            self.assertEqual(talk.hear(doc(sub("req", text("op", "send"), *args, id))), [expected])
            self.assertEqual(talk.hear(doc(sub("req", *args, text("op", "send")))), [])
        self.assertEqual((talk.host.payloads(), talk.host.stats.ignored), ([b"x"], 6))

    def test_unknown_requests(self):
        talk = Talk()
        for op in ("version", "identity.list", "", "send2", "x" * 200):
            expected = error(3, 8, "Command not found or permission denied.")
            self.assertEqual(talk.hear(request(op, array("args"), 3)), [expected])
            self.assertEqual(talk.hear(request(op, array("args"))), [])

    def test_what_is_not_for_us_is_ignored(self):
        talk = Talk()
        messages = (
            doc(),
            doc(flag("other")),
            doc(sub("other", number("id", 1))),
            doc(sub("req")),
            doc(sub("res")),
            result("ack", 1),
            result("fin", 99),
            error(1, 8, "no"),
            doc(sub("req", number("end", 0))),
            doc(number("ping", 1)),
            doc(text("req", "x")),
            b"",
            b"\x05\0\0\0",
        )
        self.assertEqual(talk.hear(*messages), [])
        self.assertEqual(talk.host.stats.ignored, len(messages))
        self.assertEqual(talk.hear(PING), [PONG])

    def test_a_record_larger_than_the_buffer(self):
        for n in (1521, 1600, 5000, 32752):
            talk = Talk()
            random = Random(n)
            # Whose id it carried nobody read.
            answer = error(0, 413, "Frame too large for this device, discarded.")
            heard = talk.hear(bytes(n), PING, split=lambda random=random: random.below(900) + 1)
            self.assertEqual(sorted(heard), sorted([answer, PONG]))
            self.assertEqual(talk.host.stats.oversized, 1)


if __name__ == "__main__":
    unittest.main()
