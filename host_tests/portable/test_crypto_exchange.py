"""The key exchange: recorded handshakes, secrets that begin with zero bytes, values to refuse."""

import json
import unittest
from binascii import unhexlify

from crypto_device import exchanges

from uwish import crypto
from uwish.crypto import group15, run

P = group15.prime()
CLASSES = (crypto.KeyExchange,) + exchanges()


def vector(name):
    with open("host_tests/vectors/%s.json" % name) as f:
        return json.load(f)


def number(data):
    return int.from_bytes(data, "big")


class RecordedTest(unittest.TestCase):
    def agree(self, exponent, public, theirs, client, secret):
        for KeyExchange in CLASSES:
            exchange = KeyExchange(number(unhexlify(exponent)))
            self.assertTrue(exchange.public is None)
            run(exchange.prepare())
            self.assertEqual(bytes(exchange.public), unhexlify(public))
            # A server does not need its public value any more, so both calls stand alone.
            self.assertEqual(bytes(run(exchange.agree(unhexlify(theirs), client))), secret)
            self.assertEqual(bytes(exchange.public), unhexlify(public))

    def test_both_roles(self):
        for name in ("handshake_client_role", "handshake_server_role"):
            session = vector(name)
            dh = [event for event in session["events"] if event["ev"] == "dh"][0]
            keys = [event for event in session["events"] if event["ev"] == "keys"][0]
            secret = unhexlify(keys["shared_secret"])
            for mine, theirs in (("client", "server"), ("server", "client")):
                self.agree(
                    session[mine]["dh_exponent"],
                    dh[mine + "_public"],
                    dh[theirs + "_public"],
                    mine == "client",
                    secret,
                )

    def test_real_core(self):
        session = vector("real_core_v08_session")
        dh = [event for event in session["events"] if event["ev"] == "dh"][0]
        keys = [event for event in session["events"] if event["ev"] == "keys"][0]
        secret = unhexlify(keys["shared_secret"])
        exponent, public, theirs = dh["client_exponent"], dh["client_public"], dh["server_public"]
        self.agree(exponent, public, theirs, True, secret)

    def test_leading_zero_as_server(self):
        v = vector("leading_zero_secret")
        secret = unhexlify(v["buffer_core_as_client_or_peer_of_it (384)"])
        self.agree(v["server_exponent"], v["server_public"], v["client_public"], False, secret)

    def test_leading_zero_as_client(self):
        v = vector("leading_zero_secret")
        exponent = number(unhexlify(v["client_exponent"]))
        theirs = number(unhexlify(v["server_public"]))
        for KeyExchange in CLASSES:
            # Prepared or not: the public value is there when the secret is.
            for prepared in (True, False):
                exchange = KeyExchange(exponent)
                if prepared:
                    run(exchange.prepare())
                secret = bytes(run(exchange.agree(unhexlify(v["server_public"]), True)))
                self.assertEqual(number(secret), pow(theirs, exponent + 1, P))
                self.assertTrue(secret[0] != 0)
                self.assertEqual(number(exchange.public), pow(2, exponent + 1, P))
                self.assertEqual(len(exchange.public), 384)


class RefusedTest(unittest.TestCase):
    def test_bad_values(self):
        for KeyExchange in CLASSES:
            exchange = KeyExchange(5)
            for bad in (0, 1, P - 1, P, P + 1, (1 << 3072) - 1):
                for client in (True, False):
                    self.assertTrue(run(exchange.agree(bad.to_bytes(384, "big"), client)) is None)
            for bad in (b"", b"\0", b"\1", b"\0" * 383 + b"\1", b"\0" * 385):
                self.assertTrue(run(exchange.agree(bad, False)) is None)
            # 385 bytes are too many whatever their value.
            self.assertTrue(run(exchange.agree(b"\0" + (7).to_bytes(384, "big"), False)) is None)

    def test_limits_of_the_range(self):
        for KeyExchange in CLASSES:
            for value in (2, P - 2):
                theirs = value.to_bytes(384, "big")
                exponent = (1 << 255) + 12345
                secret = run(KeyExchange(exponent).agree(theirs, False))
                self.assertEqual(number(secret), pow(value, exponent, P))


class ShortTest(unittest.TestCase):
    def test_short_and_long_exponents(self):
        theirs = (3).to_bytes(1, "big")
        for KeyExchange in CLASSES:
            for exponent in (1, 2, 3, 4095, 4096, 65537, (1 << 300) + 5):
                exchange = KeyExchange(exponent)
                run(exchange.prepare())
                self.assertEqual(number(exchange.public), pow(2, exponent, P))
                power = pow(3, exponent, P).to_bytes(384, "big")
                zeros = 0
                while not power[zeros]:
                    zeros += 1
                expected = power[zeros:] + theirs_padded(theirs)[384 - zeros :]
                self.assertEqual(bytes(run(exchange.agree(theirs, False))), expected)

    def test_short_public_value_and_memoryview(self):
        # A stock core accepts unpadded values, and so do we.
        for KeyExchange in CLASSES:
            exponent = (1 << 255) + 99
            theirs = bytearray(b"\7" * 126)
            secret = run(KeyExchange(exponent).agree(memoryview(theirs), False))
            self.assertEqual(number(secret), pow(number(theirs), exponent, P))


def theirs_padded(theirs):
    return bytes(384 - len(theirs)) + theirs


class FreshTest(unittest.TestCase):
    def test_exponents(self):
        seen = set()
        for KeyExchange in CLASSES:
            for _ in range(4):
                exchange = KeyExchange()
                self.assertEqual(exchange._exponent >> 255, 1)
                seen.add(exchange._exponent)
        self.assertEqual(len(seen), 4 * len(CLASSES))

    def test_two_fresh_ones_agree(self):
        for One in CLASSES:
            for Other in CLASSES:
                client = One()
                server = Other()
                run(server.prepare())
                secret = run(client.agree(server.public, True))
                self.assertEqual(bytes(run(server.agree(client.public, False))), bytes(secret))
                self.assertEqual(len(secret), 384)

    def test_exponent_is_not_shown(self):
        for KeyExchange in CLASSES:
            exchange = KeyExchange(0x1234567890ABCDEF1234567890ABCDEF)
            for text in (repr(exchange), str(exchange)):
                self.assertFalse("1234567890" in text.lower())
                self.assertFalse(str(0x1234567890ABCDEF1234567890ABCDEF) in text)


if __name__ == "__main__":
    unittest.main()
