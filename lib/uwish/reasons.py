"""Why a connection ended: small ints for counting, and for each what happened and what to try."""

from .compat import const, forget_module

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
NO_MEMORY = const(21)

COUNT = const(22)


def describe(reason):
    """One sentence for people: what happened, and what to try.

    The sentences cost some kilobytes, so they do not stay in a board's memory: they are read from
    flash when one is needed, which is rare, and given back.
    """
    from . import reason_texts

    text = reason_texts.TEXTS[reason]
    del reason_texts
    forget_module("uwish.reason_texts")
    return text
