"""The gateway's contacts, kept in `contacts.json`, for people to read and to back up:

    {"format": "uwish contacts 1", "contacts": [
      {"alias": TEXT, "uid": HEX, "public": HEX, "transports": ["wish://host:port", ...]}, ...]}

Only commands write it, under a lock. A running gateway reads it again when it has changed.
"""

import json

from uwish import crypto
from uwish.documents import check_alias

from . import files
from .errors import Failure

FORMAT = "uwish contacts 1"
WHAT = "the contact file"


class Contact:
    """An identity that may connect: `uid` and `public` (32 bytes each), `alias`, `transports`."""

    def __init__(self, public, alias, transports=()):
        self.uid = crypto.sha256(public)
        self.public = public
        self.alias = alias
        self.transports = list(transports)

    def fields(self):
        """What the file, and `--json`, say of it."""
        return {
            "alias": self.alias,
            "uid": self.uid.hex(),
            "public": self.public.hex(),
            "transports": self.transports,
        }

    def __eq__(self, other):
        return isinstance(other, Contact) and self.fields() == other.fields()

    __hash__ = None


def load(path):
    """{uid: Contact} of the file; a Failure when it is missing or anything in it is wrong."""
    content = files.read_json(path, WHAT)
    try:
        return from_fields(content)
    except (KeyError, TypeError):
        raise Failure(_damaged(path, "something is missing in it")) from None
    except ValueError as error:
        raise Failure(_damaged(path, str(error))) from None


def save(path, contacts):
    """Replace the file by these contacts; a Failure leaves the old file."""
    try:
        files.replace(path, json.dumps(to_fields(contacts), indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise Failure(f"cannot write {path}: {error.strerror}; nothing was changed") from None


def to_fields(contacts):
    """What the file says of {uid: Contact}."""
    return {"format": FORMAT, "contacts": [contact.fields() for contact in contacts.values()]}


def from_fields(content):
    """{uid: Contact} that `to_fields` made this of; KeyError, TypeError or ValueError, in words,
    when it is something else."""
    if content["format"] != FORMAT:
        raise ValueError("it is of another format")
    contacts = {}
    for number, fields in enumerate(content["contacts"], 1):
        contact = _contact(number, fields)
        if contact.uid in contacts:
            raise ValueError(f"contact {number} is there twice")
        contacts[contact.uid] = contact
    return contacts


def matching(contacts, text):
    """The contacts that `text` can mean: an alias, or the first 6 or more digits of a uid."""
    found = [contact for contact in contacts.values() if contact.alias == text]
    if not found and len(text) >= 6:
        start = text.lower()
        found = [contact for contact in contacts.values() if contact.uid.hex().startswith(start)]
    return found


def find(contacts, text):
    """The contact that `text` means; a Failure when there is none, or more than one."""
    found = matching(contacts, text)
    if len(found) == 1:
        return found[0]
    if found:
        raise Failure(f"{text!r} means {len(found)} devices: give more digits of the uid")
    raise Failure(f"no device is called {text!r}, and no uid begins so: see `uwish device list`")


def _contact(number, fields):
    try:
        public = bytes.fromhex(fields["public"])
        if len(public) != 32:
            raise ValueError
        check_alias(fields["alias"])
        transports = fields["transports"]
        if not all(isinstance(transport, str) for transport in transports):
            raise ValueError
        contact = Contact(public, fields["alias"], transports)
        if contact.uid.hex() != fields["uid"]:
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"contact {number} in it is not sound") from None
    return contact


def _damaged(path, why):
    return f"{WHAT} is damaged ({why}): {path}: restore it from a backup; it was left as it is"
