"""The unix port of MicroPython on a Linux machine, as a board."""

import time

NAME = "unix"
SENSORS = ("load", "memory", "temperature", "heap")
POOLS = {
    "tx_size": 2048,
    "rx_size": 1536,
    "max_pins": 4,
    "max_peers": 4,
    "max_connections": 1,
    "max_contacts": 4,
}
EPOCH = 1970

# A fast machine needs no fast key exchange, and the heap is for the rest.
dh_profile = "small"


def clock():
    """The machine's time: whole seconds since 1970."""
    return int(time.time())
