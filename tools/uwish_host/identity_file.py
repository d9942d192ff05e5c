"""The gateway's own identity, kept in `identity.json`: the one file with a secret in it.

    {"format": "uwish identity 1", "alias": TEXT, "hid": HEX, "public": HEX, "private": HEX}

It is made once, readable by its owner only, and never written again.
"""

import json
import os

from uwish import crypto
from uwish.documents import check_alias
from uwish.identity import Identity

from . import files
from .errors import Failure

FORMAT = "uwish identity 1"
WHAT = "the identity file"


def create(path, alias):
    """A new identity from the system's randomness, kept in `path`, which must not exist."""
    try:
        check_alias(alias)
    except ValueError as error:
        raise Failure(str(error)) from None
    seed = os.urandom(32)
    identity = Identity(seed, crypto.run(crypto.public_key(seed)), new_hid(), alias)
    save(path, identity)
    return identity


def new_hid():
    """An id for a host; for the leading zero see uwish.identity."""
    return b"\0" + os.urandom(31)


def save(path, identity):
    """Keep `identity` in `path`, which must not exist."""
    try:
        files.write_new(path, json.dumps(to_fields(identity), indent=2) + "\n")
    except FileExistsError:
        raise Failure(f"there is an identity already: {path}") from None
    except OSError as error:
        raise Failure(f"cannot write {path}: {error.strerror}") from None


def load(path):
    """The identity kept in `path`; a Failure when it is missing, damaged, or open to others."""
    fields = files.read_json(path, WHAT)
    if not files.is_private(path):
        raise Failure(f"others can read the private key in {path}: chmod 600 {path}")
    try:
        return from_fields(fields)
    except (KeyError, TypeError, ValueError):
        raise Failure(
            f"{WHAT} is damaged: {path}: restore it from a backup; it was left as it is"
        ) from None


def to_fields(identity):
    """What the file says of it, the private key included: for this file and for sealed backups, and
    for nothing else."""
    private = identity.dump()[1:33]
    return {
        "format": FORMAT,
        "alias": identity.alias,
        "hid": identity.hid.hex(),
        "public": identity.public.hex(),
        "private": private.hex(),
    }


def from_fields(fields):
    """The identity that `to_fields` made this of; KeyError, TypeError or ValueError when it is
    something else."""
    if fields["format"] != FORMAT:
        raise ValueError("another format")
    alias = fields["alias"]
    check_alias(alias)
    seed, public, hid = (_id(fields[name]) for name in ("private", "public", "hid"))
    if crypto.run(crypto.public_key(seed)) != public:
        raise ValueError("the keys do not belong together")
    return Identity(seed, public, hid, alias)


def _id(text):
    value = bytes.fromhex(text)
    if len(value) != 32:
        raise ValueError
    return value
