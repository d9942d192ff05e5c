"""A state directory: all that a gateway keeps. It belongs to its owner alone (mode 0700).

identity.json   our identity, with the private key
contacts.json   who may connect
contacts.lock   held while a command changes the contacts
gateway.lock    held while a gateway runs
control.sock    where commands reach it
readings.db     what devices sent and when they were there, with SQLite's files beside it
"""

import contextlib
from pathlib import Path

from . import contacts_file, files, identity_file
from .errors import Failure

DEFAULT_ALIAS = "gateway"


class State:
    """The state in `directory`. Everything that is wrong with it is a Failure in words."""

    def __init__(self, directory):
        self.directory = Path(directory)
        self.identity_path = self.directory / "identity.json"
        self.contacts_path = self.directory / "contacts.json"
        self.control_path = self.directory / "control.sock"
        self.readings_path = self.directory / "readings.db"

    def initialise(self, alias=None):
        """Make what is not there yet: True when the identity was made now. With `alias` the
        identity must be new or be called so. Half a state is refused, not completed: the missing
        half was lost."""
        files.make_directory(self.directory)
        with self._contacts_lock():
            if self.identity_path.exists():
                if alias is not None and self.identity().alias != alias:
                    raise Failure(
                        f"the identity in {self.directory} has another alias: "
                        f"{self.identity().alias!r}"
                    )
                self.contacts()
                return False
            # The contacts come first, so that a crash in between leaves what can be completed.
            if not self.contacts_path.exists():
                contacts_file.save(self.contacts_path, {})
            elif self.contacts():
                raise Failure(
                    f"there are contacts but no identity in {self.directory}: "
                    f"restore {self.identity_path.name} from a backup"
                )
            identity_file.create(self.identity_path, alias or DEFAULT_ALIAS)
            return True

    def identity(self):
        """Our identity."""
        self._require()
        return identity_file.load(self.identity_path)

    def contacts(self):
        """{uid: Contact}."""
        self._require()
        return contacts_file.load(self.contacts_path)

    def contacts_stamp(self):
        """Something that differs when the contact file was changed; None when it is gone."""
        try:
            found = self.contacts_path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    @contextlib.contextmanager
    def changing_contacts(self):
        """The contacts, to be changed in the block; what differs at its end is saved."""
        self._require()
        with self._contacts_lock():
            contacts = self.contacts()
            before = dict(contacts)
            yield contacts
            if contacts != before:
                contacts_file.save(self.contacts_path, contacts)

    def gateway_lock(self):
        """Held by the one gateway that may run with this state."""
        return files.locked(
            self.directory / "gateway.lock",
            busy=f"a gateway runs with this state already: {self.directory}",
        )

    def _contacts_lock(self):
        return files.locked(self.directory / "contacts.lock")

    def _require(self):
        if not self.directory.is_dir():
            raise Failure(
                f"there is no state directory {self.directory}: `uwish gateway` or "
                f"`uwish device add` makes it"
            )
