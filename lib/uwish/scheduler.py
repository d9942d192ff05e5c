"""Which pin is to be connected now: a function of the pin table, what is connected, and the time.

A pin is *served* by any running connection to its contact whose host it accepts. Pins rank by
priority (0 first), then *always* before *eager*, then by table order. As long as there is a place,
the first unserved pin whose back-off is over is dialled; when there is none, a pin may take the
place of a connection only

- if that connection serves nothing but pins of strictly lower priority, or no pin at all, or
- if it serves only *eager* pins of the same priority, has been idle for IDLE_MS, and the newcomer
is *always*.

So equals never displace each other, and nothing flaps. The place is only taken once the newcomer's
host has answered on TCP: a host that is away costs a working connection nothing.

Back-off doubles from 1 s to 60 s, plus or minus a quarter at random. It starts anew when a
connection has held for SETTLED_MS. A refusal, a wrong signature or the wrong host waits REFUSED_MS
at once: asking again soon cannot help. All that is for one round of a contact's addresses: the next
address is dialled FIRST_MS after the one before, whatever that said, because another gateway may
live, or know us already.
"""

from .addresses import transports
from .compat import const, elapsed, same
from .pins import ALWAYS
from .reasons import BAD_SIGNATURE, REFUSED, UNKNOWN_CONTACT, WRONG_HOST

FIRST_MS = const(1000)
LONGEST_MS = const(60000)
REFUSED_MS = const(300000)
IDLE_MS = const(60000)
SETTLED_MS = const(10000)

NEVER_MS = const(0x10000000)  # until something changes: what waits now does so for ever

_UNPINNED = const(256)  # worse than every priority

# What is remembered of each pin, in one list of small ints.
FIELDS = const(4)
_FAILURES = const(0)  # how often it failed in a row
_MET = const(1)  # whether it was connected ever
_DELAY_MS = const(2)  # how long it waits, 0 when it does not
_SINCE = const(3)  # since when


