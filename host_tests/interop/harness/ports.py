"""TCP ports of 127.0.0.1 to listen on, and whether somebody does."""

import itertools
import socket

# Below what Linux gives to outgoing connections (from 32768 on). A client that dials a dead port
# inside that range over loopback may be given the same port for its own end, and is then connected
# to itself: a restarted core could not listen there.
_candidates = itertools.count(20000)

_LISTEN = "0A"  # the state's number in /proc/net/tcp


def free_port():
    """A port that nobody listens on; never the same twice in one process."""
    for port in _candidates:
        with socket.socket() as probe:
            try:
                probe.bind(("", port))
            except OSError:
                continue
        return port


def is_listening(port):
    """True when somebody listens on `port`. Nobody is connected to, so nobody notices."""
    with open("/proc/self/net/tcp") as table:
        next(table)
        for line in table:
            fields = line.split()
            if fields[3] == _LISTEN and int(fields[1].rpartition(":")[2], 16) == port:
                return True
    return False
