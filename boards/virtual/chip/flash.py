"""The flash's partition for files: a block device on a host file, whose power can fail.

A second shared file is the meter, four machine words that the broker has mapped too: writes and
erases so far; the number of the one during which the power fails; how many of 256 parts of that one
still happen; where the journal goes on, 0 when there is none. So a failure is exact, and nothing is
allocated here. The journal stands behind these words: each write that happened, as two words for
its place and its size, and what was written.
"""

from array import array

import micropython

from . import bus

BLOCK = 4096

_POWER_FAILS = b'[0,"power-fails",null]\n'


class Flash:
    """`blocks` of 4096 bytes, with MicroPython's extended block protocol; `image` and `meter` are
    file descriptors."""

    def __init__(self, blocks, image, meter):
        self._blocks = blocks
        self._image = open(image, "r+b")
        self._meter = open(meter, "r+b")
        self._marks = array("I", (0, 0, 0, 0))
        self._entry = array("I", (0, 0))
        self._erased = b"\xff" * 256
        self._word = bytearray(4)

    def is_blank(self):
        """True when block 0 is erased."""
        self.readblocks(0, self._word)
        return self._word == b"\xff\xff\xff\xff"

    # A board's flash driver is C, which Ctrl-C does not break into, and littlefs relies on that.
    # Native code is like that: MicroPython looks for Ctrl-C in bytecode only.

    @micropython.native
    def readblocks(self, block, buf, offset=0):
        """See vfs.AbstractBlockDev."""
        self._image.seek(block * BLOCK + offset)
        self._image.readinto(buf)

    @micropython.native
    def writeblocks(self, block, buf, offset=None):
        """See vfs.AbstractBlockDev."""
        if offset is None:
            self._erase(block)
            offset = 0
        self._image.seek(block * BLOCK + offset)
        if self._power_fails():
            self._image.write(bytes(memoryview(buf)[: len(buf) * self._marks[2] // 256]))
            self._die()
        self._image.write(buf)
        if self._marks[3]:
            self._note(block * BLOCK + offset, len(buf))
            self._meter.write(buf)
        self._count()

    @micropython.native
    def ioctl(self, request, argument):
        """See vfs.AbstractBlockDev."""
        if request == 4:
            return self._blocks
        if request == 5:
            return BLOCK
        if request == 6:
            self._erase(argument)
        return 0

    @micropython.native
    def _erase(self, block):
        self._image.seek(block * BLOCK)
        part = BLOCK
        if self._power_fails():
            part = BLOCK * self._marks[2] // 256
        for _ in range(part // 256):
            self._image.write(self._erased)
        if part < BLOCK:
            self._die()
        if self._marks[3]:
            self._note(block * BLOCK, BLOCK)
            for _ in range(BLOCK // 256):
                self._meter.write(self._erased)
        self._count()

    @micropython.native
    def _note(self, place, size):
        # It counts when `_count` has put the mark behind it.
        self._entry[0] = place
        self._entry[1] = size
        self._meter.seek(self._marks[3])
        self._meter.write(self._entry)
        self._marks[3] += 8 + size

    @micropython.native
    def _power_fails(self):
        self._meter.seek(0)
        self._meter.readinto(self._marks)
        return self._marks[0] + 1 == self._marks[1]

    @micropython.native
    def _count(self):
        self._marks[0] += 1
        self._meter.seek(0)
        self._meter.write(self._marks)

    def _die(self):
        self._count()
        bus.tell_line(_POWER_FAILS)
        bus.halt("off")
