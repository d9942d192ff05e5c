"""Small named values on flash that survive a power cut at any byte. On a board this is in memory
only while one is loaded or saved.

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


def load(directory, name):
    """The value (bytes) saved last under `name`; None when there is none, False when there are
    files and none is sound."""
    newest = _newest(directory, name)
    if newest is not None:
        return newest[1]
    return False if _is_there(directory, name, 0) or _is_there(directory, name, 1) else None


def save(directory, name, value):
    """Keep `value` under `name`; OSError when the flash is full or broken, the old value stays
    then."""
    newest = _newest(directory, name)
    if newest is not None and newest[1] == value:
        return
    sequence = newest[0] + 1 if newest else 1
    body = sequence.to_bytes(4, "big")
    crc = crc32(value, crc32(_MAGIC + body)) & 0xFFFFFFFF
    with open(_path(directory, name, sequence & 1), "wb") as f:
        f.write(_MAGIC + body + crc.to_bytes(4, "big"))
        f.write(value)
        f.flush()
        if hasattr(os, "fsync"):
            os.fsync(f.fileno())
        elif hasattr(os, "sync"):
            os.sync()


def _newest(directory, name):
    best = None
    for slot in (0, 1):
        found = _read(_path(directory, name, slot))
        if found and (best is None or found[0] > best[0]):
            best = found
    return best


def _read(path):
    try:
        with open(path, "rb") as f:
            head = f.read(_HEADER)
            value = f.read()
    except OSError:
        return None
    if len(head) < _HEADER or head[:4] != _MAGIC:
        return None
    if crc32(value, crc32(head[:8])) & 0xFFFFFFFF != int.from_bytes(head[8:], "big"):
        return None
    return int.from_bytes(head[4:8], "big"), value


def _is_there(directory, name, slot):
    try:
        os.stat(_path(directory, name, slot))
        return True
    except OSError:
        return False


def _path(directory, name, slot):
    return "%s/%s.%d" % (directory, name, slot)
