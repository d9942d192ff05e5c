"""The gateway: a desktop peer that serves many devices, in one process and one event loop.

    listener -> link (one a connection) -> gateway -> events

A stranger costs a socket and some memory, and is gone after its first 67 bytes. A contact's
handshake is computed by a worker thread, so that frames of others go on meanwhile.
"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

from uwish.reasons import CLOSED, UNKNOWN_CONTACT
from uwish.status import FULL, NOT_FOUND

from .decode import decode
from .errors import Failure
from .events import REASON_NAMES, REASON_TEXTS, RateLimit
from .link import Link
from .lobby import Lobby
from .names import peer_fields
from .succession import take_over

_INPUT = 16384  # bytes read from a socket at once
_COUNTERS = ("handshakes", "received", "sent", "refused", "dropped", "undelivered", "ignored")
_CONTACTS_S = 1.0  # how often the contact file is looked at


class Gateway:
    """Answers as `service` (uwish.service.Service) with the identity and for the contacts of
    `state`; `tell(event, fields)` hears all that happens (see events)."""

    def __init__(self, state, service, tell):
        self.loop = asyncio.get_running_loop()
        self.service = service
        self.identity = state.identity()
        self.contacts = state.contacts()
        self.input = bytearray(_INPUT)
        # One thread: the arithmetic holds the interpreter's lock, more would only compete.
        self.worker = ThreadPoolExecutor(1, "handshake")
        self.totals = dict.fromkeys(_COUNTERS, 0)
        self._state = state
        self._tell = tell
        self._lobby = Lobby()
        self._links = set()
        self._hosts = {}  # luid, ruid, rhid: the link that serves it
        self._limit = RateLimit()
        self._stamp = state.contacts_stamp()
        self._watcher = self.loop.call_later(_CONTACTS_S, self._watch_contacts)

    def accept(self, sock, host, address):
        """Take over a socket that somebody has connected to us."""
        link = Link(self, sock, host, address)
        self._links.add(link)
        self._lobby.enter(link)

    def online(self):
        """(link, peer) for every peer that is online."""
        return [(link, peer) for link in self._hosts.values() for peer in link.peers if peer.online]

    def send(self, link, peer, payload):
        """Send a frame: 200 (accepted here), 404, 413 or 507."""
        status = link.send(peer, payload) if peer.online else NOT_FOUND
        if status == FULL:
            link.stats.refused += 1
        self._tell("sent", {**_frame_fields(link, peer, payload), "status": status})
        return status

    def close(self):
        """End all connections, orderly."""
        self._watcher.cancel()
        for link in list(self._links):
            link.close(CLOSED)
        self.worker.shutdown(wait=False, cancel_futures=True)
        self._tell("stopped", {"totals": self.totals})

    def reload_contacts(self):
        """Read the contact file again: who was removed is disconnected. A Failure leaves everything
        as it was."""
        self._stamp = self._state.contacts_stamp()
        contacts = self._state.contacts()
        if contacts == self.contacts:
            return
        self.contacts = contacts
        self._tell("contacts", {"count": len(contacts)})
        for link in list(self._links):
            if link.ruid in contacts and link.alias is not None:
                link.alias = contacts[link.ruid].alias
            if link.alias is not None and link.ruid not in contacts:
                link.close(UNKNOWN_CONTACT)

    # What links ask and tell

    def public_key(self, uid):
        """The public key of a contact, None for anybody else."""
        contact = self.contacts.get(uid)
        return contact.public if contact else None

    def identified(self, link):
        """A contact's handshake begins: is there room for it?"""
        link.alias = self.contacts[link.ruid].alias
        return self._lobby.identify(link)

    def established(self, link):
        """A handshake was completed."""
        self._lobby.leave(link)
        key = bytes(link.connection.key)
        old = self._hosts.get(key)
        self._hosts[key] = link
        fields = self._who(link)
        fields["rhid"] = link.connection.rhid.hex()
        fields["handshake_ms"] = link.stats.last_handshake_ms
        self._tell("connected", fields)
        if old is not None:
            take_over(old, link, self)

    def presence(self, link):
        """Tell who came and went on this link."""
        for peer in link.peers:
            if peer.online != peer.told:
                peer.told = peer.online
                event = "online" if peer.online else "offline"
                self._tell(event, {"peer": peer_fields(peer, link.alias)})

    def frame(self, link, peer, data):
        """A frame came."""
        self._tell("frame", _frame_fields(link, peer, data))

    def ended(self, link, reason):
        """A connection is over."""
        self._lobby.leave(link)
        self._links.discard(link)
        self.presence(link)
        key = bytes(link.connection.key)
        if self._hosts.get(key) is link:
            del self._hosts[key]
        for name in self.totals:
            self.totals[name] += getattr(link.stats, name)
        if link.established:
            self._tell("closed", self._ending(link, reason))
        elif self._limit.passes():
            # Who is not let in may come again as often as he likes: not each time is news.
            fields = self._ending(link, reason)
            fields["untold"] = self._limit.take_suppressed()
            self._tell("refused", fields)

    def _who(self, link):
        known = link.alias is not None
        return {
            "address": link.address,
            "ruid": link.ruid.hex() if any(link.ruid) else None,
            "alias": link.alias if known else None,
        }

    def _ending(self, link, reason):
        fields = self._who(link)
        fields["phase"] = link.phase
        fields["reason"] = REASON_NAMES[reason]
        fields["text"] = REASON_TEXTS[reason]
        if link.established:
            for name in ("sent", "received", "dropped", "refused", "undelivered", "ignored"):
                fields[name] = getattr(link.stats, name)
        return fields

    def _watch_contacts(self):
        self._watcher = self.loop.call_later(_CONTACTS_S, self._watch_contacts)
        if self._state.contacts_stamp() != self._stamp:
            try:
                self.reload_contacts()
            except Failure as failure:
                # Once for each change; the contacts known before stay.
                self._tell("warning", {"text": f"{failure}: the contacts stay as they were"})


def _frame_fields(link, peer, data):
    decoded = decode(data, time.time())
    return {
        "peer": peer_fields(peer, link.alias),
        "size": len(data),
        "data": data.hex(),
        "format": decoded.kind,
        "value": decoded.value,
    }
