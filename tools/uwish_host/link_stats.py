"""Counters of one connection, as the gateway has them."""

from uwish.stats import Stats


class LinkStats(Stats):
    """Here bytes are counted for as long as a connection lasts: integers cost no more when they are
    large."""

    def add_in(self, n):
        """`n` bytes came from the network."""
        self.bytes_in += n

    def add_out(self, n):
        """`n` bytes were taken by the network."""
        self.bytes_out += n
