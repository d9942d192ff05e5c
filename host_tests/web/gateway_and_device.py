"""A gateway as a process with a web page, and a device of this process that is online at it."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

from page_browser import GIVE_UP_S, until

import uwish
from uwish.documents import Document
from uwish.identity import Identity
from uwish_host.contacts_file import Contact
from uwish_host.state import State

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT / 'lib'}{os.pathsep}{ROOT / 'tools'}"}


class GatewayWithPage:
    """`url` of the page. The gateway keeps its ports when it is started again, as it would
    anywhere."""

    def __init__(self, directory):
        self.state = State(directory)
        self.state.initialise()
        self._ports = {"--listen": "127.0.0.1:0", "--http": "127.0.0.1:0"}
        self._process = None

    def start(self):
        """Start it, and wait until it listens."""
        command = [sys.executable, "-m", "uwish_host", "gateway", "--json", "--workers", "1"]
        command += ["--state", str(self.state.directory), "--flush-ms", "20"]
        for option, address in self._ports.items():
            command += [option, address]
        self._process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE)
        overdue = threading.Timer(GIVE_UP_S, self._process.kill)
        overdue.start()
        events = map(json.loads, self._process.stdout)
        for fields in events:
            if fields["event"] == "page":
                self.url = fields["url"]
                self._ports["--http"] = self.url.removeprefix("http://").rstrip("/")
            elif fields["event"] == "listening":
                self._ports["--listen"] = fields["address"]
                self.document = bytes.fromhex(fields["document"])
                break
        overdue.cancel()
        self._reader = threading.Thread(target=lambda: list(events))
        self._reader.start()

    def stop(self):
        """End it."""
        self._process.terminate()
        self._process.wait(GIVE_UP_S)
        self._reader.join()
        self._process.stdout.close()

    def let_in(self, identity, alias):
        """Make it a contact; a running gateway sees that within a second."""
        with self.state.changing_contacts() as contacts:
            contacts[identity.uid] = Contact(identity.public, alias)

    def frames_written(self):
        """How many frames are in its database."""
        with sqlite3.connect(self.state.readings_path) as db:
            return db.execute("SELECT count(*) FROM frame").fetchone()[0]


class Fleet:
    """A gateway that runs, and one device, `app`, which is online in the block."""

    alias = "lamp"

    def __init__(self, directory):
        self.gateway = GatewayWithPage(directory)
        self.app = uwish.App("device", protocols=("sensor",))
        self.app.identity.create(self.alias)
        self.uid = self.app.uid.hex()
        self._online = []
        self._sent = 0
        self.app.on("online", self._online.append)
        self.app.on("offline", self._online.remove)

    def __enter__(self):
        self.gateway.let_in(Document(self.app.identity.export()), self.alias)
        self.gateway.start()
        self.come_back()
        return self

    def __exit__(self, *_):
        self.app.close()
        self.gateway.stop()

    @property
    def url(self):
        return self.gateway.url

    def come_back(self):
        """Bring the device online."""
        self.app.identity.import_(self.gateway.document)
        self.app.peer.pin(self.app.uid, self._own(), uwish.ANY_HOST, "always")
        until(lambda: self._online, self.turn)

    def leave(self):
        """Let it go."""
        self.app.peer.unpin(self.app.uid, self._own(), uwish.ANY_HOST)
        until(lambda: not self._online, self.turn)

    def _own(self):
        return Document(self.gateway.document).uid

    def turn(self):
        """Let the device live for a moment."""
        self.app.poll(10)

    def send(self, data):
        """Send a frame, and wait until the device has nothing more to send."""
        assert self.app.peer.send(self._online[0], data) == 200
        self._sent += 1
        self.turn()

    def written(self):
        """Wait until the gateway has every frame that was sent in its database."""
        until(lambda: self.gateway.frames_written() == self._sent, self.turn)

    def somebody(self, alias):
        """One more contact, who never comes."""
        self.gateway.let_in(Identity.create(alias), alias)
