"""The handshake against recorded vectors: both roles, every byte that goes out, in any splits."""

import unittest
from binascii import unhexlify

from remote import Remote
from support import (
    DEVICE,
    DEVICE_KEY,
    GATEWAY,
    GATEWAY_KEY,
    CachedIdentity,
    FixedExchange,
    Host,
    Random,
    answer,
    call,
    device,
    feed,
    gateway,
    output,
    vector,
)

from uwish import crypto
from uwish.connection import HANDSHAKE, RUNNING
from uwish.reasons import NONE

CLIENT = vector("handshake_client_role")["events"]
SERVER = vector("handshake_server_role")["events"]
PREFIX = b"\x01\x80"


def frames(events, direction):
    """The handshake's two records in one direction."""
    return [unhexlify(e["frame"]) for e in events[3:7] if e["ev"] == direction]


HELLO = unhexlify(CLIENT[0]["bytes"])
FROM_DEVICE = PREFIX + DEVICE_KEY + b"".join(frames(CLIENT, "tx"))
FROM_GATEWAY = PREFIX + GATEWAY_KEY + b"".join(frames(CLIENT, "rx"))


def exponent(role):
    return (
        crypto.KeyExchange(int(CLIENT[1]["client_exponent"], 16))
        if role == "client"
        else (crypto.KeyExchange(int(SERVER[1]["server_exponent"], 16)))
    )


def splits(seed):
    """Pieces of 1 to 40 bytes, or, for seed 0, one byte each."""
    random = Random(seed)
    return lambda: random.below(40) + 1 if seed else 1


class Sizes(unittest.TestCase):
    def test_the_bytes_of_a_whole_handshake(self):
        self.assertEqual(len(HELLO) + len(FROM_DEVICE), 618)
        self.assertTrue(len(FROM_GATEWAY) <= 585)


class ClientRole(unittest.TestCase):
    def test_with_real_arithmetic(self):
        exchange = exponent("client")
        crypto.run(exchange.prepare())
        self.assertEqual(bytes(exchange.public), DEVICE_KEY)
        host = device()
        c = call(host, exchange=exchange)
        self.assertEqual(output(c), HELLO)
        said = feed(c, FROM_GATEWAY)
        self.assertEqual(said[: len(FROM_DEVICE)], FROM_DEVICE)
        self.check_running(host)

    def check_running(self, host):
        self.assertEqual((host.c.state, host.c.reason), (RUNNING, NONE))
        self.assertEqual(bytes(host.c.key), DEVICE.uid + GATEWAY.uid + GATEWAY.hid)
        self.assertEqual(host.c.rhid, GATEWAY.hid)

    def test_it_waits_for_each_part(self):
        c = call(device())
        self.assertEqual(output(c), HELLO)
        self.assertEqual(feed(c, FROM_GATEWAY[:385]), b"")
        self.assertEqual(feed(c, FROM_GATEWAY[385:386]), FROM_DEVICE)
        self.assertEqual(feed(c, FROM_GATEWAY[386:-1]), b"")
        self.assertEqual(c.state, HANDSHAKE)
        self.assertTrue(len(feed(c, FROM_GATEWAY[-1:])) > 0)
        self.assertEqual(c.state, RUNNING)

    def test_in_any_splits(self):
        for seed in range(12):
            host = device()
            c = call(host)
            said = output(c) + feed(c, FROM_GATEWAY, splits(seed))
            self.assertEqual(said[: 67 + len(FROM_DEVICE)], HELLO + FROM_DEVICE)
            self.check_running(host)

    def test_a_host_that_is_not_wanted(self):
        host = device()
        host.accepting = False
        c = call(host)
        output(c)
        feed(c, FROM_GATEWAY)
        self.assertFalse(c.running)


class ServerRole(unittest.TestCase):
    def test_with_real_arithmetic(self):
        host = gateway()
        c = answer(host, exchange=exponent("server"))
        self.assertEqual(output(c), b"")
        said = feed(c, HELLO + FROM_DEVICE)
        self.assertEqual(said[: len(FROM_GATEWAY)], FROM_GATEWAY)
        self.check_running(host)

    def check_running(self, host):
        self.assertEqual((host.c.state, host.c.reason), (RUNNING, NONE))
        self.assertEqual(bytes(host.c.key), GATEWAY.uid + DEVICE.uid + DEVICE.hid)

    def test_both_vectors_tell_the_same(self):
        self.assertEqual(unhexlify(SERVER[0]["bytes"]), HELLO)
        self.assertEqual(b"".join(frames(SERVER, "rx")), FROM_DEVICE[386:])
        self.assertEqual(b"".join(frames(SERVER, "tx")), FROM_GATEWAY[386:])

    def test_its_signature_goes_out_before_the_client_has_signed(self):
        c = answer(gateway())
        self.assertEqual(feed(c, HELLO), FROM_GATEWAY[:386])
        self.assertEqual(feed(c, FROM_DEVICE[:386]), FROM_GATEWAY[386:468])
        self.assertEqual(feed(c, FROM_DEVICE[386:468]), FROM_GATEWAY[468:])
        self.assertEqual(c.state, HANDSHAKE)
        feed(c, FROM_DEVICE[468:])
        self.assertEqual(c.state, RUNNING)

    def test_in_any_splits(self):
        for seed in range(12):
            host = gateway()
            said = feed(answer(host), HELLO + FROM_DEVICE, splits(seed))
            self.assertEqual(said[: len(FROM_GATEWAY)], FROM_GATEWAY)
            self.check_running(host)

    def test_first_requests_in_the_same_segment(self):
        rest = [unhexlify(e["frame"]) for e in SERVER[7:] if e["ev"] == "rx"]
        for seed in range(6):
            host = gateway()
            feed(answer(host), HELLO + FROM_DEVICE + b"".join(rest[:4]), splits(seed))
            self.check_running(host)
            self.assertEqual(len(host.got), 2)


