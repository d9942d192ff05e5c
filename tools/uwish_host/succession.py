"""A host connects although its older connection still stands: the newer one goes on in its place.

Nobody hears of it: peers stay online without a flap, and frames that wait go out on the newer
connection. Peers that do not show up there within some seconds have gone in between.
"""

from uwish.reasons import REPLACED
from uwish.sendbuf import HEADER

from .ticks import now_ms

CONFIRM_S = 5


def take_over(old, new, gateway):
    """`new` (a Link, just established) goes on where `old` stood, and `old` is closed."""
    # First, so that frames which were not handed over whole wait again.
    old.connection.close(REPLACED)
    heirs = {}
    for peer in old.peers:
        if peer.online:
            announce(new, peer, True)
            heir = new.peers.find(new.connection, peer.key, 96, peer.protocol_index)
            heir.told = peer.told
            # Its frames wait until it shows up on the new connection: before that it may not know
            # that we are there.
            new.frames.route[heir.index] = 0
            peer.told = False
            peer.connection = None
            heirs[peer.index] = heir.index
            new.inherited.add(heir.index)
    old.stats.dropped += _move_frames(old.frames, new.frames, heirs)
    old.close(REPLACED)
    gateway.loop.call_later(CONFIRM_S, _drop_unconfirmed, new, gateway)


def announce(link, peer, online):
    """Let the pool of `link` know of a peer with the service and protocol of `peer`."""
    link.peers.announce(link.connection, peer.key, 96, peer.protocol_index, online, now_ms())


def _move_frames(old, new, heirs):
    """Move what waits to the heirs of its peers; how many frames have none."""
    off = 0
    lost = 0
    while off < old.used:
        n = old.length(off)
        heir = heirs.get(old.buf[off])
        off += HEADER
        if heir is None:
            lost += 1
        else:
            new.put(heir, old.buf[off : off + n], n)
        off += n
    old.used = 0
    return lost


def _drop_unconfirmed(link, gateway):
    for index in link.inherited:
        peer = link.peers[index]
        if peer.online:
            announce(link, peer, False)
    link.inherited.clear()
    gateway.presence(link)
