"""Who waits for the end of a handshake, and who has to leave when too many do.

Strangers are connections that have not said yet who they are: that costs nothing, so anybody can
make many. A device says its hello at once, so few are here at a time. When an address, or all
together, have too many, the oldest goes: of that address, or of the address with the most.

Callers have said the uid of a contact, and their handshake costs arithmetic. A uid is no secret, so
there are few places for each, and one who comes again takes the place of its own oldest try: of one
from the same address, so that others who know the uid do not push it out from elsewhere. Who finds
all places taken is turned away.
"""

from collections import Counter

from uwish.reasons import OVERLOADED

# A whole site, or a load balancer, can be behind one address.
MAX_STRANGERS = 1024
MAX_STRANGERS_OF_ADDRESS = 512
MAX_CALLERS = 2048
MAX_CALLERS_OF_ADDRESS = 1024
MAX_TRIES = 3  # of one identity at once


class Lobby:
    """Links that are not established. A link has `host` (its address), `ruid` and
    `close(reason)`."""

    def __init__(self):
        self._strangers = {}  # link: None, oldest first
        self._strangers_of = Counter()  # address: how many
        self._callers = {}  # uid: [link, ...], oldest first
        self._callers_of = Counter()  # address: how many
        self._caller_count = 0

    def __len__(self):
        return len(self._strangers) + self._caller_count

    def enter(self, link):
        """A new connection."""
        self._strangers[link] = None
        self._strangers_of[link.host] += 1
        if self._strangers_of[link.host] > MAX_STRANGERS_OF_ADDRESS:
            self._close_oldest(link.host)
        elif len(self._strangers) > MAX_STRANGERS:
            self._close_oldest(self._strangers_of.most_common(1)[0][0])

    def identify(self, link):
        """The link has said who it is: False when there is no place for one more caller."""
        tries = self._callers.get(link.ruid, ())
        if len(tries) >= MAX_TRIES:
            of_address = (other for other in tries if other.host == link.host)
            next(of_address, tries[0]).close(OVERLOADED)
        if (
            self._callers_of[link.host] >= MAX_CALLERS_OF_ADDRESS
            or self._caller_count >= MAX_CALLERS
        ):
            return False
        self._forget_stranger(link)
        self._callers.setdefault(link.ruid, []).append(link)
        self._callers_of[link.host] += 1
        self._caller_count += 1
        return True

    def leave(self, link):
        """The link is established, or gone. Harmless when it is not here."""
        self._forget_stranger(link)
        tries = self._callers.get(link.ruid)
        if tries and link in tries:
            tries.remove(link)
            self._caller_count -= 1
            count_down(self._callers_of, link.host)
            if not tries:
                del self._callers[link.ruid]

    def _close_oldest(self, host):
        next(link for link in self._strangers if link.host == host).close(OVERLOADED)

    def _forget_stranger(self, link):
        if link in self._strangers:
            del self._strangers[link]
            count_down(self._strangers_of, link.host)


def count_down(counter, key):
    """One less of `key`; of what there is none of nothing is kept."""
    counter[key] -= 1
    if not counter[key]:
        del counter[key]
