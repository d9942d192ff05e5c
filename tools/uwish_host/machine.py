"""The protocol machine of a link: a Connection made of the parts that a server of many uses."""

from uwish.compat import copy
from uwish.phases import FLIGHT
from uwish.service import FRAME_OVERHEAD

from .lean import LeanCipher, LeanWindow
from .ops.befriend import FriendSession, answering
from .quick_connection import QuickConnection
from .quick_session import QuickSession
from .remote import MAX_PAYLOAD

_HANDSHAKE_RX = 640  # bytes; the largest record of a handshake has 518


def make_connection(link, gateway):
    """The connection of `link`, which has not begun."""
    # Its own buffers do for the handshake; then smaller ones take their place.
    connection = ServedConnection(
        0, gateway.service, link, link.frames, link.stats, _HANDSHAKE_RX, FLIGHT
    )
    connection.reader.cipher = LeanCipher()
    connection.window = LeanWindow(MAX_PAYLOAD + FRAME_OVERHEAD, LeanCipher())
    connection.session = QuickSession(
        connection, gateway.service, link, link.stats, gateway.layouts
    )
    return connection


class ServedConnection(QuickConnection):
    """A Connection in the server's role, on which strangers may ask to be let in when the owner
    says so: owner.welcomes() -> bool."""

    def answer(self, identity, exchange, now, deadline_ms):
        """See Connection."""
        self._calling = False
        self._start(identity, answering(self, identity, exchange), now)
        self._deadline_ms = deadline_ms

    def welcomes(self, uid):
        """May this identity ask to be let in? It does not have to be a contact."""
        copy(self.key, 32, uid, 0, 32)
        return self._owner.welcomes()

    def ask_only(self, signed, signature):
        """The caller is a stranger who may ask, and nothing else."""
        self.session = FriendSession(
            self, self._service, self._owner, self._stats, signed, signature
        )
