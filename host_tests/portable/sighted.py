"""What the tests of local discovery share: contacts, pins, announcements that are heard, and the
rules over them, with time that the test lets pass."""

from scheduling import US, Link
from support import contact_table, pin_table

from uwish.announcement import Announcement, announce
from uwish.contact_changes import put as put_contact
from uwish.finder import Finder
from uwish.pin_changes import put as put_pin
from uwish.pins import ANY_HOST
from uwish.scheduler import FIELDS
from uwish.sightings import Sightings

IP = bytes((192, 0, 2, 1))
OTHER_IP = bytes((192, 0, 2, 99))
PUBLIC = b"p" * 32


class Known:
    """An identity document, as far as the contact table looks at it; `name` is one byte."""

    def __init__(self, name, transports=()):
        self.uid = name * 32
        self.public = PUBLIC
        self.alias = name.decode()
        self.transports = transports


class World:
    """Contacts and pins that a test adds, `hosts` sightings and the Finder over them; `now` passes
    as the test says."""

    def __init__(self, hosts=4):
        self.contacts = contact_table(8)
        self.pins = pin_table(4)
        self.sightings = Sightings(hosts, self.contacts.buf)
        self.state = [0] * (FIELDS * (4 + hosts + 2))
        self.finder = Finder(self.pins, self.contacts, self.state, self.sightings)
        self.now = 0x3FFFFF00  # soon comes round
        self._said = Announcement()

    def know(self, name, *transports):
        """Make `name` a contact."""
        put_contact(self.contacts, Known(name), transports)

    def pin(self, name, policy="always", priority=0, rhid=ANY_HOST):
        """Pin `name`; the pin's index."""
        put_pin(self.pins, US, name * 32, rhid, policy, priority)
        return len([i for i in range(self.pins.capacity) if self.pins.policy(i)]) - 1

    def hear(self, name, host=b"h", ip=IP, port=37009):
        """What it means that `host` of `name` announces itself from `ip` (None: not known)."""
        datagram = announce("x", name * 32, host * 32, PUBLIC, "wish://:%d" % port)
        assert self._said.read(datagram, 0, len(datagram)) == len(datagram)
        return self.sightings.heard(datagram, self._said, ip, self.now)

    def later(self, ms):
        """Let time pass."""
        self.now = (self.now + ms) & 0x3FFFFFFF
        self.sightings.forget_old(self.now)

    def choose(self, *links):
        """What is to be dialled, with one place besides those that `links` (Link) have."""
        return self.finder.choose(US, self.places(links), self.now)

    def next_ms(self, *links):
        """When it may be something else."""
        return self.finder.next_ms(US, self.places(links), self.now)

    def places(self, links):
        """`links` and a free place."""
        return list(links) + [Link(b"-", running=False)]

    def dial(self, index):
        """Where it is dialled."""
        return self.finder.address(index, self.now)

    def fail(self, index, reason, lasted_ms=0):
        """The attempt or connection ends: the back-off."""
        return self.finder.ended(index, reason, lasted_ms, self.now, 128)

    def connect(self, index, name, host=b"h"):
        """It is established: a Link."""
        self.finder.met(index)
        return Link(name, host, last_frame=self.now)
