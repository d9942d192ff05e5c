"""Which serial port: the one that was named, or the only one with a board; opening it."""

import contextlib
import io
import os
import stat
import time

from mpremote.transport import TransportError
from mpremote.transport_serial import SerialTransport
from serial import SerialException
from serial.tools import list_ports

from ..errors import Failure

_BUSY_S = 3
_RETRY_S = 0.1


def usb_ports():
    """The names of the serial ports on USB, sorted."""
    return sorted(port.device for port in list_ports.comports() if port.vid is not None)


def choose_port(name):
    """`name` if it is there, or the only USB port when `name` is None; else a Failure that lists
    what is there."""
    found = usb_ports()
    listed = f"the ports with a board are {', '.join(found)}" if found else "plug a board in"
    if name is None:
        if len(found) == 1:
            return found[0]
        if not found:
            raise Failure(
                "no board is plugged in: check that the cable carries data, not only power"
            )
        raise Failure(f"choose one with --port: {listed}")
    if not name:
        raise Failure(f"--port has an empty name: {listed}")
    if "://" in name:  # pyserial's URLs: rfc2217://, socket://
        return name
    # mpremote knows a pseudo-terminal only by its own name.
    real = os.path.realpath(name)
    if not os.path.exists(real):
        raise Failure(f"there is no port {name}: {listed}")
    if not stat.S_ISCHR(os.stat(real).st_mode):
        raise Failure(f"{name} is no serial port: {listed}")
    if not os.access(real, os.R_OK | os.W_OK):
        raise Failure(f"you may not open {name}: join the group `dialout` and log in again")
    return real if real.startswith("/dev/pts/") else name


def open_port(name, silence_s):
    """mpremote's SerialTransport on this port, whose reads end after `silence_s`; a Failure when
    somebody else has it. Services that look at every new port let go of it after a moment."""
    deadline = time.monotonic() + _BUSY_S
    while True:
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                return SerialTransport(name, timeout=silence_s)
        except (TransportError, OSError):
            if _is_something_else(name):
                raise Failure(
                    f"{name} is no serial port: name one that `ls /dev/tty*` shows"
                ) from None
            if time.monotonic() > deadline:
                raise Failure(
                    f"cannot open {name}: another program has it open (a serial monitor?): "
                    "close that first"
                ) from None
            time.sleep(_RETRY_S)


def _is_something_else(name):
    """True for what can be opened and is no terminal, such as /dev/null."""
    try:
        opened = os.open(name, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:
        return False  # a port that is gone, that somebody has, or a URL
    try:
        return not os.isatty(opened)
    finally:
        os.close(opened)


def close_port(transport):
    """Let go of it, also when the board is gone."""
    try:
        transport.close()
    except (OSError, SerialException):
        with contextlib.suppress(OSError, SerialException):
            transport.serial.close()
