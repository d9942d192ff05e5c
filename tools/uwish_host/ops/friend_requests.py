"""Friend requests at a running gateway, as a part of it (see serve), with the option for that.

Off unless asked for: it lets strangers have a handshake. Who asks waits, on his connection, until
somebody decides by `uwish device approve` or `decline`; meanwhile he gets pongs and nothing else.
When he hangs up his request stays; he is answered when he asks again.

What strangers can take up is bounded: RATE handshakes a second, MAX_OPEN connections, and what
requests_file.py keeps.
"""

import contextlib

import click

from uwish.reasons import CLOSED, HANDSHAKE_TIMEOUT, LOST, NONE, REPLACED, UNKNOWN_CONTACT

from ..contacts_file import Contact
from ..errors import Failure
from ..listener import show_address
from ..rate_limit import RateLimit
from . import requests_file
from .befriend import acceptance, refusal

MAX_OPEN = 32  # connections, those in a handshake included
BURST = 8  # handshakes at once
RATE = 0.5  # handshakes a second in the long run
ASK_S = 10  # from the end of the handshake to the request
HANG_UP_S = 3  # from our answer until we close the connection, if he does not
_FULL = "Too many friend requests wait already, try again later."


class FriendRequests:
    """Takes friend requests for `gateway`, into the file of `state`; `tell(name, fields)` is told
    of new ones."""

    def __init__(self, gateway, state, tell):
        self._gateway = gateway
        self._loop = gateway.loop
        self._state = state
        self._tell = tell
        self._rate = RateLimit(BURST, RATE)
        self._links = set()
        self._silent = set()  # of these, those that have a handshake and have not asked
        self._asked = {}  # uid: (link, id of the request)

    def waiting(self):
        """The uids of those who wait for an answer on a connection."""
        return list(self._asked)

    def answer(self, uid, accept):
        """Tell who asked, if he is here: False when he is not."""
        link, request_id = self._asked.pop(uid, (None, None))
        if link is None:
            return False
        self._answer(link, request_id, accept)
        return True

    # What links tell (by the gateway)

    def welcomes(self, link):
        """A stranger may have a handshake to ask?"""
        if len(self._links) >= MAX_OPEN or not self._rate.passes():
            link.turned_away = True
            return False
        self._links.add(link)
        self._gateway.asks(link)
        return True

    def established(self, link):
        """The handshake is done: now he has to ask."""
        self._silent.add(link)
        self._loop.call_later(ASK_S, self._look, link)

    def asked(self, link, request_id, document):
        """He asks: NONE, or the reason to close the connection."""
        self._silent.discard(link)
        uid = document.uid
        if uid == self._gateway.identity.uid:
            return UNKNOWN_CONTACT
        # Before the file is written, which takes its time: he may ask a second time meanwhile.
        older, _ = self._asked.pop(uid, (None, None))
        self._asked[uid] = link, request_id
        if older is not None:
            self._loop.call_soon(older.close, REPLACED)
        if uid in self._gateway.contacts:
            self._loop.call_soon(self.answer, uid, True)
        else:
            contact = Contact(document.public, document.alias, document.transports)
            noting = self._loop.run_in_executor(
                None, requests_file.note, self._state, contact, link.host
            )
            noting.add_done_callback(lambda done: self._noted(link, contact, done))
        return NONE

    def ended(self, link, reason):
        """The connection is over: True when nobody needs to hear of it."""
        self._links.discard(link)
        self._silent.discard(link)
        for uid, (waiting, _) in list(self._asked.items()):
            if waiting is link:
                del self._asked[uid]
        sound = link.established and reason in (CLOSED, LOST, REPLACED)
        # Of those who did not do as they should it is told as of all who are not let in.
        link.established = False
        return sound

    def _noted(self, link, contact, noting):
        if noting.cancelled():
            return
        waiting, request_id = self._asked.get(contact.uid, (None, None))
        here = waiting is link
        try:
            outcome = noting.result()
        except Failure as failure:
            self._tell("warning", {"text": f"a friend request is lost: {failure}"})
            outcome = "full"
        if outcome == "pending":
            fields = {"alias": contact.alias, "uid": contact.uid.hex(), "address": link.address}
            self._tell("friend_request", fields)
        elif here:
            del self._asked[contact.uid]
            text = {"text": _FULL} if outcome == "full" else {}
            self._say(link, refusal(request_id, **text))
        if here and contact.uid in self._gateway.contacts:
            # Let in while the file was written.
            self.answer(contact.uid, True)

    def _answer(self, link, request_id, accept):
        if not accept:
            self._say(link, refusal(request_id))
            return
        # Where he has reached us he will reach us again.
        transport = f"wish://{show_address(link.local_address())}"
        self._say(link, acceptance(request_id, self._gateway.identity, (transport,)))

    def _say(self, link, message):
        link.say(message)
        link.leave()
        self._loop.call_later(HANG_UP_S, link.close, CLOSED)

    def _look(self, link):
        if link in self._silent:
            link.close(HANDSHAKE_TIMEOUT)


def friend_option(function):
    """`--friend-requests`, given to the command as `friend_requests`."""
    return click.option(
        "--friend-requests",
        is_flag=True,
        help="Let strangers ask to be let in: `uwish device requests`. Nobody is let in by that.",
    )(function)


def befriending(friend_requests):
    """The parts that this option asks for: one, or none."""
    if not friend_requests:
        return []

    @contextlib.asynccontextmanager
    async def part(running):
        requests_file.load(running.state)  # a damaged file is said at the start
        running.gateway.friends = FriendRequests(running.gateway, running.state, running.bus.event)
        yield

    return [part]
