"""The devices as a broker knows them: who is online, who they are, and who is no contact any more.

Several gateways of one identity may use one broker (docs/GATEWAY.md), and devices move between
them. Each device's `info` names the gateway that wrote it, and all of them read it:
- what we have written ourselves, before a crash perhaps, is put right when it is not true any more;
- when another gateway says that a device has left it, and it is here, we say so;
- that a device has left us is not said when it is online elsewhere already;
- a device that is online elsewhere is not ours to answer for; for one that is nowhere one of the
  gateways answers;
- devices of a gateway that is gone, and that come to no other, are said to be offline.
"""

import json
import time

from .. import __version__
from ..storage.rows import GATEWAY_DOWN
from .messages import Message
from .others import Others

ONLINE, OFFLINE = "online", "offline"


class Roster:
    """`contacts()` gives {uid: Contact}; `messages` (messages.Messages) knows what else was said of
    a device. What is to be published now is taken by `take`."""

    def __init__(self, topics, identity, contacts, messages):
        self._topics = topics
        self._hid = identity.hid.hex()
        self._identity = identity
        self._contacts = contacts
        self._messages = messages
        self._peers = {}  # {uid: {sink.Device that is online, ...}}
        self._said = {}  # {uid: the fields of its info, as they were last}
        self._others = Others(self._hid)
        self._changed = {}  # {uid: None}: what is to be published, in order
        self._clearing = []  # messages that take away what the broker keeps
        self._searches = []  # uids (hex) of devices that are gone, of which it may keep more

    def presence(self, presence):
        """A sink.Presence."""
        device = presence.device
        peers = self._peers.setdefault(device.ruid, set())
        if presence.online:
            peers.discard(device)  # equal to one that was called something else
            peers.add(device)
        else:
            peers.discard(device)
        if peers and not presence.online:
            return  # another app on it is here
        if not presence.online and self._others.has(device.ruid):
            self._has_moved(device.ruid)
            return
        was = self._said.get(device.ruid)
        if was is not None and was["online"] == presence.online and presence.online:
            since = was["since"]
        else:
            since = presence.time
        self._said[device.ruid] = {
            "alias": device.alias,
            "uid": device.ruid.hex(),
            "name": device.name,
            "protocol": device.protocol,
            "online": presence.online,
            "since": since,
            "reason": presence.reason,
            "gateway": self._hid,
        }
        self._changed[device.ruid] = None

    def contacts_changed(self):
        """The contacts were read again: who was removed, and who is called something else."""
        contacts = self._contacts()
        for uid, said in list(self._said.items()):
            if uid not in contacts:
                self._remove(uid)
            elif said.get("alias") != contacts[uid].alias:
                said["alias"] = contacts[uid].alias
                self._changed[uid] = None

    def connected(self):
        """A broker is here that may know nothing: everything is to be published."""
        self._changed = dict.fromkeys(self._said)
        self._others.forget()

    def heard(self, uid_hex, payload):
        """The broker's `info` of a device, ours or another gateway's."""
        uid = bytes.fromhex(uid_hex)
        fields = _info(payload)
        here = bool(self._peers.get(uid))
        if fields.get("gateway") != self._hid:
            if fields.get("online") is True:
                self._others.arrived(uid, fields)
                if not here:
                    self._has_moved(uid)
            else:
                self._others.left(uid)
                if here and fields:
                    self._changed[uid] = None
            return
        self._others.left(uid)
        if uid not in self._contacts():
            self._remove(uid)
        elif not here:
            alias = self._contacts()[uid].alias
            said = self._said.setdefault(uid, {**fields, "online": False, "alias": alias})
            if fields.get("online") is True or fields.get("alias") != alias:
                # Of a gateway that did not live to see it go, or be called something else.
                said["reason"] = said.get("reason") or GATEWAY_DOWN
                self._changed[uid] = None

    def heard_gateway(self, hid, payload):
        """The broker's `presence` of a gateway (hid in hex)."""
        self._others.gateway(hid, payload == ONLINE.encode())

    def is_elsewhere(self, uid):
        """True when it is online at another gateway."""
        return self._others.has(uid)

    def is_ours(self, uid):
        """True when we have to answer for it: it is here, or it is nowhere and we are the one."""
        here = bool(self._peers.get(uid))
        return here or (not self._others.has(uid) and self._others.we_speak())

    def bury(self):
        """Say that devices are offline whose gateway is gone and that are nowhere else; True when
        there are some."""
        orphans = self._others.take_orphans()
        contacts = self._contacts()
        for uid, (name, protocol) in orphans.items():
            if uid not in contacts or self._peers.get(uid):
                continue
            self._said[uid] = {
                "alias": contacts[uid].alias,
                "uid": uid.hex(),
                "name": name,
                "protocol": protocol,
                "online": False,
                "since": time.time(),
                "reason": GATEWAY_DOWN,
                "gateway": self._hid,
            }
            self._changed[uid] = None
        return bool(orphans)

    def kept(self, uid_hex, topic):
        """The broker keeps something there of this device, or has said all that it keeps."""
        if bytes.fromhex(uid_hex) in self._contacts():
            return
        if topic == self._topics.search_end(uid_hex):
            # Last of all: as long as it is there, the next connection begins anew.
            topic = self._topics.info(uid_hex)
        self._clearing.append(Message(topic, ""))

    def take_searches(self):
        """For each device that is gone, filters to subscribe to, by which the broker tells what it
        keeps; and the message that is to follow, which comes back after all that."""
        searches, self._searches = self._searches, []
        return [
            (self._topics.kept_of(uid), Message(self._topics.search_end(uid), "end", retain=False))
            for uid in searches
        ]

    def take(self, limit):
        """The next messages that are to be published now, about `limit` of them at most."""
        made, self._clearing = self._clearing[:limit], self._clearing[limit:]
        contacts = self._contacts()
        while self._changed and len(made) < limit:
            uid = next(iter(self._changed))
            del self._changed[uid]
            said = self._said.get(uid)
            if said is not None and uid in contacts:
                state = ONLINE if said["online"] else OFFLINE
                # In this order: who puts us right hears the info when the presence is there.
                made.append(Message(self._topics.presence(uid.hex()), state))
                made.append(Message(self._topics.info(uid.hex()), json.dumps(said)))
        return made

    def gateway(self, online):
        """The gateway's own messages."""
        said = {
            "alias": self._identity.alias,
            "uid": self._identity.uid.hex(),
            "hid": self._hid,
            "software": f"uwish {__version__}",
        }
        return [
            Message(self._topics.gateway_info, json.dumps(said)),
            Message(self._topics.gateway_presence, ONLINE if online else OFFLINE),
        ]

    def _has_moved(self, uid):
        # To another gateway, which says what is to be said; should it come back, we say all again.
        self._said.pop(uid, None)
        self._changed.pop(uid, None)
        self._messages.moved(uid)

    def _remove(self, uid):
        self._said.pop(uid, None)
        self._peers.pop(uid, None)
        self._changed.pop(uid, None)
        topics = [self._topics.presence(uid.hex()), *self._messages.forget(uid)]
        self._clearing += [Message(topic, "") for topic in topics]
        self._searches.append(uid.hex())


def _info(payload):
    try:
        fields = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}
