"""The parts that interoperability tests are put together from: stock cores, desktop apps on the
real SDK, devices under MicroPython, and the gateway. Each runs as its own process in a scratch
directory and ends with the test."""

from .desktop import Desktop, call, connect, invite, provision, wait_online
from .desktop_app import DesktopApp
from .device import Device
from .gateway import Gateway
from .json_process import RequestFailed
from .process import wait_until
from .wish_core import WishCore

__all__ = (
    "Desktop",
    "DesktopApp",
    "Device",
    "Gateway",
    "RequestFailed",
    "WishCore",
    "call",
    "connect",
    "invite",
    "provision",
    "wait_online",
    "wait_until",
)
