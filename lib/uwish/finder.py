"""Whom to call when hosts are heard: the scheduler's rules, and besides them

- a pinned contact is dialled at its given addresses in turn, and after those where a host of it was
heard that the pin accepts. When such a host is news, a pin that waits is dialled there at once, but
no more often than every HURRY_MS.
- A contact's host that is announced and that no pin asks for is dialled once, as long as there is a
place. It displaces nobody, any pin displaces it, and it is dropped after IDLE_MS without a frame.
It is dialled again when the connection broke, or when it was away for AWAY_MS.

Announcements are not signed. Whoever answers at such an address has to pass the handshake; if he
does not, announced addresses are passed over for DOUBT_MS (but a pin that has no other is dialled
there), and the pin waits no longer than for a host that is off.

Indexes from `pins.capacity` on are sightings. On a board this is in memory only when something is
to be dialled, like the scheduler.
"""

from .addresses import transports
from .compat import const, elapsed, same
from .contacts import RECORD as CONTACT
from .contacts import TRANSPORTS
from .pins import ANY_HOST
from .reasons import CONNECT
from .scheduler import IDLE_MS, LONGEST_MS, Scheduler
from .sightings import FRESH_MS, IDS, NEW, RECORD, UNSURE, WANTED

HURRY_MS = const(60000)
DOUBT_MS = const(60000)


