"""Values on flash: power cuts and full disks at every byte of every save leave the old value or the
new one."""

import sys
import unittest
from binascii import crc32

from disk import Disk, PowerCut
from support import Random

from uwish.memory_store import MemoryStore
from uwish.store import FileStore

FULL_DISK = "full"


class DiskCase(unittest.TestCase):
    """Puts a Disk in the place of the file system."""

    def setUp(self):
        self.disk = Disk()
        self.disk.install()

    def tearDown(self):
        self.disk.remove()

    def fresh(self):
        """As after a reset."""
        self.disk.budget = None
        return FileStore("/flash")


class Values(DiskCase):
    def test_saved_and_loaded(self):
        kept = self.fresh()
        self.assertTrue(kept.load("pins") is None)
        for value in (b"one", bytearray(b"two"), bytes(3000), b""):
            kept.save("pins", value)
            self.assertEqual(kept.load("pins"), bytes(value))
            self.assertEqual(self.fresh().load("pins"), bytes(value))
        self.assertEqual(kept.damaged, [])

    def test_names_do_not_mix(self):
        kept = self.fresh()
        kept.save("pins", b"p")
        kept.save("contacts", b"c")
        kept.save("pins", b"q")
        self.assertEqual((kept.load("pins"), kept.load("contacts")), (b"q", b"c"))
        self.assertTrue(kept.load("identity") is None)

    def test_the_format(self):
        kept = self.fresh()
        kept.save("pins", b"123456789")
        kept.save("pins", b"x")
        self.assertEqual(sorted(self.disk.files), ["/flash/pins.0", "/flash/pins.1"])
        # Its first save is number 1; CRC-32 over all the rest.
        self.assertEqual(
            self.disk.files["/flash/pins.1"],
            b"uW\0\1\0\0\0\x01\x33\x65\x44\x93123456789",
        )
        self.assertEqual(self.disk.files["/flash/pins.0"][:8], b"uW\0\1\0\0\0\2")

    def test_an_equal_value_is_not_written_again(self):
        kept = self.fresh()
        kept.save("pins", b"value")
        for again in (b"value", bytearray(b"value")):
            kept.save("pins", again)
            self.fresh().save("pins", again)
        self.assertEqual(self.disk.opened, 1)
        kept.save("pins", b"other")
        self.assertEqual(self.disk.opened, 2)
        kept.save("pins", b"value")
        self.assertEqual((self.disk.opened, kept.load("pins")), (3, b"value"))

    def test_a_directory_that_is_there_already(self):
        self.fresh()
        self.fresh().save("pins", b"x")
        self.assertEqual(self.disk.directories, {"/flash"})


class Cuts(DiskCase):
    def saves(self, values, error):
        """Save `values` in turn, failing once at every step of every one of them."""
        before = None
        sound = {}
        for value in values:
            self.disk.files = dict(sound)
            start = self.disk.steps
            self.fresh().save("pins", value)
            steps = self.disk.steps - start
            whole = dict(self.disk.files)
            self.assertTrue(steps > len(value) + 12)
            for cut in range(steps):
                self.disk.files = dict(sound)
                kept = self.fresh()
                self.disk.budget = cut
                self.disk.error = error
                self.assertRaises(
                    OSError if error is FULL_DISK else PowerCut, kept.save, "pins", value
                )
                yield cut, before, value
            before = value
            sound = whole

    def test_power_goes_at_every_step_of_every_save(self):
        values = [b"first", b"second, longer", b"3rd", b"", b"the fifth"]
        seen = set()
        for cut, before, value in self.saves(values, PowerCut):
            loaded = self.fresh().load("pins")
            self.assertTrue(loaded == before or loaded == value, cut)
            seen.add(loaded)
            # Saving goes on from whatever is there.
            kept = self.fresh()
            kept.save("pins", b"after " + value)
            self.assertEqual(self.fresh().load("pins"), b"after " + value)
        self.assertEqual(seen, set(values) | {None})

    def test_only_a_whole_file_is_the_new_value(self):
        # Both slots: the third save goes where the first was.
        for cut, before, value in self.saves([b"first", b"second", b"third"], PowerCut):
            written = cut - 1  # bytes; opening is a step too
            expected = value if written >= 12 + len(value) else before
            self.assertEqual(self.fresh().load("pins"), expected)

    def test_a_full_disk_keeps_the_old_value(self):
        for cut, before, value in self.saves([b"first", b"second", b"third"], FULL_DISK):
            if cut <= 12 + len(value):
                self.assertEqual(self.fresh().load("pins"), before, cut)
                # There is room again.
                self.fresh().save("pins", value)
                self.assertEqual(self.fresh().load("pins"), value)

    def test_many_cuts_in_a_row(self):
        random = Random(3)
        value = None
        for i in range(300):
            kept = self.fresh()
            new = b"%d" % i * (random.below(4) + 1)
            self.disk.budget = random.below(60)
            self.disk.error = PowerCut
            try:
                kept.save("pins", new)
                value = new
            except PowerCut:
                loaded = self.fresh().load("pins")
                self.assertTrue(loaded == value or loaded == new)
                value = loaded
            kept = self.fresh()
            self.assertEqual(kept.load("pins"), value)
        self.assertTrue(value is not None and self.disk.opened > 200)


