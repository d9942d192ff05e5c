"""The gateway: a desktop peer that serves many devices, in one process and one event loop.

    listener -> link (one a connection) -> gateway -> bus -> sinks

A stranger costs a socket and some memory, and is gone after its first 67 bytes. The powers of a
contact's handshake are computed by worker processes, so that frames of others go on meanwhile.
"""

import asyncio
import time
from collections import Counter

from uwish.reasons import CLOSED, LOST, UNKNOWN_CONTACT
from uwish.status import FULL, NOT_FOUND

from .errors import Failure
from .events import REASON_NAMES, REASON_TEXTS
from .link import Link
from .lobby import Lobby, count_down
from .powers import Powers, default_workers
from .quick_session import SendLayout
from .rate_limit import RateLimit
from .sink import Frame
from .succession import take_over
from .teller import frame_fields

_INPUT = 16384  # bytes read from a socket at once
_COUNTERS = ("handshakes", "received", "sent", "refused", "dropped", "undelivered", "ignored")
_CONTACTS_S = 1.0  # how often the contact file is looked at
MAX_HOSTS = 64  # of one contact at once: one that makes them up leaves open files for others


class Gateway:
    """Answers as `service` (uwish.service.Service) with the identity and for the contacts of
    `state`; the sinks of `bus` hear all that happens (see sink). `workers` processes compute for
    handshakes (see powers)."""

    def __init__(self, state, service, bus, workers=None):
        self.loop = asyncio.get_running_loop()
        self.service = service
        self.identity = state.identity()
        self.contacts = state.contacts()
        self.layouts = [SendLayout(service, i) for i in range(len(service.protocols))]
        self.input = memoryview(bytearray(_INPUT))  # what was just read, of whichever link
        self.powers = Powers(
            self.loop, default_workers() if workers is None else workers, self._warn
        )
        self.congested = bus.congested
        self.totals = dict.fromkeys(_COUNTERS, 0)  # of connections that are over
        self.traffic = {"bytes_in": 0, "bytes_out": 0}  # the same
        self.closed = Counter()  # why connections ended that were established, by name
        self.refused = Counter()  # and those that were not
        self.friends = None  # who takes friend requests (ops.friend_requests), when they are taken
        self._state = state
        self._bus = bus
        self._lobby = Lobby()
        self._links = set()
        self._held = {}  # links that are not read from while a sink is congested, in order
        self._hosts = {}  # luid, ruid, rhid: the link that serves it
        self._hosts_of = Counter()  # ruid: how many established links it has
        self._limit = RateLimit()
        self._closed = False
        self._stamp = state.contacts_stamp()
        self._watcher = self.loop.call_later(_CONTACTS_S, self._watch_contacts)
        bus.on_relief = self._resume

    def accept(self, sock, host, address):
        """Take over a socket that somebody has connected to us."""
        link = Link(self, sock, host, address)
        self._links.add(link)
        self._lobby.enter(link)
        # A device says its hello at once: mostly it is here already.
        link.read()

    def busy(self):
        """True when no more callers should be accepted for now."""
        return self.powers.busy()

    def online(self):
        """(link, peer) for every peer that is online."""
        return [(link, peer) for link in self._hosts.values() for peer in link.peers if peer.online]

    def send(self, link, peer, payload):
        """Send a frame: 200 (accepted here), 404, 413 or 507."""
        status = link.send(peer, payload) if peer.online else NOT_FOUND
        if status == FULL:
            link.stats.refused += 1
        frame = Frame(link.device(peer), payload, time.time())
        self._bus.event("sent", {**frame_fields(frame), "status": status})
        return status

    def links(self):
        """All connections (Link), established or not."""
        return list(self._links)

    def connection_count(self):
        """How many connections there are, established or not."""
        return len(self._links)

    def close(self):
        """End all connections. Once is enough."""
        if self._closed:
            return
        self._closed = True
        self._watcher.cancel()
        for link in list(self._links):
            link.close(CLOSED)
        self.powers.close()
        self._bus.event("stopped", {"totals": self.totals})

    def reload_contacts(self):
        """Read the contact file again: who was removed is disconnected. A Failure leaves everything
        as it was."""
        self._stamp = self._state.contacts_stamp()
        contacts = self._state.contacts()
        if contacts == self.contacts:
            return
        self.contacts = contacts
        self._bus.event("contacts", {"count": len(contacts)})
        for link in list(self._links):
            if link.ruid in contacts and link.alias is not None:
                link.rename(contacts[link.ruid].alias)
            if link.alias is not None and link.ruid not in contacts:
                link.close(UNKNOWN_CONTACT)

    def look_again(self):
        """`reload_contacts`, and a warning when that fails."""
        try:
            self.reload_contacts()
        except Failure as failure:
            # Once for each change; the contacts known before stay.
            self._warn(f"{failure}: the contacts stay as they were")

    # What links ask and tell

    def public_key(self, uid):
        """The public key of a contact, None for anybody else."""
        contact = self.contacts.get(uid)
        return contact.public if contact else None

    def identified(self, link):
        """A contact's handshake begins: is there room for it?"""
        link.alias = self.contacts[link.ruid].alias
        return self._hosts_of[link.ruid] < MAX_HOSTS and self._lobby.identify(link)

    def asks(self, link):
        """A stranger begins to ask to be let in."""
        self._lobby.leave(link)

    def established(self, link):
        """A handshake was completed."""
        self._lobby.leave(link)
        if link.friend:
            self.friends.established(link)
            return
        self._hosts_of[link.ruid] += 1
        key = bytes(link.connection.key)
        old = self._hosts.get(key)
        self._hosts[key] = link
        fields = self._who(link)
        fields["rhid"] = link.connection.rhid.hex()
        fields["handshake_ms"] = link.stats.last_handshake_ms
        self._bus.event("connected", fields)
        if old is not None:
            take_over(old, link, self)

    def presence(self, link, reason=None):
        """Tell who came and went on this link, and why (a name, for those who went with it)."""
        for peer in link.peers:
            if peer.online != peer.told:
                peer.told = peer.online
                self._bus.presence(link.device(peer), peer.online, reason)

    def frame(self, device, data, read_at):
        """A frame of `device` came, read at that time (seconds since 1970)."""
        self._bus.frame(device, data, read_at)

    def hold(self, link):
        """It has something that nobody can take now: `resume` is called when that has changed."""
        self._held[link] = None

    def ended(self, link, reason):
        """A connection is over."""
        self._lobby.leave(link)
        self._links.discard(link)
        self._held.pop(link, None)
        self.presence(link, REASON_NAMES[reason])
        key = bytes(link.connection.key)
        if self._hosts.get(key) is link:
            del self._hosts[key]
        if link.established and not link.friend:
            count_down(self._hosts_of, link.ruid)
        for counters in (self.totals, self.traffic):
            for name in counters:
                counters[name] += getattr(link.stats, name)
        if link.friend and self.friends.ended(link, reason):
            return
        if reason == LOST and not link.stats.bytes_in:
            return  # who says nothing and hangs up looked whether somebody listens: provision does
        counter = self.closed if link.established else self.refused
        counter[REASON_NAMES[reason]] += 1
        if link.established:
            self._bus.event("closed", self._ending(link, reason))
        elif self._limit.passes():
            # Who is not let in may come again as often as he likes: not each time is news.
            fields = self._ending(link, reason)
            fields["untold"] = self._limit.take_suppressed()
            self._bus.event("refused", fields)

    def _resume(self):
        held, self._held = self._held, {}
        for link in held:
            link.resume()

    def _warn(self, text):
        self._bus.event("warning", {"text": text})

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
            self.look_again()
