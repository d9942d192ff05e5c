"""Firmware images, as far as must be known before one is written to a chip.

Offsets and chip ids: esp-idf, components/bootloader_support/include/esp_app_format.h. Where an
image goes: MicroPython's download page of each chip.
"""

from ..errors import Failure

_MAGIC = 0xE9  # esp_image_header_t.magic
_CHIP_ID = 12  # offset of esp_image_header_t.chip_id, 16 bits little-endian
_HEADER = 24  # bytes

# chip_id: (name, offset in flash of an image with a boot loader at its start)
_CHIPS = {
    0: ("ESP32", 0x1000),
    2: ("ESP32-S2", 0x1000),
    5: ("ESP32-C3", 0x0),
    9: ("ESP32-S3", 0x0),
    12: ("ESP32-C2", 0x0),
    13: ("ESP32-C6", 0x0),
    16: ("ESP32-H2", 0x0),
    18: ("ESP32-P4", 0x2000),
    23: ("ESP32-C5", 0x2000),
}


class Image:
    """A firmware image in a file: `path`, `chip` (such as "ESP32-S3"), `offset` where it goes,
    `size` in bytes, `is_micropython`."""

    def __init__(self, path):
        """Read it; a Failure in words when it is nothing that can be flashed."""
        self.path = path
        data = path.read_bytes()
        self.size = len(data)
        if self.size < _HEADER or data[0] != _MAGIC:
            raise Failure(f"{path}: {_what_else(data)}: take the .bin of your board's chip")
        number = data[_CHIP_ID] | data[_CHIP_ID + 1] << 8
        if number not in _CHIPS:
            raise Failure(f"{path}: an image for a chip that uwish does not know (id {number})")
        self.chip, self.offset = _CHIPS[number]
        self.is_micropython = b"MicroPython" in data

    def require_chip(self, chip):
        """A Failure unless the image is for `chip`."""
        if chip != self.chip:
            raise Failure(
                f"{self.path} is for {self.chip}, but the board has an {chip}: nothing was written;"
                f" download the image for {chip}"
            )


def _what_else(data):
    if not data:
        return "the file is empty"
    if data[:4] == b"\x7fELF":
        return "an ELF file, not an image to flash"
    if data[:4] == b"UF2\n":
        return "a UF2 file, which is copied, not flashed"
    if data[:1] == b"<" or data[:4] in (b"PK\x03\x04", b"\x1f\x8b\x08\x00"):
        return "a web page or an archive, not an image"
    return "not an ESP firmware image"
