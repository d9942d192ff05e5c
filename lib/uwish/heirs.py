"""A gateway has several hosts, and the device has moved from one to another: what waits for an app
at the old host is for the same app at the new one.

Only through a pin for any host, by which the user has said that they are all one; and not when a
pin asks for the old host itself. On a board this is in memory only when a connection is made while
frames wait.
"""

from .compat import copy, same
from .pins import ANY_HOST, PinTable
from .sendbuf import HEADER


def hand_down(node, connection, host):
    """Frames for peers that are offline go to their heirs behind `connection`, which was just
    established for a pin that asks for `host`."""
    if host != ANY_HOST:
        return
    pins = PinTable(node.pins)
    for peer in node.peers:
        if (
            peer.protocol_index >= 0
            and not (peer.online or peer.told)
            and same(peer.key, 0, connection.key, 0, 64)
            and pins.find(peer.luid, peer.ruid, peer.rhid) < 0
            and node.frames.holds(peer.index)
        ):
            heir = node.peers.find(connection, peer.key, 96, peer.protocol_index)
            if heir is None:
                # It has not shown up there yet; when it does, it is found under its new name.
                copy(peer.key, 64, connection.key, 64, 32)
            else:
                _readdress(node.frames, peer.index, heir.index)


def _readdress(frames, old, new):
    off = 0
    while off < frames.used:
        if frames.buf[off] == old:
            frames.buf[off] = new
        off += HEADER + frames.length(off)
