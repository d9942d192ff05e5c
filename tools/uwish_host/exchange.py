"""The key exchange of one handshake, its powers computed by workers.

As a generator (see uwish.crypto) it says "go on later" until its power is there; then `resume()` is
called, and whoever turns the connection goes on.
"""

from uwish import crypto


class WorkedExchange(crypto.KeyExchange):
    """`powers` (powers.Powers) does the work; nothing is asked of it before `prepare`."""

    def __init__(self, powers, resume):
        super().__init__()
        self._powers = powers
        self._resume = resume
        self._job = None
        self._value = None

    def prepare(self):
        """See crypto.KeyExchange; takes a value made ahead when there is one."""
        ready = self._powers.ready()
        if ready is None:
            yield from super().prepare()
        else:
            self._exponent, value = ready
            self.public = value.to_bytes(384, "big")

    def cancel(self):
        """The connection is over."""
        if self._job is not None:
            self._powers.cancel(self._job)

    def _power(self, base, exponent):
        second = self.public is not None
        self._job = self._powers.submit(base, exponent, self._done, second)
        while self._value is None:
            yield 0
        value, self._value, self._job = self._value, None, None
        return value

    def _done(self, value):
        self._value = value
        self._resume()
