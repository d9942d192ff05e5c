"""Reaching a pinned host: one attempt, from the pin to an established TCP connection.

    PREPARING (our half of the key exchange, step by step) -> CONNECTING (TCP) -> READY

The key exchange is prepared before dialling, so that the host does not wait for our arithmetic. No
connection of the pool is touched before the host has answered on TCP. On a board this module is in
memory only while something is dialled.
"""

from . import crypto, log
from .addresses import split_transport
from .compat import const, elapsed
from .net import GONE, Link
from .phases import CONNECTING, PREPARING, READY
from .reach import begin, progress, resolve
from .reasons import CONNECT, NONE, RESOLVE

_CONNECT_MS = const(10000)  # TCP's own patience is minutes


class Dialer:
    """Dials the contact at index `contact`, called `name`, for the pin at index `pin`, at `address`
    ("wish://host:port", or "" when there is none). When it is READY, `link` is connected and
    `exchange` prepared; `exchange` is one that an earlier attempt has prepared, or None."""

    def __init__(self, poller, exchange, pin, contact, name, address):
        self.state = PREPARING
        self.link = Link(poller)
        self.exchange = exchange
        self.pin = pin
        self.contact = contact
        self.name = name
        self.address = address
        self._preparation = None
        self._since = 0

    def turn(self, now):
        """Go one step further; NONE, or the reason why the attempt failed."""
        if self.state == PREPARING:
            return self._connect(now) if self._prepared() else NONE
        if self.state == CONNECTING:
            done = progress(self.link)
            if done == GONE or (not done and elapsed(now, self._since) > _CONNECT_MS):
                return CONNECT
            if done:
                self.state = READY
        return NONE

    def cancel(self):
        """Give up; the exchange for the next attempt, None unless it is prepared."""
        self.link.close()
        return self.exchange

    def _prepared(self):
        if self.exchange is None:
            if self._preparation is None:
                self._preparing = crypto.KeyExchange()
                self._preparation = self._preparing.prepare()
            try:
                next(self._preparation)
                return False
            except StopIteration:
                self._preparation = None
                self.exchange = self._preparing
        return True

    def _connect(self, now):
        if not self.address:
            log.warn("%s has no address: import it with a transport", self.name)
            return RESOLVE
        host, port = split_transport(self.address)
        try:
            info = resolve(host, port)
        except OSError as e:
            log.warn("%s at %s: resolve: %s", self.name, self.address, e)
            return RESOLVE
        self._since = now
        self.state = CONNECTING
        return NONE if begin(self.link, info) else CONNECT
