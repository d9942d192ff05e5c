"""What a measurement ran on, and how its processors are shared out."""

import contextlib
import os
import platform
import sqlite3
from datetime import UTC, datetime
from importlib.metadata import version

from cryptography.hazmat.backends.openssl import backend

_GATEWAYS = 2  # processors for the gateway, when there are as many for the devices
_KB_PER_GB = 1 << 20


def facts():
    """{name: text}: processor, system, versions, date."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": f"{len(os.sched_getaffinity(0))} x {_first('/proc/cpuinfo', 'model name')}",
        "memory": f"{int(_first('/proc/meminfo', 'MemTotal').split()[0]) / _KB_PER_GB:.1f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "cryptography": f"{version('cryptography')} ({backend.openssl_version_text()})",
        "sqlite": sqlite3.sqlite_version,
        "uwish": version("uwish"),
        "load before": f"{os.getloadavg()[0]:.1f}",
    }


def shares():
    """(processors of the gateway, processors of the devices): two sets. With fewer than four of
    them all share all."""
    found = sorted(os.sched_getaffinity(0))
    if len(found) < 2 * _GATEWAYS:
        return set(found), set(found)
    return set(found[:_GATEWAYS]), set(found[_GATEWAYS:])


@contextlib.contextmanager
def running_on(processors):
    """Processes started meanwhile run on these."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _first(path, name):
    """What a file of /proc says first of `name`."""
    with open(path) as file:
        for line in file:
            if line.startswith(name):
                return line.partition(":")[2].strip()
    return platform.machine()
