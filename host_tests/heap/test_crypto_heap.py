# heapsize: 1m
"""What crypto takes from the heap: records nothing, a handshake only for as long as it runs."""

import gc
import sys
import unittest

import micropython

from uwish import crypto
from uwish.crypto import dh_fast, dh_small, ed25519, run

sys.path.append("host_tests/portable")
from crypto_device import Plain, is_native  # noqa: E402

SIZES = range(0, 601)
# Bytes on this 64-bit build; an object on a 32-bit board is half as large, a buffer is not.
CIPHER = 1100  # of which 524 are buffers and 290 a key
LIVE_SMALL = 1500
LIVE_FAST = 4500
LIVE_SIGN = 1500
LIVE_VERIFY = 4500


class RecordTest(unittest.TestCase):
    def setUp(self):
        self.sender = crypto.Cipher()
        self.receiver = crypto.Cipher()
        self.buf = bytearray(700)
        self.rekey()

    def rekey(self):
        self.sender.rekey(bytes(range(28)), 0)
        self.receiver.rekey(bytes(range(28)), 0)

    def round_trip(self, off, n):
        self.sender.seal(self.buf, off, n)
        self.buf[off + n] ^= 1
        refused = self.receiver.open(self.buf, off, n) is False
        self.buf[off + n] ^= 1
        accepted = self.receiver.open(self.buf, off, n)
        self.sender.skip()
        self.receiver.skip()
        return refused and accepted

    def locked(self, sizes, offsets):
        for off in offsets:
            for n in sizes:
                micropython.heap_lock()
                try:
                    good = self.round_trip(off, n)
                finally:
                    micropython.heap_unlock()
                self.assertTrue(good)

    def test_native(self):
        self.assertTrue(is_native())

    def test_every_size_at_unaligned_offsets(self):
        self.locked(SIZES, (2, 7))

    def test_every_offset(self):
        self.locked((0, 1, 15, 16, 64, 205, 240, 241), range(0, 18))

    def test_plain_twins(self):
        plain = Plain()
        try:
            self.rekey()
            self.locked((0, 1, 15, 16, 205, 240, 241), (2, 7))
        finally:
            plain.restore()

    def test_size_of_a_cipher(self):
        gc.collect()
        before = gc.mem_alloc()
        cipher = crypto.Cipher()
        cipher.rekey(bytes(28), 0)
        gc.collect()
        self.assertTrue(gc.mem_alloc() - before <= CIPHER)
        # Another key takes the place of the old one.
        before = gc.mem_alloc()
        cipher.rekey(bytes(range(28)), 0)
        gc.collect()
        self.assertTrue(gc.mem_alloc() <= before)


class HandshakeTest(unittest.TestCase):
    def setUp(self):
        self.seed = bytes(range(32))
        self.public = run(crypto.public_key(self.seed))
        self.theirs = (3).to_bytes(384, "big")

    def live(self, generator):
        """The most that a generator keeps from one step to the next, in bytes."""
        gc.collect()
        before = gc.mem_alloc()
        most = 0
        for _ in generator:
            gc.collect()
            most = max(most, gc.mem_alloc() - before)
        return most

    def test_nothing_stays(self):
        for KeyExchange in (dh_small.KeyExchange, dh_fast.KeyExchange):
            self.handshake(KeyExchange)
            gc.collect()
            before = gc.mem_alloc()
            for _ in range(2):
                self.handshake(KeyExchange)
            gc.collect()
            self.assertEqual(gc.mem_alloc(), before)

    def handshake(self, KeyExchange):
        exchange = KeyExchange()
        run(exchange.prepare())
        secret = run(exchange.agree(self.theirs, True))
        message = crypto.sha256(secret)
        signature = run(crypto.sign(self.seed, self.public, message))
        self.assertTrue(run(crypto.verify(self.public, message, signature)))

    def test_live_memory(self):
        signature = run(ed25519.sign(self.seed, self.public, b"message"))
        verify = ed25519.verify(self.public, b"message", signature)
        self.assertTrue(self.live(verify) <= LIVE_VERIFY)
        sign = ed25519.sign(self.seed, self.public, b"message")
        self.assertTrue(self.live(sign) <= LIVE_SIGN)
        for KeyExchange, limit in (
            (dh_small.KeyExchange, LIVE_SMALL),
            (dh_fast.KeyExchange, LIVE_FAST),
        ):
            exchange = KeyExchange()
            self.assertTrue(self.live(exchange.prepare()) <= limit)
            self.assertTrue(self.live(exchange.agree(self.theirs, True)) <= limit)


if __name__ == "__main__":
    unittest.main()
