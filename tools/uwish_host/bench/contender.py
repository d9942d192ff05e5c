"""What devices are let loose on. A contender has

host, port   where devices call
uid, public  its identity's, 32 bytes each
pids()       the processes that do its work
mark(every)  what its sink has counted since the last mark: frames, latency_ms (sorted), and when
             it stores, written, in the written_s seconds between the last writes before both marks;
             `at` is the time of the mark (seconds of CLOCK_MONOTONIC). From
             now on it keeps one latency of `every`
restart()    end it and start it again at the same place; the time (CLOCK_MONOTONIC) at which it
             listened again
close()
"""

import os
import time
from pathlib import Path

from ..contacts_file import Contact
from ..state import State
from .child import Child
from .machine import running_on

BARE = "bare"
DECODED = "decoded"
STORED = "stored"


class OurGateway:
    """The gateway, for the devices with these identities; its state goes to `directory`."""

    host = "127.0.0.1"

    def __init__(self, directory, identities, kind):
        self.name = f"uwish gateway, {kind}"
        self._kind = kind
        self._processors = os.sched_getaffinity(0)
        self._state = State(Path(directory))
        self._state.initialise()
        with self._state.changing_contacts() as contacts:
            for identity in identities:
                contact = Contact(identity.public, identity.alias)
                contacts[contact.uid] = contact
        own = self._state.identity()
        self.uid = own.uid
        self.public = own.public
        self._start(0)

    def pids(self):
        """See above."""
        return self._child.ask("pids")

    def mark(self, every=1):
        """See above."""
        return self._child.ask("mark", every=every)

    def restart(self):
        """See above."""
        self._child.close()
        with running_on(self._processors):
            self._start(self.port)
        return time.monotonic()

    def close(self):
        """See above."""
        self._child.close()

    def _start(self, port):
        self._child = Child(self._state.directory, self._kind, port, module=f"{__package__}.served")
        self.port = self._child.answer()["port"]
