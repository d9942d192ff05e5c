"""What a virtual board is made with."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import Failure

FLASH_BYTES = 2 << 20  # the vfs partition of an ESP32 with 4 MB
HEAP = "256k"  # a 64-bit interpreter's objects are twice an ESP32's; the stand-ins take some, too
_MAC = (0x02, 0x75, 0x57, 0x00, 0x00, 0x01)  # locally administered
_SIZE = re.compile(r"(\d+)([kKmM]?)")


@dataclass
class Settings:
    """`networks`: {ssid: password or None}, or None for an air in which any will do. `mac`: six
    numbers."""

    flash: Path
    size: int = FLASH_BYTES
    heap: str = HEAP
    networks: dict | None = field(default=None, repr=False)  # passwords
    mac: tuple = field(default=_MAC)
    board: Path | None = None  # the board folder, None for boards/virtual


def parse_size(text):
    """`2M`, `512k` or `4096` in bytes."""
    match = _SIZE.fullmatch(text)
    if not match:
        raise Failure(f"{text!r} is no size: write 2M, 512k or 2097152")
    return int(match[1]) * {"": 1, "k": 1 << 10, "m": 1 << 20}[match[2].lower()]
