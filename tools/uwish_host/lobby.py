"""Who waits for the end of a handshake, and who has to leave when too many do.

Strangers are connections that have not said yet who they are: that costs nothing, so anybody can
make many. When there are too many, the oldest of the address with the most of them goes; a device
says its hello at once and is gone from here before that is its turn.

Callers have said the uid of a contact, and their handshake costs arithmetic. A uid is no secret, so
there are few places for each, and one who comes again takes the place of its own oldest try.
"""

from collections import Counter

from uwish.reasons import OVERLOADED

MAX_STRANGERS = 256
MAX_CALLERS = 1024
MAX_TRIES = 3  # of one identity at once


class Lobby:
    """Links that are not established. A link has `host` (its address), `ruid` and
    `close(reason)`."""

    def __init__(self):
        self._strangers = {}  # link: None, oldest first
        self._callers = {}  # uid: [link, ...], oldest first
        self._caller_count = 0

    def __len__(self):
        return len(self._strangers) + self._caller_count

    def enter(self, link):
        """A new connection."""
        self._strangers[link] = None
        if len(self._strangers) > MAX_STRANGERS:
            hosts = Counter(stranger.host for stranger in self._strangers)
            busiest = hosts.most_common(1)[0][0]
            oldest = next(s for s in self._strangers if s.host == busiest)
            oldest.close(OVERLOADED)

    def identify(self, link):
        """The link has said who it is: False when there is no place for one more caller."""
        tries = self._callers.setdefault(link.ruid, [])
        if len(tries) >= MAX_TRIES:
            tries[0].close(OVERLOADED)
        if self._caller_count >= MAX_CALLERS:
            if not tries:
                del self._callers[link.ruid]
            return False
        self._strangers.pop(link, None)
        self._callers.setdefault(link.ruid, tries).append(link)
        self._caller_count += 1
        return True

    def leave(self, link):
        """The link is established, or gone. Harmless when it is not here."""
        self._strangers.pop(link, None)
        tries = self._callers.get(link.ruid)
        if tries and link in tries:
            tries.remove(link)
            self._caller_count -= 1
            if not tries:
                del self._callers[link.ruid]
