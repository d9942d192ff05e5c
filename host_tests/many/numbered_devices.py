"""Devices that number their readings: what is lost shows."""

import subprocess
import time
from pathlib import Path

import cbor2
from mqtt_broker import until

import uwish
from uwish.documents import Document
from uwish.status import OK
from uwish_host.demo_process import micropython

_ROOT = Path(__file__).resolve().parents[2]
_GIVE_UP_S = 60
_INTERVAL_S = 0.05


class NumberedDevice:
    """The library under CPython. While `talking` it sends a reading 0, 1, 2, ... now and then to
    whichever gateway it is at; `accepted` is how many of them `send` took."""

    def __init__(self, alias, identity, transports):
        self.app = uwish.App("device", protocols=("sensor",))
        self.app.identity.create(alias)
        self.alias = alias
        self.document = Document(self.app.identity.export())
        self.accepted = 0
        self.talking = True
        self.peer = None
        self._next = 0.0
        self.app.on("online", self._on_online)
        self.app.on("offline", self._on_offline)
        self.app.identity.import_(identity.document(), transports)
        self._ruid = identity.uid

    @property
    def host(self):
        """The hid (hex) of the gateway that it is at, None when it is at none."""
        return self.peer.rhid.hex() if self.peer else None

    def pin(self):
        """Begin."""
        self.app.peer.pin(self.app.uid, self._ruid, uwish.ANY_HOST, "always")

    def turn(self):
        """What it does all the time."""
        self.app.poll(0)
        if not self.talking or self.peer is None or time.monotonic() < self._next:
            return
        if self.app.peer.send(self.peer, cbor2.dumps([{0: "n", 2: self.accepted}])) == OK:
            self.accepted += 1
            self._next = time.monotonic() + _INTERVAL_S

    def _on_online(self, peer):
        self.peer = peer

    def _on_offline(self, peer):
        if peer is self.peer:
            self.peer = None


class Crowd:
    """Devices of `site`. They take turns in `until`."""

    def __init__(self, site, folder):
        self.devices = []
        self._site = site
        self._folder = folder
        self._boards = []

    def add(self, *orders, tell=lambda: None):
        """One device for each of these lists of addresses, known to all gateways that run: `tell`
        has the contacts reach them. They are online nowhere yet."""
        for transports in orders:
            alias = f"lamp{len(self.devices)}"
            self.devices.append(NumberedDevice(alias, self._site.identity, transports))
        self._site.let_in(*(device.document for device in self.devices))
        tell()
        # Who is refused at its only address stays away for minutes.
        until(self._site.is_told, "the contacts")
        for device in self.devices:
            device.pin()
        return self.devices

    def add_board(self, transports, alias="board"):
        """The firmware under MicroPython, in a process of its own: its uid in hex."""
        state = self._folder / alias
        script = _ROOT / "boards" / "unix" / "run.py"
        command = [str(micropython()), "-X", "heapsize=384k", str(script), "--state", str(state)]
        command += ["--name", alias]
        exported = subprocess.run([*command, "--export"], capture_output=True, text=True)
        document = Document(bytes.fromhex(exported.stdout.strip()))
        self._site.let_in(document)
        until(self._site.is_told, "the contacts")
        contact = self._folder / f"{alias}.gateway"
        contact.write_bytes(self._site.identity.document(tuple(transports)))
        output = open(self._folder / f"{alias}.out", "w")  # noqa: SIM115 - for the child
        with output:
            self._boards.append(
                subprocess.Popen(
                    [*command, "--contact", str(contact), "--interval", "0.2", "--json"],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                )
            )
        return document.uid.hex()

    def until(self, condition, what="it"):
        """The first true value of `condition()`; AssertionError when it takes too long."""
        deadline = time.monotonic() + _GIVE_UP_S
        while True:
            for device in self.devices:
                device.turn()
            value = condition()
            if value:
                return value
            assert time.monotonic() < deadline, f"waited in vain for {what}: {self.hosts()}"
            time.sleep(0.002)

    def hosts(self):
        """Where everybody is."""
        return [device.host for device in self.devices]

    def all_online(self):
        """True when everybody is somewhere."""
        return all(self.hosts())

    def say_more(self, count=5):
        """Everybody sends so many readings more."""
        goals = [device.accepted + count for device in self.devices]
        self.until(
            lambda: all(d.accepted >= goal for d, goal in zip(self.devices, goals, strict=True)),
            "readings",
        )

    def hush(self, source):
        """Nobody sends any more; wait until the last reading of everybody is in `source()`, which
        is {alias: {number, ...}}."""
        for device in self.devices:
            device.talking = False

        def arrived():
            found = source()
            return all(device.accepted - 1 in found[device.alias] for device in self.devices)

        self.until(arrived, "the last readings")

    def close(self):
        """End all of them."""
        for board in self._boards:
            board.kill()
            board.wait()
        for device in self.devices:
            device.app.close()
