"""Counters of an App, for its owner to read: plain ints, modulo 2**30 so that they stay small ints
on 32-bit boards."""

from .compat import const
from .reasons import COUNT, describe

MASK = const(0x3FFFFFFF)


class Stats:
    """Frames: `sent` (handed to the network), `received`, `refused` (507), `dropped` (accepted,
    then given up), `undelivered` (arrived for a service, protocol or peer that is not ours or not
    online).

    Connections: `handshakes` (completed), `reconnects`, `closed` (a list: how many ended for each
    reason of `uwish.reasons`), `last_reason`, `last_handshake_ms`. Messages: `ignored` (not ours,
    unknown or malformed in a harmless way), `oversized` (records larger than the receive buffer,
    discarded). Bytes on the wire: `bytes_in`, `bytes_out`. Peers that found the pool full:
    `peers_unseen`. `last_error` (str): why the last connection ended, what happened and what to
    try; "" when none has.
    """

    def __init__(self):
        self.sent = 0
        self.received = 0
        self.refused = 0
        self.dropped = 0
        self.undelivered = 0
        self.handshakes = 0
        self.reconnects = 0
        self.last_handshake_ms = 0
        self.ignored = 0
        self.oversized = 0
        self.peers_unseen = 0
        self.bytes_in = 0
        self.bytes_out = 0
        self.closed = [0] * COUNT
        self.last_reason = 0

    def add_in(self, n):
        """`n` bytes came from the network."""
        self.bytes_in = (self.bytes_in + n) & MASK

    def add_out(self, n):
        """`n` bytes were taken by the network."""
        self.bytes_out = (self.bytes_out + n) & MASK

    def add_closed(self, reason):
        """A connection, or an attempt at one, ended for `reason`."""
        self.closed[reason] += 1
        self.last_reason = reason

    def __getattr__(self, name):
        # No property: a class that has one makes MicroPython look for more at every store.
        if name == "last_error":
            return describe(self.last_reason)
        raise AttributeError(name)
