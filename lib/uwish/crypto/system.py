"""The two functions that both back-ends share: the system's random source and SHA-256."""

import hashlib
from os import urandom as random

__all__ = ("random", "sha256")


def sha256(data):
    """The 32-byte SHA-256 of `data`, any bytes-like."""
    return hashlib.sha256(data).digest()
