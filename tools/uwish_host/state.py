"""A state directory: all that a gateway keeps. It belongs to its owner alone (mode 0700).

identity.json   our identity, with the private key
contacts.json   who may connect; may be a link to a list that several gateways share
gateway.toml    settings of `uwish gateway`, when there are any (commands/settings.py)
requests.json   who asks to be let in, when that was ever allowed; requests.lock while it is changed
contacts.lock   held while a command changes the contacts; beside the list itself
gateway.lock    held while a gateway runs
control.sock    where commands reach it
readings.db     what devices sent and when they were there, with SQLite's files beside it
mqtt.json       how far a broker has it, when there is one
"""

import contextlib
import os
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
        self.settings_path = self.directory / "gateway.toml"
        self.requests_path = self.directory / "requests.json"
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
                contacts_file.save(self._list_path(), {})
            elif self.contacts():
                raise Failure(
                    f"there are contacts but no identity in {self.directory}: "
                    f"restore {self.identity_path.name} from a backup"
                )
            identity_file.create(self.identity_path, DEFAULT_ALIAS if alias is None else alias)
            return True

    def create(self, alias):
        """Make all of it, for the first time: a Failure when there is an identity."""
        if self.directory.is_dir() and files.exposed(self.directory):
            raise Failure(
                f"others can look into {self.directory}, where the private key is to be: "
                f"chmod 700 {self.directory}"
            )
        there = os.path.lexists(self.identity_path)
        if there or not self.initialise(alias):
            raise Failure(
                f"there is an identity in {self.directory} already, see `uwish identity show`; "
                "nothing was changed"
            )

    def restore(self, identity, contacts, settings=None):
        """Become what a backup was made of: True when its contacts were taken. Those that are here
        already are newer, and stay, as do settings (text). An identity that is here is never
        replaced."""
        files.make_directory(self.directory)
        with self.gateway_lock(), self._contacts_lock():
            if os.path.lexists(self.identity_path):
                raise Failure(
                    f"there is an identity already: {self.identity_path}: restore into another "
                    "directory, or move this file away first; nothing was changed"
                )
            kept = bool(self.contacts_path.exists() and self.contacts())
            # The contacts come first, so that a crash in between leaves what can be completed.
            if not kept:
                contacts_file.save(self._list_path(), contacts)
            if settings is not None and not self.settings_path.exists():
                files.replace(self.settings_path, settings)
            identity_file.save(self.identity_path, identity)
            return not kept

    def identity(self):
        """Our identity."""
        self.require()
        return identity_file.load(self.identity_path)

    def settings(self):
        """The text of the settings; None when there are none."""
        try:
            return self.settings_path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except ValueError:
            raise Failure(f"the settings are damaged: {self.settings_path}: no UTF-8") from None

    def contacts(self):
        """{uid: Contact}."""
        self.require()
        return contacts_file.load(self.contacts_path)

    def check_privacy(self):
        """What others can see that is not theirs, as a list of sentences; a Failure when they could
        change who may connect."""
        owned = (self.contacts_path, self.settings_path, self.requests_path)
        paths = [self.directory, *(path for path in owned if path.exists())]
        shared = self._list_path().parent
        if shared != self.directory.resolve():
            paths.append(shared)
        writable = [path for path in paths if files.exposed(path, files.OTHERS_WRITE)]
        if writable:
            raise Failure(
                f"others can write to {writable[0]}, and so change who may connect: "
                f"chmod go-w {writable[0]}"
            )
        return [
            f"others can read {path}: chmod go= {path}" for path in paths if files.exposed(path)
        ]

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
        self.require()
        with self._contacts_lock():
            contacts = self.contacts()
            before = dict(contacts)
            yield contacts
            if contacts != before:
                contacts_file.save(self._list_path(), contacts)

    def gateway_lock(self):
        """Held by the one gateway that may run with this state."""
        return files.locked(
            self.directory / "gateway.lock",
            busy=f"a gateway runs with this state already: {self.directory}",
        )

    def require(self):
        """A Failure when there is no such directory."""
        if not self.directory.is_dir():
            raise Failure(
                f"there is no state directory {self.directory}: `uwish gateway` or "
                f"`uwish device add` makes it"
            )

    def _list_path(self):
        # What is written takes the place of the list, not of a link to it.
        return self.contacts_path.resolve()

    def _contacts_lock(self):
        return files.locked(self._list_path().with_name("contacts.lock"))
