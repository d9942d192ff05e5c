"""Gateways as processes: several hosts of one identity, with one list of contacts."""

import json
import signal
import sqlite3
import subprocess
import sys
from collections import defaultdict

from command_line import ENVIRONMENT
from mqtt_broker import HOST, free_port, until

from uwish.identity import Identity
from uwish_host import identity_file
from uwish_host.contacts_file import Contact
from uwish_host.state import State

_GIVE_UP_S = 60
_FLUSH_MS = 50


class Member:
    """One gateway; `options` are those of the command besides. It listens at the same port each
    time it is started."""

    def __init__(self, directory, options):
        self.state = State(directory)
        self.identity = self.state.identity()
        self.hid = self.identity.hid.hex()
        self.address = f"{HOST}:{free_port()}"
        self.transport = f"wish://{self.address}"
        self._options = options
        self._output = directory.with_name(f"{directory.name}.out")
        self._process = None

    def start(self):
        """Run it, and wait until it listens."""
        with open(self._output, "a") as output:
            begin = output.tell()
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "uwish_host", "gateway", "--json", "--workers", "0"),
                    *("--state", str(self.state.directory), "--listen", self.address),
                    *("--flush-ms", str(_FLUSH_MS), *self._options),
                ],
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

        def listens():
            said = self._output.read_text()[begin:]
            assert self._process.poll() is None, said
            return '"event": "listening"' in said

        until(listens, f"the gateway at {self.address}")
        return self

    def kill(self):
        """It has no time for anything."""
        self._end(signal.SIGKILL)

    def stop(self):
        """It ends as it should."""
        assert self._end(signal.SIGTERM) == 0, self._output.read_text()

    def close(self):
        """However it stands."""
        if self.runs:
            self.kill()

    def events(self, name):
        """What it has said of this name, over all its starts."""
        # The last line may be half there: a process that is killed may leave it so, too.
        *lines, _ = self._output.read_text().split("\n")
        found = (json.loads(line) for line in lines if line[:1] == "{" and line[-1:] == "}")
        return [event for event in found if event["event"] == name]

    @property
    def runs(self):
        """True from start to end."""
        return self._process is not None and self._process.poll() is None

    def knows(self):
        """How many contacts it has."""
        told = [*self.events("listening"), *self.events("contacts")]
        return told[-1].get("count", told[-1].get("contacts"))

    def committed(self):
        """{alias: {number, ...}} of the readings called "n" in its database."""
        found = defaultdict(set)
        if self.state.readings_path.exists():
            db = sqlite3.connect(self.state.readings_path)
            try:
                rows = db.execute("SELECT device, value FROM readings WHERE name = 'n'")
                for alias, value in rows:
                    found[alias].add(int(value))
            finally:
                db.close()
        return found

    def _end(self, number):
        self._process.send_signal(number)
        return self._process.wait(_GIVE_UP_S)


class Site:
    """Gateways below `folder` that are one identity; the contacts of all of them are one file."""

    def __init__(self, folder, *options):
        self.members = []
        self._options = options
        self._folder = folder
        first = State(folder / "0")
        first.initialise("site")
        self._first = first
        self.identity = first.identity()

    def add(self):
        """One more gateway, not started yet."""
        directory = self._folder / str(len(self.members))
        if self.members:
            other = Identity.load(self.identity.dump())
            other.hid = identity_file.new_hid()
            directory.mkdir(mode=0o700)
            identity_file.save(directory / "identity.json", other)
            (directory / "contacts.json").symlink_to(self._first.contacts_path)
        self.members.append(Member(directory, self._options))
        return self.members[-1]

    def start(self, count):
        """So many of them, running."""
        return [self.add().start() for _ in range(count)]

    def let_in(self, *devices):
        """Make them (Document and the like, with `public` and `alias`) contacts of all."""
        with self._first.changing_contacts() as contacts:
            for device in devices:
                contact = Contact(device.public, device.alias)
                contacts[contact.uid] = contact

    def shut_out(self, uid):
        """Make this identity a stranger to all."""
        with self._first.changing_contacts() as contacts:
            del contacts[uid]

    def is_told(self):
        """True when all gateways that run know the contacts as they are."""
        count = len(self._first.contacts())
        return all(member.knows() == count for member in self.members if member.runs)

    def committed(self):
        """{alias: {number, ...}} of the databases of all together."""
        found = defaultdict(set)
        for member in self.members:
            for alias, numbers in member.committed().items():
                found[alias] |= numbers
        return found

    def close(self):
        """End all of them."""
        for member in self.members:
            member.close()
