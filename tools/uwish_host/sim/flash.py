"""The flash in a host file, and the meter by which its power fails at a chosen write.

The interpreter reads and writes the file itself (boards/virtual/chip/flash.py); the meter is four
32-bit words that both have mapped: writes and erases so far, the one that fails, how many of 256
parts of that one still happen, and where the journal goes on that stands behind them.

A journal makes a test of each power cut short: what the flash would hold after any of them is known
from one run (`after_cut`).
"""

import mmap
import os
import struct

from ..errors import Failure

BLOCK = 4096
_LEAST_BLOCKS = 8
_METER = struct.Struct("=IIII")
_ENTRY = struct.Struct("=II")


class Flash:
    """The image in the file `path`, made blank with `size` bytes when there is none."""

    def __init__(self, path, size):
        _check_size(size)
        self.path = path
        self.image = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        found = os.fstat(self.image).st_size
        if found == 0:
            _write_all(self.image, b"\xff" * size)
        elif found % BLOCK:
            os.close(self.image)
            raise Failure(f"{path} is no flash image: its size is no multiple of {BLOCK} bytes")
        self.blocks = (found or size) // BLOCK
        self.meter = os.memfd_create("uwish-flash-meter")
        os.ftruncate(self.meter, _METER.size)
        self._words = mmap.mmap(self.meter, _METER.size)

    def close(self):
        """Let go of the files."""
        self._words.close()
        os.close(self.meter)
        os.close(self.image)

    def erase(self):
        """Make it blank, as `esptool erase_flash` does. Only while the power is off."""
        os.lseek(self.image, 0, os.SEEK_SET)
        _write_all(self.image, b"\xff" * (self.blocks * BLOCK))

    @property
    def writes(self):
        """Writes and erases since the broker began."""
        return _METER.unpack(self._words)[0]

    def fail_after(self, writes, portion=0.5):
        """Let the power fail during the write or erase that follows `writes` more, when `portion`
        (0 to below 1) of it has happened."""
        if writes < 0 or not 0 <= portion < 1:
            raise ValueError("writes from 0, portion 0 to below 1")
        done = self.writes
        journal = _METER.unpack(self._words)[3]
        _METER.pack_into(self._words, 0, done, done + writes + 1, _parts(portion), journal)

    def fail_never(self):
        """Take `fail_after` back."""
        _METER.pack_into(self._words, 0, self.writes, 0, 0, _METER.unpack(self._words)[3])

    def record(self):
        """Begin a journal."""
        os.ftruncate(self.meter, _METER.size)
        _METER.pack_into(self._words, 0, *_METER.unpack(self._words)[:3], _METER.size)

    def recorded(self):
        """[(place, bytes), …]: the writes and erases since `record`, which ends with it."""
        *others, end = _METER.unpack(self._words)
        _METER.pack_into(self._words, 0, *others, 0)
        data = os.pread(self.meter, end, 0)
        os.ftruncate(self.meter, _METER.size)
        found = []
        at = _METER.size
        while at < end:
            place, size = _ENTRY.unpack_from(data, at)
            at += _ENTRY.size
            found.append((place, data[at : at + size]))
            at += size
        return found


def after_cut(image, journal, writes, portion=0.5):
    """What the flash holds that was `image` (bytes), after `writes` writes of `journal` (see
    Flash.recorded) and that portion of the next one, as a bytearray."""
    flash = bytearray(image)
    for place, data in journal[:writes]:
        flash[place : place + len(data)] = data
    place, data = journal[writes]
    size = len(data) * _parts(portion) // 256
    flash[place : place + size] = data[:size]
    return flash


def _parts(portion):
    return int(portion * 256)


def _check_size(size):
    if size % BLOCK or size < _LEAST_BLOCKS * BLOCK:
        raise Failure(f"flash of {size} bytes: give a multiple of {BLOCK}, at least 32k")


def _write_all(descriptor, data):
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
