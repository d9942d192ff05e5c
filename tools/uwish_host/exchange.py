"""The key exchange of a handshake, made to be computed beside the event loop."""

from uwish import crypto


class PausingExchange(crypto.KeyExchange):
    """A KeyExchange that pauses before each of its two powers (about 1 ms of arithmetic each), so
    that the link can let a worker thread take the step."""

    def prepare(self):
        """See crypto.KeyExchange; pauses first."""
        yield 0
        yield from super().prepare()

    def agree(self, theirs, client):
        """See crypto.KeyExchange; pauses first."""
        yield 0
        return (yield from super().agree(theirs, client))
