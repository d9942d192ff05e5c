"""The conversation after the handshake: recorded sessions, and who is there."""

import unittest
from binascii import unhexlify

from messages import (
    PING,
    PONG,
    binary,
    doc,
    error,
    flag,
    number,
    peers_request,
    result,
    send,
    service_signal,
    sid,
    sub,
    text,
)
from remote import Remote
from support import Host, Random, device, establish, feed, gateway, output, vector
from talk import Talk

from uwish import crypto
from uwish.connection import RUNNING
from uwish.status import FULL, OK

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

    def test_under_an_id_that_is_random_positive_and_never_zero(self):
        drawn = crypto.random
        try:
            for four, id in ((bytes(4), 1), (b"\xff" * 4, 0x7FFFFFFF), (b"\2\3\4\x85", 0x05040303)):
                talk = Talk()
                crypto.random = lambda n, four=four: four[:n]
                talk.c.session.start()
                self.assertEqual(talk.remote.hear(output(talk.c)), [peers_request(id)])
        finally:
            crypto.random = drawn

    def test_every_protocol_is_announced(self):
        talk = Talk(Host(device().identity, "sensor", ("a", "b", "c")))
        expected = [service_signal(7, SENSOR, "sensor", p) for p in ("a", "b", "c")]
        self.assertEqual(talk.hear(peers_request(7)), expected)
        self.assertEqual(talk.hear(peers_request(8))[0], service_signal(8, SENSOR, "sensor", "a"))

    def test_all_is_answered_while_the_send_buffer_is_full(self):
        talk = Talk(device(tx_size=640))
        host = talk.host
        self.assertEqual(host.frames.put(1, bytes(634), 634), OK)  # for a peer that is away
        self.assertEqual(host.frames.put(0, b"", 0), FULL)
        said = talk.hear(PING, peers_request(7), send(GATEWAY, SENSOR, "sensor", b"x", 9))
        mine = service_signal(7, SENSOR, "sensor", "sensor")
        self.assertEqual(said, [PONG, mine, result("ack", 9)])
        talk.c.session.replies.ping()
        self.assertEqual(talk.remote.hear(output(talk.c)), [PING])
        self.assertEqual((host.frames.used, host.payloads()), (640, [b"x"]))

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

    def test_half_a_signal_says_nothing_of_an_earlier_one(self):
        talk = Talk()
        data = sub("data", binary("rsid", GATEWAY), text("protocol", "sensor"), flag("online"))
        talk.hear(service_signal(OURS, GATEWAY, "gateway", "sensor", False))
        for half in ((number("sig", OURS),), (data,), (number("ack", OURS), data)):
            talk.hear(doc(sub("res", *half)))
            self.assertEqual(talk.host.online(), [])
        self.assertEqual(talk.host.stats.ignored, 3)
        talk.hear(service_signal(OURS, GATEWAY, "gateway", "sensor"))
        talk.hear(doc(sub("res", number("sig", OURS))))
        self.assertEqual((len(talk.host.online()), talk.host.stats.ignored), (1, 4))
        # A name is not needed, and the order is free.
        talk.hear(doc(sub("res", data, number("sig", OURS))))
        self.assertEqual(talk.host.stats.ignored, 4)

    def test_the_end_of_a_subscription(self):
        talk = Talk()
        talk.hear(peers_request(5))
        self.assertEqual(talk.hear(doc(sub("req", number("end", 6)))), [])
        self.assertEqual(talk.hear(doc(sub("req", number("end", 5)))), [result("fin", 5)])
        self.assertEqual(talk.hear(doc(sub("req", number("end", 5)))), [])
        self.assertEqual(talk.host.stats.ignored, 2)


if __name__ == "__main__":
    unittest.main()
