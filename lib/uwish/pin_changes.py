"""Changing the pin table, at the app's wish. On a board this is in memory only meanwhile."""

from .calls import drop_unwanted, scheduler
from .compat import copy
from .pins import ALWAYS, EAGER, LUID, PRIORITY, RECORD, RHID, RUID, PinTable
from .status import FULL, NOT_FOUND, OK

_POLICIES = {"always": ALWAYS, "eager": EAGER}


def pin(node, luid, ruid, rhid, policy, priority):
    """Add or update a pin and keep the table; see PeerApi.pin."""
    table = PinTable(node.pins)
    before = bytes(node.pins)
    status = put(table, luid, ruid, rhid, policy, priority)
    if status == OK and node.pins != before:
        _keep(node, before)
        scheduler(node).forget(table.find(luid, ruid, rhid))
        node.replan()
    return status


def unpin(node, luid, ruid, rhid):
    """Remove a pin and keep the table; see PeerApi.unpin."""
    before = bytes(node.pins)
    status = remove(PinTable(node.pins), luid, ruid, rhid)
    if status == OK:
        _keep(node, before)
        drop_unwanted(node)
        node.replan()
    return status


def put(table, luid, ruid, rhid, policy, priority):
    """Add a pin or update the one with these three ids: OK, or FULL. ValueError for wrong
    arguments."""
    _check(luid, ruid, rhid)
    if not isinstance(policy, str) or policy not in _POLICIES:
        raise ValueError('a pin\'s policy must be "always" or "eager", not %r' % (policy,))
    if isinstance(priority, bool) or not isinstance(priority, int) or not 0 <= priority <= 255:
        raise ValueError("a pin's priority must be 0 (highest) to 255, not %r" % (priority,))
    index = table.find(luid, ruid, rhid)
    if index < 0:
        index = table.free()
        if index < 0:
            return FULL
    buf = table.buf
    off = index * RECORD
    copy(buf, off + LUID, luid, 0, 32)
    copy(buf, off + RUID, ruid, 0, 32)
    copy(buf, off + RHID, rhid, 0, 32)
    buf[off + PRIORITY] = priority
    buf[off] = _POLICIES[policy]
    return OK


def remove(table, luid, ruid, rhid):
    """Remove a pin: OK, or NOT_FOUND. ValueError for wrong arguments."""
    _check(luid, ruid, rhid)
    index = table.find(luid, ruid, rhid)
    if index < 0:
        return NOT_FOUND
    table.buf[index * RECORD] = 0
    return OK


def _keep(node, before):
    try:
        node.store.save("pins", node.pins)
    except OSError:
        node.pins[:] = before
        raise


def _check(luid, ruid, rhid):
    for name, value in (("luid", luid), ("ruid", ruid), ("rhid", rhid)):
        if not isinstance(value, (bytes, bytearray)) or len(value) != 32:
            raise ValueError("%s must be 32 bytes" % name)
