"""Packing SenML allocates nothing: with the heap locked, any allocation raises MemoryError."""

import unittest

import micropython

from uwish.senml import BASE_TIME, BASE_VALUE, SUM, TIME, UPDATE_TIME, Pack
from uwish.status import FULL, OK

LARGEST = 2**30 - 1  # a small int on a 32-bit board


class HeapTest(unittest.TestCase):
    def setUp(self):
        self.pack = Pack(bytearray(600))
        self.since_2000 = Pack(bytearray(40), epoch=2000)
        self.data = memoryview(b"\x00\x01")

    def locked(self, call):
        """The status of `call`, made with the heap locked."""
        micropython.heap_lock()
        status = call()
        micropython.heap_unlock()
        return status

    def test_every_kind_of_record(self):
        self.assertEqual(self.locked(self.every_kind), OK)
        self.assertEqual(self.pack.count, 7)

    def every_kind(self):
        pack = self.pack
        pack.base("greenhouse-1f3a9c:", 800000000, "Cel")
        pack.field(BASE_VALUE, 5)
        pack.number("temperature", 2315, -2)
        pack.number(b"humidity", 55, 0, b"%RH")
        pack.boolean("open", False)
        pack.string("label", "Machine Room")
        pack.string(b"label", b"\xc3\xa4")
        pack.data("nfc", self.data)
        pack.record("energy", "J")
        pack.field(SUM, 123456, 2)
        pack.field(TIME, -5, -1)
        return pack.field(UPDATE_TIME, 60)

    def test_a_time_since_2000(self):
        self.assertEqual(self.locked(self.base_time), OK)

    def base_time(self):
        return self.since_2000.base("x", LARGEST)

    def test_any_small_number_with_any_exponent(self):
        for value in (0, 1, 5, 24, 231, 25000, 65536, 134217728, 1000000000, LARGEST):
            self.value = value
            self.assertEqual(self.locked(self.numbers), OK)

    def numbers(self):
        pack = self.pack
        status = OK
        exponent = -24
        while exponent <= 23:
            pack.clear()
            pack.number("n", self.value, exponent)
            status = pack.number("n", -self.value, exponent)
            exponent += 1
        return status

    def test_a_full_pack(self):
        self.assertEqual(self.locked(self.overfill), FULL)
        self.assertTrue(self.pack.count > 24)

    def overfill(self):
        pack = self.pack
        pack.base("x:")
        while pack.number("temperature", 2315, -2) == OK:
            pass
        pack.string("a", "b")
        return pack.field(TIME, 1)


class FloatTest(unittest.TestCase):
    def test_the_lock_bites(self):
        # Floats may allocate, and do: so a locked heap would show it if the others did.
        pack = Pack(bytearray(40))
        micropython.heap_lock()
        failed = False
        try:
            pack.number("a", 120.1)
        except MemoryError:
            failed = True
        micropython.heap_unlock()
        self.assertTrue(failed)

    def test_and_the_pack_survives_it(self):
        pack = Pack(bytearray(40))
        pack.number("b", 1)
        before = bytes(pack.buf[: pack.length])
        micropython.heap_lock()
        try:
            pack.field(BASE_TIME, 120.1)
        except MemoryError:
            pass
        micropython.heap_unlock()
        self.assertEqual(bytes(pack.buf[: pack.length]), before)
        self.assertEqual(pack.field(TIME, 1), OK)


if __name__ == "__main__":
    unittest.main()
