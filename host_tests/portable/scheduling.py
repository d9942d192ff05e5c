"""What the scheduler's tests share: a pin table, connections as the scheduler sees them, and a
world of hosts that are up or down, in which a test takes the steps that Node takes."""

from support import Random, pin_table

from uwish.addresses import pack
from uwish.contacts import TRANSPORTS
from uwish.pin import listed
from uwish.pin_changes import put
from uwish.pins import ANY_HOST
from uwish.reasons import CONNECT, LOST
from uwish.scheduler import FIELDS, Scheduler

US = b"u" * 32


class Everyone:
    """Contacts of which everybody is one, but for `strangers` (uids); each has `addresses`."""

    def __init__(self, *strangers, addresses=()):
        self.strangers = strangers
        self.buf = bytes(TRANSPORTS) + pack(addresses, True) + b"\0"

    def find(self, uid, off):
        """As Contacts.find."""
        return -1 if bytes(uid[off : off + 32]) in self.strangers else 0


class Link:
    """What the scheduler reads of a connection."""

    def __init__(self, ruid=b"", rhid=b"h", running=True, last_frame=0):
        self.running = running
        self.key = US + ruid * 32 + rhid * 32
        self.last_frame = last_frame


def table(*pins):
    """Pins of (name, policy, priority)."""
    made = pin_table(max(len(pins), 1))
    for name, policy, priority in pins:
        put(made, US, name * 32, ANY_HOST, policy, priority)
    return made


def scheduler(*pins):
    """A scheduler of these pins."""
    return rules(table(*pins))


def rules(pins, *strangers, addresses=()):
    """A scheduler of a table of pins, to which nothing has happened yet."""
    contacts = Everyone(*strangers, addresses=addresses)
    return Scheduler(pins, contacts, [0] * (FIELDS * pins.capacity))


class World:
    """`pins` and `places` connections. `displaced` remembers (pin of the newcomer, pin that lost
    its place, how long that had been idle)."""

    def __init__(self, pins, places):
        self.pins = pins
        self.s = rules(pins)
        self.links = [Link(b"-", running=False) for _ in range(places)]
        self.pin_of = [-1] * places
        self.since = [0] * places
        self.now = 0
        self.random = Random(places)
        self.displaced = []

    def lose(self, up):
        """The connections to hosts that are not `up` break."""
        for i, link in enumerate(self.links):
            if link.running and link.key[32:64] not in up:
                link.running = False
                lasted = self.now - self.since[i] + 1
                self.s.ended(self.pin_of[i], LOST, lasted, self.now, self.random.below(256))

    def step(self, up):
        """What Node does when it has nothing else to do; the pin that was dialled, or -1."""
        pin = self.s.choose(US, self.links, self.now)
        if pin < 0:
            return -1
        place = self._free()
        victim = self.s.victim(pin, self.links, self.now) if place < 0 else None
        if place < 0 and victim is None:
            return -1
        ruid = list(listed(self.pins.buf))[pin].ruid
        if ruid not in up:
            self.s.ended(pin, CONNECT, 0, self.now, self.random.below(256))
            return pin
        if place < 0:
            place = self.links.index(victim)
            self.displaced.append((pin, self.pin_of[place], self.now - victim.last_frame))
        link = self.links[place]
        link.running = True
        link.key = US + ruid + b"h" * 32
        link.last_frame = self.now
        self.pin_of[place] = pin
        self.since[place] = self.now
        return pin

    def served(self):
        """The identities that are connected."""
        return [link.key[32:64] for link in self.links if link.running]

    def ranks(self):
        """The ranks of the pins that are served, best first."""
        running = [i for i, link in enumerate(self.links) if link.running]
        return sorted([self.pins.rank(self.pin_of[i]) for i in running])

    def _free(self):
        for i, link in enumerate(self.links):
            if not link.running:
                return i
        return -1
