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
    public = crypto.run(crypto.public_key(seed))
    # The leading zero: see uwish.identity.
    hid = b"\0" + os.urandom(31)
    fields = {
        "format": FORMAT,
        "alias": alias,
        "hid": hid.hex(),
        "public": public.hex(),
        "private": seed.hex(),
    }
    try:
        files.write_new(path, json.dumps(fields, indent=2) + "\n")
    except FileExistsError:
        raise Failure(f"there is an identity already: {path}") from None
    except OSError as error:
        raise Failure(f"cannot write {path}: {error.strerror}") from None
    return Identity(seed, public, hid, alias)


def load(path):
    """The identity kept in `path`; a Failure when it is missing, damaged, or open to others."""
    fields = files.read_json(path, WHAT)
    if not files.is_private(path):
        raise Failure(f"others can read the private key in {path}: chmod 600 {path}")
    try:
        if fields["format"] != FORMAT:
            raise ValueError
        alias = fields["alias"]
        check_alias(alias)
        seed, public, hid = (_id(fields[name]) for name in ("private", "public", "hid"))
        if crypto.run(crypto.public_key(seed)) != public:
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise Failure(
            f"{WHAT} is damaged: {path}: restore it from a backup; it was left as it is"
        ) from None
    return Identity(seed, public, hid, alias)


def _id(text):
    value = bytes.fromhex(text)
    if len(value) != 32:
        raise ValueError
    return value
