"""Ed25519: recorded identities and sessions, RFC 8032, bad input. SHA-512: FIPS 180-4 examples."""

import json
import unittest
from binascii import hexlify, unhexlify

from crypto_device import Plain, ed25519, sha512

from uwish import crypto
from uwish.crypto import run

# RFC 8032, 7.1, TEST 1, 2, 3 and SHA(abc): seed, public key, message, signature.
RFC_8032 = (
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
        "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
)

# FIPS 180-4 (NIST's examples): "abc" and the 896-bit message; and the empty message.
FIPS_180 = (
    (
        b"",
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
        "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
    ),
    (
        b"abc",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    ),
    (
        b"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
        b"hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
        "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909",
    ),
)

ORDER = (1 << 252) + 27742317777372353535851937790883648493
P = (1 << 255) - 19


def identities():
    """(seed, public key, message, signature) of the recorded identities and handshakes."""
    with open("host_tests/vectors/identities.json") as f:
        for key in json.load(f)["keys"]:
            yield key["seed"], key["pubkey"], key["msg"], key["sig"]
    for role in ("client", "server"):
        with open("host_tests/vectors/handshake_%s_role.json" % role) as f:
            session = json.load(f)
        keys = [event for event in session["events"] if event["ev"] == "keys"][0]
        for event in session["events"]:
            for side in ("client", "server"):
                if event.get("what") == side + " signature":
                    key = session[side]
                    yield (
                        key["ed25519_seed"],
                        key["pubkey"],
                        keys[side + "_hash"],
                        event["plaintext"],
                    )


class InterfaceTest(unittest.TestCase):
    """What `uwish.crypto` promises; subclasses put another back-end in its place."""

    back_end = crypto

    def check(self, seed, public, message, signature):
        seed, public = unhexlify(seed), unhexlify(public)
        message, signature = unhexlify(message), unhexlify(signature)
        self.assertEqual(run(self.back_end.public_key(seed)), public)
        self.assertEqual(run(self.back_end.sign(seed, public, message)), signature)
        self.assertTrue(run(self.back_end.verify(public, message, signature)) is True)
        self.assertTrue(run(self.back_end.verify(public, message + b"x", signature)) is False)

    def refused(self, public, message, signature):
        self.assertTrue(run(self.back_end.verify(public, message, signature)) is False)

    def test_rfc_8032(self):
        for vector in RFC_8032:
            self.check(*vector)

    def test_recorded(self):
        count = 0
        for vector in identities():
            self.check(*vector)
            count += 1
        self.assertEqual(count, 8)

    def test_signature_of_the_real_core(self):
        with open("host_tests/vectors/real_core_v08_session.json") as f:
            session = json.load(f)
        keys = [event for event in session["events"] if event["ev"] == "keys"][0]
        for event in session["events"]:
            if event.get("what") == "server signature":
                public = unhexlify(session["core_pubkey"])
                message = unhexlify(keys["server_hash"])
                signature = unhexlify(event["plaintext"])
                self.assertTrue(run(self.back_end.verify(public, message, signature)))
                self.refused(public, unhexlify(keys["client_hash"]), signature)

    def test_every_byte_of_a_signature_counts(self):
        _, public, message, signature = [unhexlify(part) for part in RFC_8032[1]]
        for i in (0, 7, 31, 32, 45, 62, 63):
            for bit in (0x01, 0x80):
                bad = bytearray(signature)
                bad[i] ^= bit
                self.refused(public, message, bytes(bad))

    def test_wrong_lengths(self):
        _, public, message, signature = [unhexlify(part) for part in RFC_8032[1]]
        for bad in (b"", signature[:63], signature + b"\0", signature[:32]):
            self.refused(public, message, bad)
        for bad in (b"", public[:31], public + b"\0"):
            self.refused(bad, message, signature)

    def test_s_must_be_below_the_order(self):
        # s and s + L give the same point: the second would be another signature of the message.
        _, public, message, signature = [unhexlify(part) for part in RFC_8032[1]]
        s = int.from_bytes(signature[32:], "little")
        for bad in (s + ORDER, s + 8 * ORDER, ORDER, (1 << 256) - 1):
            self.refused(public, message, signature[:32] + bad.to_bytes(32, "little"))

    def test_public_keys_that_are_no_points(self):
        _, _, message, signature = [unhexlify(part) for part in RFC_8032[1]]
        sign = 1 << 255
        # 2 is not on the curve; p, p + 1 and 2**255 - 1 are not canonical; x = 0 has no sign.
        for y in (2, 2 | sign, P, P + 1, sign - 1, 1 | sign, (P - 1) | sign):
            self.refused(y.to_bytes(32, "little"), message, signature)

    def test_points_of_small_order(self):
        # y = 1 is the neutral element: s * B = R is then all that is asked, whatever the message.
        neutral = (1).to_bytes(32, "little")
        self.assertTrue(run(self.back_end.verify(neutral, b"any", neutral + bytes(32))))
        # A non-canonical R is never equal to an encoding.
        other = (P + 1).to_bytes(32, "little")
        self.refused(neutral, b"any", other + bytes(32))


class DeviceTest(InterfaceTest):
    """The device's arithmetic, on CPython too."""

    back_end = ed25519

    def test_sha512(self):
        for message, digest in FIPS_180:
            self.assertEqual(hexlify(sha512.sha512(message)), digest.encode())

    def test_steps(self):
        generator = ed25519.sign(bytes(32), bytes(32), b"message")
        self.assertTrue(sum(1 for _ in generator) > 8)


class PlainTest(unittest.TestCase):
    """SHA-512 on a build without native code."""

    def setUp(self):
        self.native = [sha512.sha512(bytes(range(n))) for n in range(0, 256, 17)]
        self.plain = Plain()

    def tearDown(self):
        self.plain.restore()

    def test_examples(self):
        for message, digest in FIPS_180:
            self.assertEqual(hexlify(sha512.sha512(message)), digest.encode())

    def test_equals_native(self):
        self.assertEqual([sha512.sha512(bytes(range(n))) for n in range(0, 256, 17)], self.native)

    def test_signature(self):
        seed, public, message, signature = [unhexlify(part) for part in RFC_8032[2]]
        self.assertEqual(run(ed25519.sign(seed, public, message)), signature)


if __name__ == "__main__":
    unittest.main()
