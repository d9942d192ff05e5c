"""Who asks to be let in, kept in `requests.json` until somebody decides:

    {"format": "uwish requests 1", "requests": [
      {"alias": TEXT, "uid": HEX, "public": HEX, "transports": [TEXT, ...], "address": HOST,
       "time": SECONDS SINCE 1970, "declined": BOOL}, ...]}

The alias is what the other side calls itself; that the key is its own was proven. The gateway adds
to the file, commands take away, both under a lock. It holds no more than MAX_REQUESTS: what is
older than KEEP_S is forgotten, what was declined after DECLINED_S.
"""

import contextlib
import json
import time

from uwish.documents import check_alias

from .. import contacts_file, files
from ..contacts_file import Contact
from ..errors import Failure

FORMAT = "uwish requests 1"
WHAT = "the file of friend requests"
_REMEDY = "remove it, and those who asked have to ask again"
MAX_REQUESTS = 32
MAX_OF_ADDRESS = 4
KEEP_S = 7 * 86400
DECLINED_S = 86400


class Request:
    """A request of the identity in `contact` (Contact), made from the host `address` at `time`
    (seconds since 1970), and perhaps `declined`."""

    def __init__(self, contact, address, time, declined=False):
        self.contact = contact
        self.address = address
        self.time = time
        self.declined = declined

    @property
    def uid(self):
        """The uid of the identity, 32 bytes."""
        return self.contact.uid

    @property
    def alias(self):
        """What it calls itself."""
        return self.contact.alias

    def fields(self):
        """What the file, and `--json`, say of it."""
        return {
            **self.contact.fields(),
            "address": self.address,
            "time": self.time,
            "declined": self.declined,
        }

    def is_over(self, now):
        """True when it is to be forgotten."""
        return not 0 <= now - self.time < (DECLINED_S if self.declined else KEEP_S)


def load(state, clock=time.time):
    """{uid: Request}, oldest first, without those that are to be forgotten; a Failure when the file
    is damaged."""
    path = state.requests_path
    if not path.exists():
        return {}
    content = files.read_json(path, WHAT, _REMEDY)
    now = clock()
    try:
        if content["format"] != FORMAT:
            raise ValueError
        found = [_request(fields) for fields in content["requests"]]
    except (KeyError, TypeError, ValueError):
        raise Failure(f"{WHAT} is damaged: {path}: {_REMEDY}") from None
    return {request.uid: request for request in found if not request.is_over(now)}


@contextlib.contextmanager
def changing(state, clock=time.time):
    """The requests, to be changed in the block; they are saved at its end."""
    with files.locked(state.directory / "requests.lock"):
        requests = load(state, clock)
        before = [request.fields() for request in requests.values()]
        yield requests
        after = [request.fields() for request in requests.values()]
        if after == before:
            return
        text = json.dumps({"format": FORMAT, "requests": after}, indent=2, ensure_ascii=False)
        try:
            files.replace(state.requests_path, text + "\n")
        except OSError as error:
            raise Failure(f"cannot write {state.requests_path}: {error.strerror}") from None


def note(state, contact, address, clock=time.time):
    """Keep a request: "pending", "declined" (not long ago, by hand), or "full" when there is no
    room for it."""
    with changing(state, clock) as requests:
        known = requests.get(contact.uid)
        if known is not None and known.declined:
            return "declined"
        if known is None:
            pending = [request for request in requests.values() if not request.declined]
            from_there = [request for request in pending if request.address == address]
            if len(pending) >= MAX_REQUESTS or len(from_there) >= MAX_OF_ADDRESS:
                return "full"
            # Who was declined makes room, oldest first.
            for other in list(requests.values()):
                if len(requests) >= MAX_REQUESTS and other.declined:
                    del requests[other.uid]
        # Last, with what it says now: it may have moved.
        requests.pop(contact.uid, None)
        requests[contact.uid] = Request(contact, address, int(clock()))
        return "pending"


def find(requests, text):
    """The request that `text` means, an alias or the first digits of a uid; a Failure when there is
    none, or more than one."""
    found = contacts_file.matching({uid: r.contact for uid, r in requests.items()}, text)
    if len(found) == 1:
        return requests[found[0].uid]
    if found:
        raise Failure(f"{text!r} means {len(found)} requests: give more digits of the uid")
    raise Failure(
        f"nobody called {text!r} asks to be let in, and no uid begins so: see `uwish device "
        "requests`"
    )


def _request(fields):
    check_alias(fields["alias"])
    public = bytes.fromhex(fields["public"])
    transports = fields["transports"]
    address = fields["address"]
    if len(public) != 32 or not all(isinstance(text, str) for text in (*transports, address)):
        raise ValueError
    contact = Contact(public, fields["alias"], transports)
    if contact.uid.hex() != fields["uid"]:
        raise ValueError
    return Request(contact, address, int(fields["time"]), fields["declined"] is True)