class Damage(DiskCase):
    def test_any_byte_changed_gives_the_value_before_it(self):
        kept = self.fresh()
        kept.save("pins", b"old")
        kept.save("pins", b"new")
        sound = self.disk.files["/flash/pins.0"]
        for i in range(len(sound)):
            bad = bytearray(sound)
            bad[i] ^= 1 << i % 8
            self.disk.files["/flash/pins.0"] = bytes(bad)
            kept = self.fresh()
            self.assertEqual((kept.load("pins"), kept.damaged), (b"old", []))

    def test_both_damaged_is_none_and_named_once(self):
        kept = self.fresh()
        kept.save("pins", b"old")
        kept.save("pins", b"new")
        for path in list(self.disk.files):
            self.disk.files[path] = self.disk.files[path][:-1] + b"?"
        for _ in range(2):
            self.assertTrue(kept.load("pins") is None)
        self.assertTrue(kept.load("contacts") is None)
        self.assertEqual(kept.damaged, ["pins"])
        kept.save("pins", b"again")
        self.assertEqual(self.fresh().load("pins"), b"again")

    def test_one_file_that_is_damaged_is_damage_too(self):
        for slot in "01":
            kept = self.fresh()
            self.disk.files = {"/flash/pins." + slot: b"uW\0\1 damaged"}
            self.assertTrue(kept.load("pins") is None)
            self.assertEqual(kept.damaged, ["pins"])

    def test_another_format_is_not_read_however_sound(self):
        head = b"uW\0\2\0\0\0\1"
        crc = crc32(b"value", crc32(head)) & 0xFFFFFFFF
        kept = self.fresh()
        self.disk.files = {"/flash/pins.1": head + crc.to_bytes(4, "big") + b"value"}
        self.assertTrue(kept.load("pins") is None)

    def test_files_of_any_length_are_read(self):
        for n in range(30):
            for content in (bytes(n), b"\xff" * n, b"uW\0\1" + bytes(n)):
                self.none(content)

    def none(self, content):
        self.disk.files = {"/flash/pins.0": content}
        kept = self.fresh()
        self.assertTrue(kept.load("pins") is None, content)
        self.assertEqual(kept.damaged, ["pins"])
        kept.save("pins", b"x")

    def test_erased_flash_behind_the_magic(self):
        # CRC-32 of FF FF FF FF alone would be FF FF FF FF.
        for n in range(30):
            self.none(b"uW\0\1" + b"\xff" * n)


class Memory(unittest.TestCase):
    def test_saved_and_loaded(self):
        kept = MemoryStore()
        value = bytearray(b"value")
        self.assertTrue(kept.load("pins") is None)
        kept.save("pins", value)
        value[0] = 0
        self.assertEqual((kept.load("pins"), kept.damaged), (b"value", []))
        self.assertTrue(kept.load("contacts") is None)


class RealFiles(unittest.TestCase):
    DIRECTORY = "build/test_store_" + sys.implementation.name

    def test_saved_and_loaded(self):
        import os

        kept = FileStore(self.DIRECTORY)
        try:
            for value in (b"one", bytes(range(256)) * 20, b"three"):
                kept.save("pins", value)
                self.assertEqual(FileStore(self.DIRECTORY).load("pins"), value)
            self.assertEqual(FileStore(self.DIRECTORY).load("contacts"), None)
        finally:
            for slot in "01":
                os.remove("%s/pins.%s" % (self.DIRECTORY, slot))
            os.rmdir(self.DIRECTORY)
        self.assertRaises(OSError, kept.save, "pins", b"x")


if __name__ == "__main__":
    unittest.main()
