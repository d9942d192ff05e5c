"""`os` with what boards have and the unix port has not, and without what only the host has."""

from os import *
from sys import version as _version

del system, getenv, putenv, unsetenv


def uname():
    """(sysname, nodename, release, version, machine)."""
    return ("virtual", "virtual", _version.split()[2], _version, "Virtual board with uwish sim")


def sync():
    """Everything is written when it is closed."""