class ShorterPublicValue(unittest.TestCase):
    def test_leading_zeros_left_out(self):
        # g^3 is one byte: a peer may send it as such.
        exchange = crypto.KeyExchange(5)
        crypto.run(exchange.prepare())
        secret = crypto.run(exchange.agree(b"\x08", False))
        c = answer(gateway(), exchange=exchange)
        key = feed(c, HELLO)
        self.assertEqual(key, PREFIX + bytes(383) + b"\x20")
        said = feed(c, b"\x00\x01\x08")
        signature = Remote(True, secret, 0).hear(said)[0]
        message = crypto.sha256(b"server" + secret)
        self.assertTrue(crypto.run(crypto.verify(GATEWAY.public, message, signature)))


class LeadingZeroSecret(unittest.TestCase):
    VECTOR = vector("leading_zero_secret")

    def exchange(self, who):
        exchange = crypto.KeyExchange(int(self.VECTOR[who + "_exponent"], 16))
        crypto.run(exchange.prepare())
        return exchange

    def test_our_server_takes_it_as_the_core_does(self):
        v = self.VECTOR
        exchange = self.exchange("server")
        self.assertEqual(bytes(exchange.public), unhexlify(v["server_public"]))
        secret = unhexlify(v["buffer_core_as_client_or_peer_of_it (384)"])
        remote = Remote(True, secret, 0)
        c = answer(gateway(), exchange=exchange)
        feed(c, HELLO)
        said = feed(c, PREFIX + unhexlify(v["client_public"]))
        signature = remote.hear(said)[0]
        theirs = unhexlify(v["server_hash_core_is_client"])
        self.assertTrue(crypto.run(crypto.verify(GATEWAY.public, theirs, signature)))
        mine = unhexlify(v["client_hash_core_is_client"])
        document = unhexlify(CLIENT[6]["plaintext"])
        feed(c, remote.say(crypto.run(DEVICE.sign(mine)), document))
        self.assertEqual(c.state, RUNNING)

    def test_our_client_rolls_again(self):
        exchange = self.exchange("client")
        public = unhexlify(self.VECTOR["client_public"])
        self.assertEqual(bytes(exchange.public), public)
        c = call(device(), exchange=exchange)
        d = answer(gateway(), exchange=self.exchange("server"))
        flight = feed(c, feed(d, output(c)))
        self.assertFalse(flight[2:386] == public)
        feed(c, feed(d, flight))
        self.assertEqual((c.state, d.state), (RUNNING, RUNNING))


class RealCore(unittest.TestCase):
    def test_replay(self):
        v = vector("real_core_v08_session")
        events = v["events"]
        seed = unhexlify(v["device_seed"])
        me = CachedIdentity(seed, DEVICE.public, unhexlify(v["device_hid"]), "device")
        sent = unhexlify(events[0]["bytes"]) + PREFIX + unhexlify(events[1]["client_public"])
        sent += b"".join([unhexlify(e["frame"]) for e in events[3:7] if e["ev"] == "tx"])
        came = PREFIX + unhexlify(events[1]["server_public"])
        came += b"".join([unhexlify(e["frame"]) for e in events if e["ev"] == "rx"])
        for seed in range(4):
            exchange = crypto.KeyExchange(int(events[1]["client_exponent"], 16))
            crypto.run(exchange.prepare())
            if seed:
                secret = unhexlify(events[2]["shared_secret"])
                exchange = FixedExchange(bytes(exchange.public))
                exchange.agree = lambda theirs, client, z=secret: _returning(z)
            host = Host(me, "sensor-service")
            host.service.name = b"sensor"
            c = host.c
            core = unhexlify(v["core_pubkey"])
            c.call(me, unhexlify(v["core_uid"]), core, exchange, 0)
            said = output(c) + feed(c, came[: 386 + 82 + 117], splits(seed))
            self.assertEqual(said[: len(sent)], sent)
            self.assertEqual(c.rhid, unhexlify(v["core_hid"]))
            # The core names our `peers` request 1, as the prototype did.
            c.session.replies.start(b"\x01\0\0\0")
            feed(c, came[386 + 82 + 117 :], splits(seed))
            self.assertEqual(c.state, RUNNING)
            self.assertEqual(host.payloads(), [unhexlify("a163636d6463736574")])
            self.assertEqual(host.online()[0].rsid[:10], b"DesktopApp")


def _returning(value):
    return value
    yield


if __name__ == "__main__":
    unittest.main()
