"""What survives resets and deep sleep, in at most 2048 bytes: RTC memory, where a board has it
(on an ESP32 it outlasts everything but the loss of power), else two files of the library's store.

    2 bytes  "uK"
    1 byte   format 1
    1 byte   1 while the firmware is at work: found at a start, it did not end in order
    1 byte   crashes in a row
    4 bytes  the interval that a peer has set, in ms, big-endian; 0: none has since the last reset
    1 byte   length of the crash line
    n bytes  crash line, UTF-8
    m bytes  frames that wait (backlog.py)
    4 bytes  CRC-32 of all that, big-endian

Memory whose CRC is wrong, as after power-on, counts as empty.
"""

from binascii import crc32

from uwish.compat import const

SIZE = const(2048)  # bytes; an ESP32's RTC memory (MICROPY_HW_RTC_USER_MEM_MAX)
LINE = const(120)  # bytes of the crash line, the longest
_MAGIC = b"uK\x01"
_HEAD = const(10)
BACKLOG = const(1792)  # bytes of waiting frames, at most: the rest is room for what is before them


class FileMemory:
    """`memory()` of `machine.RTC`, in the store's files, for boards without RTC memory."""

    def __init__(self, store):
        self._store = store

    def memory(self, data=None):
        """The bytes kept last, b"" when there are none; or keep `data`."""
        if data is None:
            return self._store.load("kept") or b""
        self._store.save("kept", bytes(data))
        return None


def open_memory():
    """This board's memory: an object with `memory()` as `machine.RTC` has it."""
    try:
        import machine

        rtc = machine.RTC()
        rtc.memory()
        return rtc
    except (ImportError, AttributeError):
        import uwish

        return FileMemory(uwish.FileStore("/wish"))


class Kept:
    """What was kept in `memory`, and is again after `save()`: `running`, `crashes` (0 to 255),
    `line` (str), `interval_ms` (0: none), `backlog` (bytes, not read by anybody else here)."""

    def __init__(self, memory):
        self._memory = memory
        self.running = False
        self.crashes = 0
        self.line = ""
        self.interval_ms = 0
        self.backlog = b""
        self._load(bytes(memory.memory()))

    def save(self):
        """Keep it. The line is cut to LINE bytes."""
        line = cut(self.line, LINE)
        data = bytearray(_MAGIC)
        data.append(1 if self.running else 0)
        data.append(min(self.crashes, 255))
        data.extend(self.interval_ms.to_bytes(4, "big"))
        data.append(len(line))
        data.extend(line)
        data.extend(self.backlog)
        data.extend((crc32(data) & 0xFFFFFFFF).to_bytes(4, "big"))
        self._memory.memory(data)

    def crashed(self, line):
        """One more crash in a row, and what it was; not kept before `save()`."""
        self.crashes += 1
        self.line = line
        self.running = False

    def _load(self, data):
        end = len(data) - 4
        if end < _HEAD or data[:3] != _MAGIC or end < _HEAD + data[9]:
            return
        if crc32(data[:end]) & 0xFFFFFFFF != int.from_bytes(data[end:], "big"):
            return
        self.running = data[3] == 1
        self.crashes = data[4]
        self.interval_ms = int.from_bytes(data[5:9], "big")
        start = _HEAD + data[9]
        self.line = str(data[_HEAD:start], "utf-8")
        self.backlog = data[start:end]


def cut(text, size):
    """`text` as UTF-8, cut to at most `size` bytes between two characters."""
    data = text.encode()
    if len(data) > size:
        while size and data[size] & 0xC0 == 0x80:
            size -= 1
        data = data[:size]
    return data
