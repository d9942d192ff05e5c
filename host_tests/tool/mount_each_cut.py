"""For MicroPython: mounts a flash as each power cut of a journal would leave it, with the real
littlefs, and prints what is in it: a line for each cut, [{path: hash or size} as it is found, the
same after something was written and removed].

    micropython mount_each_cut.py IMAGE JOURNAL

IMAGE is changed. The two differ while a rename from folder to folder is half done: littlefs hides
the old name and the file that comes after it, and puts that right when something is written.
"""

import hashlib
import json
import os
import struct
import sys
from binascii import hexlify

import vfs

BLOCK = 4096
_WHOLE = 2048  # bytes: larger files are known by their size
_PORTIONS = (0, 0.5, 0.9)


class Overlay:
    """A block device on the image; what is written stays apart, and goes with `forget`."""

    def __init__(self, file, blocks):
        self._file = file
        self._blocks = blocks
        self._own = {}

    def forget(self):
        self._own = {}

    def readblocks(self, block, buf, offset=0):
        own = self._own.get(block)
        if own is None:
            self._file.seek(block * BLOCK + offset)
            self._file.readinto(buf)
        else:
            buf[:] = memoryview(own)[offset : offset + len(buf)]

    def writeblocks(self, block, buf, offset=0):
        if block not in self._own:
            own = bytearray(BLOCK)
            self._file.seek(block * BLOCK)
            self._file.readinto(own)
            self._own[block] = own
        self._own[block][offset : offset + len(buf)] = buf

    def ioctl(self, request, argument):
        if request == 4:
            return self._blocks
        if request == 5:
            return BLOCK
        if request == 6:
            self._own[argument] = bytearray(b"\xff" * BLOCK)
        return 0


def tree(folder, found):
    """Add all files below `folder`."""
    for name, kind, _, size in os.ilistdir(folder):
        path = folder + "/" + name
        if kind == 0x4000:
            tree(path, found)
        elif size > _WHOLE:
            found[path[4:]] = size
        else:
            with open(path, "rb") as f:
                found[path[4:]] = str(hexlify(hashlib.sha256(f.read()).digest()[:8]), "ascii")
    return found


def look(device):
    """What is there before and after it was written to."""
    vfs.mount(vfs.VfsLfs2(device), "/cut")
    try:
        found = tree("/cut", {})
        with open("/cut/new", "w") as f:
            f.write("x" * 5000)
        os.remove("/cut/new")
        settled = tree("/cut", {})
        for path in found:
            assert settled.get(path, found[path]) == found[path], settled
        assert set(settled.values()) >= set(found.values()), settled
        return found, settled
    finally:
        vfs.umount("/cut")


def main(image, journal):
    with open(image, "r+b") as flash, open(journal, "rb") as entries:
        size = flash.seek(0, 2)
        device = Overlay(flash, size // BLOCK)
        number = 0
        while True:
            head = entries.read(8)
            if not head:
                return
            place, length = struct.unpack("II", head)
            data = entries.read(length)
            part = len(data) * int(_PORTIONS[number % 3] * 256) // 256
            if part:
                device.writeblocks(place // BLOCK, memoryview(data)[:part], place % BLOCK)
            print(json.dumps(look(device)))
            device.forget()
            flash.seek(place)
            flash.write(data)
            number += 1


main(*sys.argv[1:])