class Scheduler:
    """The rules over a PinTable, Contacts and `state`, a list of FIELDS ints for each pin, zeros at
    first."""

    def __init__(self, pins, contacts, state):
        self._pins = pins
        self._contacts = contacts
        self._state = state

    def forget(self, index):
        """The pin at `index` is new or was changed: dial it without waiting."""
        self._state[FIELDS * index + _MET] = 0
        self._start_anew(index)

    def met(self, index):
        """The pin at `index` is connected now; True when it was before."""
        again = self._state[FIELDS * index + _MET]
        self._state[FIELDS * index + _MET] = 1
        return again == 1

    def forget_contact(self, uid):
        """The contact `uid` is new or was changed: dial its pins without waiting."""
        pins = self._pins
        for i in range(pins.capacity):
            if same(pins.buf, pins.ruid_offset(i), uid, 0, 32):
                self._start_anew(i)

    def retry(self):
        """Dial all pins without waiting, but for those that wait because they were refused."""
        for i in range(self._pins.capacity):
            if self._state[FIELDS * i + _DELAY_MS] < REFUSED_MS >> 1:
                self._start_anew(i)

    def choose(self, luid, connections, now):
        """The index of the pin of our identity `luid` to dial now, -1 when there is none (or none
        whose identity is a contact). Of each of `connections` its `running` and its `key` (luid,
        ruid, rhid) are read."""
        pins = self._pins
        best = -1
        i = 0
        while i < pins.capacity:
            if (
                pins.policy(i)
                and (best < 0 or pins.rank(i) < pins.rank(best))
                and pins.is_local(i, luid)
                and self.wait_ms(i, now) == 0
                and self._is_open(i, connections)
            ):
                best = i
            i += 1
        return best

    def next_ms(self, luid, connections, now):
        """How long until `choose` may find one: ms, or NEVER_MS when nothing waits."""
        pins = self._pins
        shortest = NEVER_MS
        i = 0
        while i < pins.capacity:
            if pins.policy(i) and pins.is_local(i, luid) and self._is_open(i, connections):
                wait = self.wait_ms(i, now)
                if wait < shortest:
                    shortest = wait
            i += 1
        return shortest

    def victim(self, index, connections, now):
        """The connection that gives up its place for the pin at `index`, None when none has to."""
        priority = self._pins.priority(index)
        worst = None
        worst_priority = -1
        for connection in connections:
            p = self._rank(connection) if connection.running else -1
            if p > worst_priority:
                worst = connection
                worst_priority = p
        if worst is None or worst_priority > priority:
            return worst
        if self._pins.policy(index) == ALWAYS:
            for connection in connections:
                if (
                    connection.running
                    and self._rank(connection) == priority
                    and self._is_idle_eager(connection, now)
                ):
                    return connection
        return None

    def wanted(self, connection):
        """True when some pin asks for this connection, its host included."""
        return self._rank(connection) < _UNPINNED

    def wait_ms(self, index, now):
        """How long the pin at `index` still waits, in ms."""
        state = self._state
        delay = state[FIELDS * index + _DELAY_MS]
        if delay == 0:
            return 0
        left = delay - elapsed(now, state[FIELDS * index + _SINCE])
        if 0 < left <= delay:
            return left
        # Settled here and not only compared: `now` comes round every twelve days.
        state[FIELDS * index + _DELAY_MS] = 0
        return 0

    def idle(self, connections, now):
        """A connection that is to be dropped because nothing goes over it; None: a pin keeps its
        own."""
        return None

    def exists(self, index):
        """True as long as there is a pin at `index`."""
        return self._pins.policy(index) != 0

    def host(self, index):
        """The host that the pin at `index` asks for, as bytes; all zeros for any."""
        return self._pins.host(index)

    def contact(self, index):
        """The index of the contact that the pin at `index` asks for, -1 when it is none."""
        return self._contacts.find(self._pins.buf, self._pins.ruid_offset(index))

    def address(self, index, now):
        """Where to dial it now: failed attempts go round its contact's addresses; "" when there is
        none."""
        addresses = transports(self._contacts, self.contact(index))
        return addresses[self.failures(index) % len(addresses)] if addresses else ""

    def failures(self, index):
        """How often in a row the pin at `index` was dialled in vain."""
        return self._state[FIELDS * index + _FAILURES]

    def ended(self, index, reason, lasted_ms, now, chance):
        """An attempt or a connection for the pin at `index` ended after `lasted_ms` as an
        established connection (0: it never was one); `chance` is a random byte. Returns the
        back-off in ms."""
        failures = 0 if lasted_ms >= SETTLED_MS else self.failures(index)
        turns = self._turns(index)
        if (failures + 1) % turns:
            delay = FIRST_MS
        elif reason in (REFUSED, UNKNOWN_CONTACT, BAD_SIGNATURE, WRONG_HOST):
            delay = REFUSED_MS
        else:
            delay = min(FIRST_MS << min(failures // turns, 6), LONGEST_MS)
        self._state[FIELDS * index + _FAILURES] = failures + 1
        delay += (delay >> 2) * (chance - 128) >> 7
        self._wait(index, delay, now)
        return delay

    def _turns(self, index):
        # How many attempts a round has.
        contact = self.contact(index)
        return max(len(transports(self._contacts, contact)), 1) if contact >= 0 else 1

    def _wait(self, index, delay_ms, now):
        self._state[FIELDS * index + _DELAY_MS] = delay_ms
        self._state[FIELDS * index + _SINCE] = now

    def _start_anew(self, index, failures=0):
        self._state[FIELDS * index + _FAILURES] = failures
        self._state[FIELDS * index + _DELAY_MS] = 0

    def _is_open(self, index, connections):
        # Not served, and its identity is a contact.
        return not self._served(index, connections) and self.contact(index) >= 0

    def _served(self, index, connections):
        for connection in connections:
            if connection.running and self._pins.matches(index, connection.key):
                return True
        return False

    def _rank(self, connection):
        pins = self._pins
        best = _UNPINNED
        i = 0
        while i < pins.capacity:
            if pins.policy(i) and pins.priority(i) < best and pins.matches(i, connection.key):
                best = pins.priority(i)
            i += 1
        return best

    def _is_idle_eager(self, connection, now):
        pins = self._pins
        for i in range(pins.capacity):
            if pins.policy(i) == ALWAYS and pins.matches(i, connection.key):
                return False
        return elapsed(now, connection.last_frame) >= IDLE_MS
