"""A file system in memory that can lose power or be full at any byte, in place of `open` and `os`
in uwish.store and uwish.flash."""

import os

from uwish import flash, store
from uwish.compat import forget_module

ENOENT = 2
EEXIST = 17
ENOSPC = 28


class PowerCut(Exception):
    """The power went. No OSError: nothing that is written after it may catch it."""


class Disk:
    """`files`: path -> bytes. After `budget` more steps (None: never) every write fails with
    `error`; opening, each byte and each flush are one step."""

    def __init__(self):
        self.files = {}
        self.budget = None
        self.error = PowerCut
        self.opened = 0  # for writing
        self.steps = 0
        self.directories = set()

    def install(self):
        """Take the place of the file system."""
        store.os = flash.os = self
        flash.open = self.open
        store.forget_module = keep_module  # else the next save would load another `flash`

    def remove(self):
        """Give it back."""
        store.os = flash.os = os
        del flash.open
        store.forget_module = forget_module

    def step(self):
        """One step of a save."""
        if self.budget is not None:
            if self.budget == 0:
                raise self.error() if self.error is PowerCut else OSError(ENOSPC)
            self.budget -= 1
        self.steps += 1

    def open(self, path, mode):
        """As the builtin; modes "rb" and "wb"."""
        if mode == "rb":
            if path not in self.files:
                raise OSError(ENOENT)
        else:
            self.opened += 1
            self.step()
            self.files[path] = b""
        return File(self, path)

    def mkdir(self, path):
        """As os.mkdir."""
        if path in self.directories:
            raise OSError(EEXIST)
        self.directories.add(path)

    def stat(self, path):
        """As os.stat, for whether there is one."""
        if path not in self.files:
            raise OSError(ENOENT)

    def sync(self):
        """As MicroPython's os.sync."""
        self.step()


class File:
    """An open file of a Disk."""

    def __init__(self, disk, path):
        self._disk = disk
        self._path = path
        self._at = 0

    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass

    def read(self, n=-1):
        """The next `n` bytes, or all that are left."""
        start = self._at
        left = len(self._disk.files[self._path]) - start
        self._at += left if n < 0 else min(n, left)
        return self._disk.files[self._path][start : self._at]

    def write(self, data):
        """Byte by byte, as far as the power lasts."""
        for byte in bytes(data):
            self._disk.step()
            self._disk.files[self._path] += bytes([byte])

    def flush(self):
        """To the disk."""
        self._disk.step()


def keep_module(name):
    """In place of forget_module."""
