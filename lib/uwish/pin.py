"""What an app sees of the pin table."""

from collections import namedtuple

from .pins import LUID, PRIORITY, RECORD, RHID, RUID

_POLICIES = ("", "always", "eager")  # by the number that the table holds

Pin = namedtuple("Pin", ("luid", "ruid", "rhid", "policy", "priority"))


def listed(buf):
    """Iterate the pins in the bytes of a table, one Pin at a time."""
    for off in range(0, len(buf), RECORD):
        if buf[off]:
            yield Pin(
                bytes(buf[off + LUID : off + RUID]),
                bytes(buf[off + RUID : off + RHID]),
                bytes(buf[off + RHID : off + RECORD]),
                _POLICIES[buf[off]],
                buf[off + PRIORITY],
            )
