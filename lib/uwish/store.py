"""The edge to flash: small named values that survive a power cut at any byte.

Each value has two files, NAME.0 and NAME.1, written in turn. A file is

    4 bytes  "uW" and format 1 in two bytes
    4 bytes  sequence number, big-endian
    4 bytes  CRC-32 of all the rest, big-endian
    n bytes  value

Saving overwrites the older file; loading takes the newer of those whose CRC is right. So a cut
leaves the old value or the new one on any file system, also on FAT, where a rename is no commit. A
value that is the same is not written.
"""

import os
from binascii import crc32

_MAGIC = b"uW\x00\x01"
_HEADER = 12


class FileStore:
    """Keeps values as files in `directory`, which is made when it is missing."""

    def __init__(self, directory):
        self._directory = directory
        self.damaged = []  # names whose files were all unreadable when they were loaded
        try:
            os.mkdir(directory)
        except OSError:
            pass  # there already; a real obstacle shows when something is saved

    def load(self, name):
        """The value (bytes) saved last under `name`, None when there is none. When there are files
        and none is sound, None as well, and `damaged` names it."""
        newest = self._newest(name)
        if newest is None:
            if (self._exists(name, 0) or self._exists(name, 1)) and name not in self.damaged:
                self.damaged.append(name)
            return None
        return newest[1]

    def save(self, name, value):
        """Keep `value` under `name`; OSError when the flash is full or broken, the old value stays
        then."""
        newest = self._newest(name)
        if newest is not None and newest[1] == value:
            return
        sequence = newest[0] + 1 if newest else 1
        body = sequence.to_bytes(4, "big")
        crc = crc32(value, crc32(_MAGIC + body)) & 0xFFFFFFFF
        with open(self._path(name, sequence & 1), "wb") as f:
            f.write(_MAGIC + body + crc.to_bytes(4, "big"))
            f.write(value)
            f.flush()
            if hasattr(os, "fsync"):
                os.fsync(f.fileno())
            elif hasattr(os, "sync"):
                os.sync()

    def _newest(self, name):
        best = None
        for slot in (0, 1):
            found = self._read(self._path(name, slot))
            if found and (best is None or found[0] > best[0]):
                best = found
        return best

    def _read(self, path):
        try:
            with open(path, "rb") as f:
                data = f.read()
        except OSError:
            return None
        if len(data) < _HEADER or data[:4] != _MAGIC:
            return None
        value = data[_HEADER:]
        if crc32(value, crc32(data[:8])) & 0xFFFFFFFF != int.from_bytes(data[8:12], "big"):
            return None
        return int.from_bytes(data[4:8], "big"), value

    def _exists(self, name, slot):
        try:
            os.stat(self._path(name, slot))
            return True
        except OSError:
            return False

    def _path(self, name, slot):
        return "%s/%s.%d" % (self._directory, name, slot)


class MemoryStore:
    """Keeps values until the power goes: for tests, and for devices that are provisioned at every
    start."""

    def __init__(self):
        self.damaged = []
        self._values = {}

    def load(self, name):
        """The value saved under `name`, None when there is none."""
        return self._values.get(name)

    def save(self, name, value):
        """Keep a copy of `value` under `name`."""
        self._values[name] = bytes(value)
