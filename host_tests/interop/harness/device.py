"""A device: the library as a board gets it, compiled and made smaller, under MicroPython in a
bounded heap, run by `../device.py`. (The portable tests run the sources.)"""

import json
import os
import shutil
import sys
from functools import cache
from pathlib import Path

import mpy

from .json_process import JsonProcess

HERE = Path(__file__).resolve().parent.parent
ROOT = HERE.parent.parent
PROGRAM = HERE / "device.py"
DEFAULT_HEAP = "256k"


class Device(JsonProcess):
    """A device whose state and log are in `directory`; started again there, it is the same device.

    It has an identity from its first start on. `settings` go to uwish.App (tx_size, rx_size,
    max_pins, ...). Events: started, ready, online, offline, frame, drain, log (`text`).
    """

    def __init__(
        self, directory, name="device", protocols=("sensor",), heap=DEFAULT_HEAP, **settings
    ):
        directory = Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        configuration = {
            "name": name,
            "protocols": protocols,
            "store": str(directory / "flash"),
            "settings": settings,
        }
        super().__init__(
            f"device {name}",
            [micropython(), "-X", f"heapsize={heap}", PROGRAM, json.dumps(configuration)],
            directory / "device.log",
            first="started",
            cwd=directory,
            env={**os.environ, "MICROPYPATH": f"{library()}:.frozen"},
        )
        self.uid = self.first["uid"]
        self.hid = self.first["hid"]
        self.sid = self.first["sid"]
        self.document = self.first["document"]

    def import_(self, document, *transports):
        """Add a contact; its status."""
        return self.command("import", document=document, transports=transports)

    def pin(self, ruid, rhid=bytes(32), policy="always", priority=0):
        """Pin a host of the contact `ruid`, any host unless `rhid` says which; its status."""
        return self.command("pin", ruid=ruid, rhid=rhid, policy=policy, priority=priority)

    def unpin(self, ruid, rhid=bytes(32)):
        """Take the pin away; its status."""
        return self.command("unpin", ruid=ruid, rhid=rhid)

    def discover(self):
        """Listen to local discovery from now on."""
        self.command("discover")

    def heard(self):
        """What it has heard: `hosts` [(ruid, rhid, address)], `strangers`, `malformed`."""
        return self.command("heard")

    def send(self, peer, payload):
        """Send a frame to `peer` (as an event had it); its status."""
        return self.command("send", url=peer["url"], payload=payload)

    def stats(self):
        """The library's counters, as a dict."""
        return self.command("stats")


@cache
def library():
    """The folder of the compiled library, made once in each run of the tests, by each worker."""
    folder = ROOT / "build" / ("interop-" + os.environ.get("PYTEST_XDIST_WORKER", "main"))
    mpy.compile_library(folder, "x64")
    return folder


def micropython():
    """The command: $UWISH_MICROPYTHON, or the one beside this Python, or the first in the PATH."""
    beside = Path(sys.executable).with_name("micropython")
    command = os.environ.get("UWISH_MICROPYTHON") or (
        str(beside) if beside.exists() else shutil.which("micropython")
    )
    if not command:
        raise FileNotFoundError("there is no micropython: run `make setup`, and its Python")
    return command
