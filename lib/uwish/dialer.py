"""Reaching a pinned host: one attempt at a time, from the pin to an established TCP connection.

    IDLE -> _PREPARING (our half of the key exchange, step by step) -> CONNECTING (TCP) -> READY
      ^---------------------------- failed or taken over ---------------------------------+

The key exchange is prepared before dialling, so that the host does not wait for our arithmetic. No
connection of the pool is touched before the host has answered on TCP.
"""

from . import crypto, log
from .compat import const, elapsed
from .contacts import split_transport
from .net import GONE, Link, resolve
from .reasons import CONNECT, NONE, RESOLVE

IDLE = const(0)
_PREPARING = const(1)
CONNECTING = const(2)
READY = const(3)

_CONNECT_MS = const(10000)  # TCP's own patience is minutes


class Dialer:
    """When READY, `link` is connected and `exchange` prepared, for the pin at index `pin` and its
    `contact` index."""

    def __init__(self, poller, contacts):
        self.state = IDLE
        self.link = Link(poller)
        self.exchange = None
        self.pin = -1
        self.contact = -1
        self.address = ""
        self._contacts = contacts
        self._preparation = None
        self._since = 0

    def start(self, pin, contact, attempt, now):
        """Begin to dial `contact` for `pin`. The `attempt`s in a row go round the contact's
        addresses."""
        addresses = self._contacts.transports(contact)
        self.pin = pin
        self.contact = contact
        self.address = addresses[attempt % len(addresses)] if addresses else ""
        self._since = now
        self.state = _PREPARING
        if self.exchange is None:
            self.exchange = crypto.KeyExchange()
            self._preparation = self.exchange.prepare()

    def turn(self, now):
        """Go one step further; NONE, or the reason why the attempt failed."""
        if self.state == _PREPARING:
            if self._preparation is not None:
                try:
                    next(self._preparation)
                    return NONE
                except StopIteration:
                    self._preparation = None
            return self._connect(now)
        if self.state == CONNECTING:
            done = self.link.progress()
            if done == GONE or (not done and elapsed(now, self._since) > _CONNECT_MS):
                return self._failed(CONNECT)
            if done:
                self.state = READY
        return NONE

    def busy(self):
        """True while there is arithmetic to do."""
        return self.state == _PREPARING

    def release(self, link):
        """Its link and exchange were taken; `link`, a closed one, is for the next attempt."""
        self.link = link
        self.exchange = None
        self.state = IDLE

    def cancel(self):
        """Give up the attempt, if there is one. The prepared exchange stays for the next."""
        self.link.close()
        self.state = IDLE

    def _connect(self, now):
        if not self.address:
            log.warn("%s has no address: import it with a transport", self._name())
            return self._failed(RESOLVE)
        host, port = split_transport(self.address)
        try:
            info = resolve(host, port)
        except OSError as e:
            log.warn("%s at %s: resolve: %s", self._name(), self.address, e)
            return self._failed(RESOLVE)
        self._since = now
        self.state = CONNECTING
        return NONE if self.link.open(info) else self._failed(CONNECT)

    def _failed(self, reason):
        self.cancel()
        return reason

    def _name(self):
        return self._contacts.alias(self.contact)
