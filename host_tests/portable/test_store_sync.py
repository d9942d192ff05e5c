"""Values on flash are there for good when `save` returns, not only in the memory of a system that
writes later."""

import unittest

from disk import Disk, File

from uwish.store import FileStore


class LazyDisk(Disk):
    """What is written stands in the file's buffer, after a flush in the system's memory, and only
    after `sync` on the disk."""

    def __init__(self):
        Disk.__init__(self)
        self.memory = {}

    def open(self, path, mode):
        """As Disk's."""
        if mode == "rb":
            return Disk.open(self, path, mode)
        self.opened += 1
        return LazyFile(self, path)

    def sync(self):
        """All that the system has reaches the disk."""
        self.files.update(self.memory)


class LazyFile(File):
    """An open file of a LazyDisk, for writing."""

    def __init__(self, disk, path):
        File.__init__(self, disk, path)
        self._buffer = b""

    def __exit__(self, *args):
        self.flush()

    def write(self, data):
        """Into the buffer."""
        self._buffer += bytes(data)

    def flush(self):
        """To the system."""
        self._disk.memory[self._path] = self._buffer

    def fileno(self):
        """What fsync is given."""
        return self._path


class FsyncDisk(LazyDisk):
    """With fsync as well, as CPython's `os` has it on every system, also where it has no sync."""

    def fsync(self, path):
        """What the system has of one file reaches the disk."""
        self.files[path] = self.memory[path]

    def sync(self):
        """A whole machine is not to wait for a value."""
        raise OSError


class Synced(unittest.TestCase):
    def test_what_was_saved_is_there_after_a_power_cut(self):
        for make in (LazyDisk, FsyncDisk):
            disk = make()
            disk.install()
            try:
                for value in (b"one", b"two, longer", b"", b"4"):
                    FileStore("/flash").save("pins", value)
                    disk.memory.clear()  # the power goes
                    self.assertEqual(FileStore("/flash").load("pins"), value)
            finally:
                disk.remove()


if __name__ == "__main__":
    unittest.main()
