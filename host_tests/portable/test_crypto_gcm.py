"""AES-128-GCM records: recorded vectors, many sizes, bad tags; the interface and both leaves."""

import json
import unittest
from binascii import unhexlify

from crypto_device import MICROPYTHON, Plain, gcm, is_native

from uwish import crypto

with open("host_tests/vectors/gcm_frames.json") as f:
    FRAMES = json.load(f)["frames"]


def sessions():
    """The (nonce, plaintext, frame) of every record in the recorded handshakes, with its key."""
    for name in ("handshake_client_role", "handshake_server_role", "real_core_v08_session"):
        with open("host_tests/vectors/%s.json" % name) as f:
            events = json.load(f)["events"]
        keys = [event for event in events if event["ev"] == "keys"][0]
        for event in events:
            if "frame" in event:
                way = "c2s" if event["nonce"][:8] == keys["iv_c2s"][:8] else "s2c"
                yield keys["key_" + way], event


class InterfaceTest(unittest.TestCase):
    """What `uwish.crypto.Cipher` promises; subclasses put another Cipher in its place."""

    def cipher(self):
        return crypto.Cipher()

    def keyed(self, key, nonce):
        """A cipher with its key material at an odd place in a 384-byte secret."""
        cipher = self.cipher()
        secret = bytearray(384)
        secret[33:61] = unhexlify(key) + unhexlify(nonce)
        cipher.rekey(bytes(secret), 33)
        return cipher

    def both_ways(self, key, nonce, plain, frame, off):
        n = len(plain)
        buf = bytearray(b"\xa5" * (off + n + 16 + 3))
        buf[off : off + n] = plain
        sender = self.keyed(key, nonce)
        sender.seal(buf, off, n)
        self.assertEqual(bytes(buf[off:-3]), frame)
        self.assertEqual(bytes(buf[:off]), b"\xa5" * off)
        self.assertEqual(bytes(buf[-3:]), b"\xa5" * 3)
        receiver = self.keyed(key, nonce)
        self.assertTrue(receiver.open(buf, off, n) is True)
        self.assertEqual(bytes(buf[off : off + n]), plain)
        return sender, receiver

    def test_vectors(self):
        for vector in FRAMES:
            plain = unhexlify(vector["plaintext"])
            frame = unhexlify(vector["frame"])[2:]
            for off in (0, 2, 5):
                sender, receiver = self.both_ways(vector["key"], vector["nonce"], plain, frame, off)
            # The next record of each is under the next nonce, after a wrap too.
            expected = bytearray(20)
            self.keyed(vector["key"], vector["next_nonce"]).seal(expected, 0, 4)
            record = bytearray(20)
            sender.seal(record, 0, 4)
            self.assertEqual(record, expected)
            self.assertTrue(receiver.open(record, 0, 4))

    def test_recorded_sessions(self):
        count = 0
        for key, event in sessions():
            frame = unhexlify(event["frame"])[2:]
            self.both_ways(key, event["nonce"], unhexlify(event["plaintext"]), frame, 2)
            count += 1
        self.assertTrue(count > 20)

    def test_skip(self):
        vector = FRAMES[2]  # its counter wraps
        skipped = self.keyed(vector["key"], vector["nonce"])
        skipped.skip()
        expected = bytearray(28)
        self.keyed(vector["key"], vector["next_nonce"]).seal(expected, 0, 12)
        record = bytearray(28)
        skipped.seal(record, 0, 12)
        self.assertEqual(record, expected)

    def test_bad_tag_changes_nothing(self):
        for n in (0, 1, 40, 300):
            buf = bytearray(bytes(range(256)) * 2)
            sender = self.keyed("00" * 16, "01" * 12)
            sender.seal(buf, 3, n)
            receiver = self.keyed("00" * 16, "01" * 12)
            for i in (3, 3 + n // 2, 3 + n, 3 + n + 15):
                for bit in (0x01, 0x80):
                    buf[i] ^= bit
                    before = bytes(buf)
                    self.assertTrue(receiver.open(buf, 3, n) is False)
                    self.assertEqual(bytes(buf), before)
                    buf[i] ^= bit
            # One byte short: other data, other tag.
            if n:
                self.assertFalse(receiver.open(buf, 3, n - 1))
            # The nonce was not used up by any of it.
            self.assertTrue(receiver.open(buf, 3, n))
            self.assertFalse(receiver.open(buf, 3, n))

    def test_record_outside_its_buffer(self):
        cipher = self.keyed("00" * 16, "01" * 12)
        for off, n in ((0, 5), (5, 0), (-1, 4), (0, -1), (21, 0), (0, 1 << 20)):
            buf = bytearray(20)
            self.assertRaises(ValueError, cipher.seal, buf, off, n)
            self.assertRaises(ValueError, cipher.open, buf, off, n)
            self.assertEqual(buf, bytearray(20))

    def test_rekey(self):
        vector = FRAMES[4]
        cipher = self.keyed("77" * 16, "88" * 12)
        cipher.seal(bytearray(300), 0, 284)
        cipher.rekey(unhexlify(vector["key"] + vector["nonce"]), 0)
        record = bytearray(16)
        cipher.seal(record, 0, 0)
        self.assertEqual(bytes(record), unhexlify(vector["frame"])[2:])


class DeviceTest(InterfaceTest):
    """The device's `Cipher`, on CPython too."""

    def cipher(self):
        return gcm.Cipher()

    def test_leaves(self):
        self.assertEqual(is_native(), MICROPYTHON)

    def test_every_size_agrees_with_the_interface(self):
        # On MicroPython this compares offsets only; host_tests/cross compares with OpenSSL.
        for n in list(range(0, 70)) + list(range(230, 275)) + [511, 512, 513, 600]:
            off = n % 7
            record = bytearray(n + 16 + 8)
            expected = bytearray(n + 16)
            for i in range(n):
                expected[i] = record[off + i] = (i * 37 + n) & 0xFF
            self.device_cipher().seal(record, off, n)
            self.reference_cipher().seal(expected, 0, n)
            self.assertEqual(record[off : off + n + 16], expected)
            self.assertTrue(self.device_cipher().open(record, off, n))
            self.assertEqual(
                [record[off + i] for i in range(n)], [(i * 37 + n) & 0xFF for i in range(n)]
            )

    def device_cipher(self):
        cipher = self.cipher()
        cipher.rekey(bytes(range(3, 31)), 0)
        return cipher

    def reference_cipher(self):
        cipher = crypto.Cipher()
        cipher.rekey(bytes(range(3, 31)), 0)
        return cipher


class PlainTest(DeviceTest):
    """The device's `Cipher` on a build without native code."""

    def setUp(self):
        self.plain = Plain()

    def tearDown(self):
        self.plain.restore()

    def test_leaves(self):
        self.assertFalse(is_native())

    def test_every_size_agrees_with_the_interface(self):
        for n in (0, 1, 15, 16, 17, 239, 240, 241, 256, 257):
            records = []
            for _ in range(2):
                record = bytearray(bytes(range(256)) * 2)
                self.device_cipher().seal(record, 1, n)
                records.append(record)
                self.plain.restore()
            self.plain = Plain()
            self.assertEqual(records[0], records[1])


if __name__ == "__main__":
    unittest.main()
