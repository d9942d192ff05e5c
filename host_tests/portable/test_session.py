"""The conversation after the handshake: recorded sessions, and every kind of message and answer."""

import unittest
from binascii import unhexlify

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
    peers_request,
    request,
    result,
    send,
    service_signal,
    sid,
    sub,
    text,
)
from support import Host, Random, Remote, device, establish, feed, gateway, output, vector

from uwish.connection import RUNNING
from uwish.status import OK

MESSAGES = vector("bson_messages")
SENSOR = sid("sensor")
GATEWAY = sid("gateway")
OURS = 1  # the id that `establish` gives to our own `peers` request


def plaintexts(name, direction):
    """What was said after the handshake, in one direction."""
    events = vector(name)["events"][7:]
    return [unhexlify(e["plaintext"]) for e in events if e["ev"] == direction]


def records(name, direction):
    events = vector(name)["events"][7:]
    return [unhexlify(e["frame"]) for e in events if e["ev"] == direction]


class Talk:
    """A running connection of `host` and the remote that talks to it."""

    def __init__(self, host=None, client=True):
        self.host = host or device()
        self.c = establish(self.host, client=client)
        self.remote = Remote(not client)
        self.first = self.remote.hear(output(self.c))

    def hear(self, *messages, split=None):
        """Say `messages` to it; the plaintexts it answers."""
        data = self.remote.say(*messages)
        return self.remote.hear(feed(self.c, data, split))


class Vectors(unittest.TestCase):
    def test_messages_made_here_are_those_of_the_real_core(self):
        for name, ours in (
            ("ping", PING),
            ("pong", PONG),
            ("peers_req", peers_request(1)),
            ("peers_sig", service_signal(1, SENSOR, "sensor", "sensor")),
            ("send_noid", send(SENSOR, GATEWAY, "sensor", b"\xa1at\x01")),
            ("send_id", send(SENSOR, GATEWAY, "sensor", b"\xa1at\x01", 2)),
            ("send_ack", result("ack", 2)),
            ("fin", result("fin", 1)),
            ("err_8", error(3, 8, "Command not found or permission denied.")),
        ):
            self.assertEqual(ours, unhexlify(MESSAGES[name]["hex"]), name)

    def test_the_client_session(self):
        for seed in range(3):
            random = Random(seed)
            host = device()
            c = establish(host)
            remote = Remote(False)
            came = records("handshake_client_role", "rx")
            said = output(c)
            said += feed(c, b"".join(came[:2]), lambda random=random: random.below(30) + 1)
            theirs = plaintexts("handshake_client_role", "tx")
            heard = remote.hear(said)
            self.assertEqual(heard, [theirs[1], theirs[0]])
            self.assertEqual(len(host.online()), 1)
            self.assertEqual(host.send(unhexlify("a2617419010461760c")), OK)
            self.assertEqual(remote.hear(output(c)), [theirs[2]])
            self.assertEqual(remote.hear(feed(c, b"".join(came[2:]))), [PONG])
            self.assertEqual(host.payloads(), [unhexlify("a163636d6463736574")])

    def test_the_server_session_byte_for_byte(self):
        for seed in range(3):
            random = Random(seed)
            host = gateway()
            c = establish(host, client=False)
            came = records("handshake_server_role", "rx")
            sent = records("handshake_server_role", "tx")
            said = output(c)
            said += feed(c, b"".join(came[:4]), lambda random=random: random.below(50) + 1)
            self.assertEqual(said, b"".join(sent[:3]))
            self.assertEqual(len(host.got), 2)
            self.assertEqual(host.send(unhexlify("a163636d6463736574")), OK)
            self.assertEqual(output(c), sent[3])
            # Ten seconds of silence.
            c.tick(10000)
            self.assertEqual(output(c), sent[4])
            feed(c, b"".join(came[4:]))
            self.assertEqual(host.online(), [])
            self.assertEqual(c.state, RUNNING)

    def test_our_services_as_the_real_core_took_them(self):
        host = Host(device().identity, "sensor-service")
        host.service.name = b"sensor"
        theirs = plaintexts("real_core_v08_session", "tx")
        talk = Talk(host)
        self.assertEqual(talk.first, [theirs[1]])
        self.assertEqual(talk.hear(peers_request(1)), [theirs[0]])


class Peers(unittest.TestCase):
    def test_we_ask_first(self):
        self.assertEqual(Talk().first, [peers_request(OURS)])

    def test_every_protocol_is_announced(self):
        talk = Talk(Host(device().identity, "sensor", ("a", "b", "c")))
        expected = [service_signal(7, SENSOR, "sensor", p) for p in ("a", "b", "c")]
        self.assertEqual(talk.hear(peers_request(7)), expected)
        self.assertEqual(talk.hear(peers_request(8))[0], service_signal(8, SENSOR, "sensor", "a"))

    def test_a_request_without_id_is_ignored(self):
        talk = Talk()
        self.assertEqual(talk.hear(peers_request(0)), [])
        self.assertEqual(talk.host.stats.ignored, 1)

    def test_online_offline_and_again(self):
        talk = Talk()
        up = service_signal(OURS, GATEWAY, "gateway", "sensor")
        down = service_signal(OURS, GATEWAY, "gateway", "sensor", False)
        for _ in range(3):
            talk.hear(up, up)
            self.assertEqual([p.rsid for p in talk.host.online()], [GATEWAY])
            talk.hear(down, down)
            self.assertEqual(talk.host.online(), [])

    def test_other_protocols_and_other_ids_make_no_peer(self):
        talk = Talk()
        talk.hear(
            service_signal(OURS, GATEWAY, "gateway", "other"),
            service_signal(OURS + 1, GATEWAY, "gateway", "sensor"),
            service_signal(OURS, GATEWAY[:31], "gateway", "sensor"),
        )
        self.assertEqual(talk.host.online(), [])
        self.assertEqual(talk.host.stats.ignored, 2)

    def test_the_end_of_a_subscription(self):
        talk = Talk()
        talk.hear(peers_request(5))
        self.assertEqual(talk.hear(doc(sub("req", number("end", 6)))), [])
        self.assertEqual(talk.hear(doc(sub("req", number("end", 5)))), [result("fin", 5)])
        self.assertEqual(talk.hear(doc(sub("req", number("end", 5)))), [])
        self.assertEqual(talk.host.stats.ignored, 2)


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
