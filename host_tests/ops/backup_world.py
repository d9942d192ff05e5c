"""A backup's passphrase, and what is in a state."""

import json

PASSPHRASE = "correct horse battery staple"


def identity(state):
    return json.loads((state / "identity.json").read_text())
