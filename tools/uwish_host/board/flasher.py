"""esptool, as a command: which chip is there, erasing it, writing an image and checking it."""

import re
import subprocess
import sys

from ..errors import Failure

# A command of its own, not a library: its licence (GPL) is not ours.
_ESPTOOL = (sys.executable, "-m", "esptool")
_CONNECT_ATTEMPTS = 7  # esptool's default
_CHIP = re.compile(r"^(?:Detecting chip type\.\.\.|Connected to) (ESP[\w-]+)", re.MULTILINE)
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)%")
_FATAL = re.compile(r"A fatal error occurred: (.+)", re.DOTALL)

# What esptool says (a part of it), and what a person should do.
_ADVICE = (
    (
        "Failed to connect",
        "hold the board's BOOT button, press RESET, let go of BOOT, and run this again",
    ),
    ("No serial data received", "check that the cable carries data, and hold BOOT while it starts"),
    ("port is busy or doesn't exist", "check the name, and close what else has the port open"),
    ("Permission denied", "you may not open it: join the group `dialout` and log in again"),
    ("does not match", "flash it again; if it stays so, the flash chip is worn out"),
)


class Esptool:
    """esptool on the chip at `port`."""

    def __init__(self, port, baud=460800):
        self._port = port
        self._options = ["--port", port, "--baud", str(baud)]
        self._options += ["--connect-attempts", str(_CONNECT_ATTEMPTS)]

    def chip(self):
        """The chip's family, such as "ESP32-S3"."""
        said = self._run("looking for the chip", "chip-id")
        found = _CHIP.search(said)
        if not found:
            raise Failure(f"{self._port}: esptool found no chip it could name: {_last(said)}")
        return found.group(1)

    def erase(self):
        """Erase all of the flash: firmware, files, identity."""
        self._run("erasing", "erase-flash")

    def write(self, image, progress):
        """Write the image and compare a hash of what the chip then has; `progress(percent)`."""
        said = self._run(
            "writing", "write-flash", hex(image.offset), str(image.path), progress=progress
        )
        if "Hash of data verified" not in said:
            raise Failure(f"{self._port}: what was written was not verified: {_last(said)}")

    def _run(self, step, command, *arguments, progress=None):
        esptool = subprocess.Popen(
            [*_ESPTOOL, *self._options, command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        said = []
        with esptool:
            try:
                for line in esptool.stdout:
                    said.append(line)
                    percent = _PERCENT.search(line)
                    if progress and percent:
                        progress(float(percent.group(1)))
            except BaseException:
                esptool.terminate()
                raise
        said = "".join(said)
        if esptool.returncode:
            if "No module named" in said:
                raise Failure("esptool is not installed: pip install esptool")
            fatal = _FATAL.search(said)
            why = " ".join((fatal.group(1) if fatal else _last(said)).split())
            advice = next((mend for words, mend in _ADVICE if words in why), None)
            raise Failure(f"{self._port}, {step}: {why}" + (f" Try: {advice}." if advice else ""))
        return said


def _last(said):
    lines = said.split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
