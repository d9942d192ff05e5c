"""Why a connection ended: small ints for counting, and for each what happened and what to try."""

from .compat import const

NONE = const(0)
RESOLVE = const(1)
CONNECT = const(2)
REFUSED = const(3)
BAD_HELLO = const(4)
UNKNOWN_CONTACT = const(5)
BAD_KEY = const(6)
BAD_SIGNATURE = const(7)
BAD_DOCUMENT = const(8)
WRONG_HOST = const(9)
BAD_RECORD = const(10)
BAD_TAG = const(11)
BAD_MESSAGE = const(12)
HANDSHAKE_TIMEOUT = const(13)
SILENT = const(14)
STALLED = const(15)
LOST = const(16)
DROPPED = const(17)
REPLACED = const(18)
CLOSED = const(19)
OVERLOADED = const(20)

_TEXT = (
    "",
    "the name has no address: check the spelling and the network's DNS",
    "no answer at this address: is the host on, is the port right, is a firewall between",
    "closed without an answer: most likely our identity is no contact there: import it",
    "not a Wish hello of version 1, normal type",
    "meant for another identity, or from one that is no contact here: import it to let it in",
    "the public value has a wrong length or is outside 2..p-2: not a sound peer",
    "the signature is wrong: another key answers for this contact: compare fingerprints",
    "the handshake document has no host id of 32 bytes",
    "another host answered than the pin asks for: check address and rhid",
    "the length is impossible: not a Wish peer, or the stream is damaged",
    "the tag is wrong: the stream is damaged, or somebody tampers with it",
    "BSON with lengths or types that cannot be: not a sound peer",
    "not finished in time: the other side is overloaded or stopped in the middle",
    "nothing was heard for too long, pings included: the link or the host is gone",
    "the other side took no bytes for too long: its program hangs or the link is gone",
    "the connection was closed or reset by the other side or the network",
    "given up by us for a pin of higher priority, or because it was unpinned",
    "replaced by a newer connection of the same host",
    "closed by us, orderly",
    "turned away because too many connections wait for their handshake: try later",
)

COUNT = len(_TEXT)


def describe(reason):
    """One sentence for people: what happened, and what to try."""
    return _TEXT[reason]
