"""Whom a node calls, and what follows when a connection was made or has ended.

Here is what a device needs for seconds, between which hours may pass; so on a board it is in memory
only then. `Node` loads it when something is due and gives it back, together with the tables' code.
From a flash file system that is a read of some KB for each connection; code that is frozen into the
firmware stays in flash. All that has to be remembered is in the node.
"""

from . import crypto, log
from .compat import elapsed
from .connection import CLOSED, HANDSHAKE, IDLE, RUNNING
from .contacts import Contacts
from .dialer import Dialer
from .phases import CONNECTING, PHASES, READY
from .pins import PinTable
from .reasons import CLOSED as CLOSED_BY_US
from .reasons import DROPPED, REPLACED, RESOLVE, describe
from .scheduler import Scheduler

_LOOK_MS = 1000  # between two looks for a connection that gives up its place
_CONNECTING_MS = 20


def scheduler(node):
    """The rules over what the node remembers."""
    pins = PinTable(node.pins)
    contacts = Contacts(node.contacts)
    if node.discovery is None:
        return Scheduler(pins, contacts, node.waits)
    from .finder import Finder

    return Finder(pins, contacts, node.waits, node.discovery.sightings)


def changed(node, line, now):
    """The connection of `line` has just been established, or has ended."""
    if line.connection.state == RUNNING:
        _established(node, line, now)
    elif line.connection.state == CLOSED:
        _ended(node, line, now)


def plan(node, now):
    """Dial, or go on with it; the ms until there is something to do again. No connection may be in
    its handshake."""
    dialer = node.dialer
    if dialer is None:
        rules = scheduler(node)
        uid = node.identity.uid
        idle = rules.idle(node.connections, now)
        if idle is not None:
            idle.close(DROPPED)
            return 0
        pin = rules.choose(uid, node.connections, now)
        if pin < 0:
            return rules.next_ms(uid, node.connections, now)
        if not (_free(node) or rules.victim(pin, node.connections, now)):
            return _LOOK_MS
        contact = rules.contact(pin)
        name = Contacts(node.contacts).alias(contact)
        address = rules.address(pin, now)
        dialer = Dialer(node.poller, node.exchange, pin, contact, name, address)
        node.exchange = None
        node.dialer = dialer
    reason = dialer.turn(now)
    if reason:
        cancel(node)
        phase = "resolve" if reason == RESOLVE else "connect"
        who = "%s at %s" % (dialer.name, dialer.address)
        _failed(node, dialer.pin, who, phase, reason, 0)
        return 0
    if dialer.state == READY:
        _hand_over(node, now)
        return 0
    # The poll ends its wait when the socket is connected, but the plan has to look.
    return _CONNECTING_MS if dialer.state == CONNECTING else 0


def cancel(node):
    """Give up the attempt, if there is one. A prepared key exchange stays for the next."""
    if node.dialer is not None:
        node.exchange = node.dialer.cancel()
        node.dialer = None


def retry(node):
    """Forget what could not be reached so far."""
    if node.dialer is not None and node.dialer.state == CONNECTING:
        cancel(node)  # it may wait for an answer that got lost with the network
    scheduler(node).retry()
    node.replan()


def drop_unwanted(node):
    """Close the connections that no pin asks for any more."""
    rules = scheduler(node)
    for line in node.lines:
        c = line.connection
        unwanted = c.state == RUNNING and not rules.wanted(c)
        if unwanted or (c.state == HANDSHAKE and not rules.exists(line.pin)):
            c.close(DROPPED)
    if node.dialer is not None and not rules.exists(node.dialer.pin):
        cancel(node)


def drop_contact(node, uid):
    """Close the connections to an identity that is no contact any more."""
    for c in node.connections:
        if c.state != IDLE and c.ruid == uid:
            c.close(DROPPED)
    cancel(node)


def close(node):
    """End all connections; frames that still wait are counted as dropped."""
    cancel(node)
    if node.discovery is not None:
        node.discovery.close()
    for line in node.lines:
        if line.connection.state != IDLE:
            line.connection.close(CLOSED_BY_US)
            _ended(node, line, node.now)
    for peer in node.peers:
        node.stats.dropped += node.frames.forget(peer.index)


def _hand_over(node, now):
    dialer = node.dialer
    c = _free(node)
    if c is None:
        c = scheduler(node).victim(dialer.pin, node.connections, now)
        if c is None:
            cancel(node)
            return
        c.close(DROPPED)
        _ended(node, node.lines[c.index], now)
    host = scheduler(node).host(dialer.pin)
    node.lines[c.index].take(dialer.link, dialer.pin, host, now)
    node.exchange = dialer.exchange
    node.dialer = None
    contacts = Contacts(node.contacts)
    node.answered = (c, contacts.uid(dialer.contact), contacts.public(dialer.contact))


def _established(node, line, now):
    c = line.connection
    node.stats.handshakes += 1
    if scheduler(node).met(line.pin):
        node.stats.reconnects += 1
    node.stats.last_handshake_ms = elapsed(now, line.began)
    line.settled = True
    line.began = now
    for other in node.connections:
        if other is not c and other.state == RUNNING and other.key == c.key:
            node.peers.move(other, c)
            other.close(REPLACED)
    if node.frames.used:
        from .heirs import hand_down

        hand_down(node, c, scheduler(node).host(line.pin))
    node.replan()
    if c.banned:
        log.warn("%s: connected, but it has banned us: ask its owner", _name(node, c))
    else:
        log.info("%s: connected", _name(node, c))


def _ended(node, line, now):
    c = line.connection
    line.link.close()
    node.peers.disconnected(c, now)
    _failed(node, line.pin, _name(node, c), PHASES[c.phase], c.reason, line.lasted_ms(now))
    line.settled = False
    c.reset()


def _failed(node, pin, who, phase, reason, lasted_ms):
    node.stats.add_closed(reason)
    node.replan()
    if reason in (CLOSED_BY_US, DROPPED, REPLACED):
        log.info("%s: %s", who, describe(reason))
        return
    chance = crypto.random(1)[0]
    delay_ms = scheduler(node).ended(pin, reason, lasted_ms, node.now, chance)
    seconds = (delay_ms + 500) // 1000
    log.warn("%s: %s: %s; again in %d s", who, phase, describe(reason), seconds)


def _free(node):
    for c in node.connections:
        if c.state == IDLE:
            return c
    return None


def _name(node, c):
    return Contacts(node.contacts).name(c.key, 32) or "unknown"