class Finder(Scheduler):
    """The rules over a PinTable, Contacts, `state` (see Scheduler; here for the pins, the sightings
    and two more) and Sightings."""

    def __init__(self, pins, contacts, state, sightings):
        super().__init__(pins, contacts, state)
        self._sightings = sightings
        self._first = pins.capacity
        self._hurried = pins.capacity + sightings.capacity  # what waits there is no pin: a timer
        self._doubt = self._hurried + 1

    def choose(self, luid, connections, now):
        """As Scheduler.choose, or the index of a sighting."""
        self._look(now)
        pin = super().choose(luid, connections, now)
        if pin < 0 and _has_place(connections) and self.wait_ms(self._doubt, now) == 0:
            for k in range(self._sightings.capacity):
                index = self._first + k
                if self._is_due(k, luid, connections, now) and self.wait_ms(index, now) == 0:
                    return index
        return pin

    def next_ms(self, luid, connections, now):
        """As Scheduler.next_ms; also until `idle` may find one."""
        shortest = super().next_ms(luid, connections, now)
        if _has_place(connections):
            doubt = self.wait_ms(self._doubt, now)
            for k in range(self._sightings.capacity):
                if self._is_due(k, luid, connections, now):
                    wait = max(doubt, self.wait_ms(self._first + k, now))
                    shortest = min(shortest, wait)
        for c in connections:
            if c.running and not super().wanted(c):
                shortest = min(shortest, max(IDLE_MS - elapsed(now, c.last_frame), 0))
        return shortest

    def idle(self, connections, now):
        """A connection that no pin asks for and that has been idle for IDLE_MS; None when there is
        none."""
        for c in connections:
            if c.running and not super().wanted(c) and elapsed(now, c.last_frame) >= IDLE_MS:
                k = self._sightings.find(c.key, 32, c.key, 64)
                if k >= 0:
                    self._sightings.flag(k, 0, WANTED)
                return c
        return None

    def victim(self, index, connections, now):
        """As Scheduler.victim. Nobody gives up his place for a sighting."""
        return super().victim(index, connections, now) if index < self._first else None

    def wanted(self, connection):
        """True: what no pin asks for is dropped when it is idle, and not before."""
        return True

    def exists(self, index):
        """As Scheduler.exists."""
        if index < self._first:
            return super().exists(index)
        return self._sightings.flags(index - self._first) != 0

    def host(self, index):
        """As Scheduler.host. What was heard of one host is no reason to accept another."""
        if index < self._first:
            return super().host(index)
        return self._sightings.ids(index - self._first)[32:]

    def contact(self, index):
        """As Scheduler.contact."""
        if index < self._first:
            return super().contact(index)
        return self._contacts.find(self._sightings.buf, self._ids(index - self._first))

    def address(self, index, now):
        """As Scheduler.address; after a pin's given addresses comes the announced one."""
        sightings = self._sightings
        sightings.dialled = -1
        k = index - self._first
        if k < 0:
            k = self._heard_for(index)
            given = self._given(index)
            if k < 0 or (given and self.wait_ms(self._doubt, now)):
                return super().address(index, now)
            turn = self.failures(index) % (len(given) + 1)
            if turn < len(given):
                return given[turn]
        sightings.dialled = k
        sightings.dialled_for = index
        return sightings.address(k)

    def met(self, index):
        """As Scheduler.met. A host that was heard is called once."""
        if index >= self._first:
            self._sightings.flag(index - self._first, 0, WANTED)
        return super().met(index)

    def ended(self, index, reason, lasted_ms, now, chance):
        """As Scheduler.ended."""
        sightings = self._sightings
        if index >= self._first and self.exists(index):
            sightings.flag(index - self._first, WANTED)
        k = sightings.dialled
        if k >= 0 and sightings.dialled_for == index:
            sightings.dialled = -1
            if lasted_ms == 0:
                if sightings.flags(k):
                    sightings.flag(k, UNSURE)
                if reason != CONNECT:
                    self._wait(self._doubt, DOUBT_MS, now)
                    if index < self._first:
                        reason = CONNECT
        return super().ended(index, reason, lasted_ms, now, chance)

    def _turns(self, index):
        # A host that was heard has one address.
        return super()._turns(index) if index < self._first else 1

    def _look(self, now):
        # What is news since the last time: pins that wait for such a host are dialled there now.
        sightings = self._sightings
        for k in range(sightings.capacity):
            if sightings.flags(k) & NEW:
                sightings.flag(k, 0, NEW)
                self._start_anew(self._first + k)
                if self.wait_ms(self._hurried, now) == 0:
                    self._hurry(k, now)

    def _hurry(self, k, now):
        for i in range(self._first):
            # A refusal is none of an address's doing, so its longer wait goes on.
            if 0 < self.wait_ms(i, now) <= LONGEST_MS * 5 // 4 and self._asks_for(i, k):
                # As many failures as there are given addresses: it is the announced one's turn.
                self._start_anew(i, len(self._given(i)))
                self._wait(self._hurried, HURRY_MS, now)

    def _is_due(self, k, luid, connections, now):
        # Heard, wanted, a contact's, not connected, and none that a pin asks for.
        sightings = self._sightings
        if (
            not sightings.flags(k) & WANTED
            or elapsed(now, sightings.seen[k]) > FRESH_MS
            or self.contact(self._first + k) < 0
        ):
            return False
        for c in connections:
            if c.running and self._is_of(k, c.key):
                return False
        for i in range(self._first):
            if self._pins.is_local(i, luid) and self._asks_for(i, k):
                return False
        return True

    def _is_open(self, index, connections):
        # A pin without any address waits until its contact is heard.
        return super()._is_open(index, connections) and (
            self._heard_for(index) >= 0
            or self._contacts.buf[self.contact(index) * CONTACT + TRANSPORTS] != 0
        )

    def _heard_for(self, index):
        # Of the hosts that this pin accepts the one heard last, -1 when there is none.
        best = -1
        seen = self._sightings.seen
        for k in range(self._sightings.capacity):
            if (
                self._sightings.flags(k)
                and self._asks_for(index, k)
                and (best < 0 or elapsed(seen[k], seen[best]) > 0)
            ):
                best = k
        return best

    def _asks_for(self, index, k):
        pins = self._pins
        buf = self._sightings.buf
        ruid = pins.ruid_offset(index)
        ids = self._ids(k)
        return (
            pins.policy(index) != 0
            and same(pins.buf, ruid, buf, ids, 32)
            and (same(pins.buf, ruid + 32, buf, ids + 32, 32) or self._any_host(ruid + 32))
        )

    def _any_host(self, rhid):
        return same(self._pins.buf, rhid, ANY_HOST, 0, 32)

    def _is_of(self, k, key):
        return same(self._sightings.buf, self._ids(k), key, 32, 64)

    def _ids(self, k):
        return k * RECORD + IDS

    def _given(self, index):
        # The addresses that its contact was given.
        contact = self.contact(index)
        return transports(self._contacts, contact) if contact >= 0 else []


def _has_place(connections):
    for c in connections:
        if not c.running:
            return True
    return False
