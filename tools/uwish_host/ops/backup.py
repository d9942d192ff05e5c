"""What a backup holds, and how it comes out of a state directory and into one.

The sealed content (see sealed.py) is JSON:

    {"format": "uwish backup 1", "time": SECONDS SINCE 1970,
     "identity": {... as in identity.json}, "contacts": {... as in contacts.json},
     "settings": TEXT of gateway.toml, or null}

Not in it: what devices sent (readings.db), friend requests, what belongs to a running gateway. No
secret is ever written anywhere but to identity.json and, sealed, to the backup.
"""

import contextlib
import json
import os
import time

from .. import contacts_file, files, identity_file
from ..errors import Failure
from .sealed import seal, unseal

FORMAT = "uwish backup 1"
_LARGEST = 64 << 20  # bytes of a backup; a contact has 300 or so


def write(state, path, passphrase):
    """Write the backup of `state` to `path`, which must not exist: how many contacts are in it."""
    contacts = state.contacts()
    content = {
        "format": FORMAT,
        "time": int(time.time()),
        "identity": identity_file.to_fields(state.identity()),
        "contacts": contacts_file.to_fields(contacts),
        "settings": state.settings(),
    }
    data = seal(json.dumps(content).encode(), passphrase)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, files.PRIVATE_FILE)
    except FileExistsError:
        raise Failure(f"there is a file already: {path}: choose another name") from None
    except OSError as error:
        raise Failure(f"cannot write {path}: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "w+b") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            if file.read() != data:
                raise OSError(None, "what was written reads back differently")
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(path)
        raise Failure(f"cannot write {path}: {error.strerror}") from None
    return len(contacts)


def read(path, passphrase):
    """The Backup in the file; `passphrase()` is asked when it is sound so far."""
    try:
        with open(path, "rb") as file:
            data = file.read(_LARGEST)
    except OSError as error:
        raise Failure(f"cannot read {path}: {error.strerror}") from None
    try:
        return Backup(unseal(data, passphrase))
    except Failure as failure:
        raise Failure(f"{path}: {failure}; nothing was changed") from None


class Backup:
    """`identity` (Identity), `contacts` ({uid: Contact}), `settings` (text or None) and `time`
    (seconds since 1970) of a backup's content."""

    def __init__(self, content):
        try:
            fields = json.loads(content)
            if fields["format"] != FORMAT:
                raise ValueError
            self.time = int(fields["time"])
            self.identity = identity_file.from_fields(fields["identity"])
            self.contacts = contacts_file.from_fields(fields["contacts"])
            self.settings = fields["settings"]
            if not isinstance(self.settings, str | None):
                raise ValueError
        except (KeyError, TypeError, ValueError, RecursionError):
            raise Failure("what is in the backup is not what uwish puts there") from None
