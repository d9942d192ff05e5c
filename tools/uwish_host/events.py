"""What a gateway tells its user: events with fields that JSON has, and how they become lines.

listening   address, transport (null for a wildcard), alias, uid, hid, sid, name, protocols,
            document, contacts (how many)
announcing  addresses (those on which the local network is told of us), name (the one in .local;
            null when mDNS is off); again when they change
page        url: where the web page is
connected   who: address, ruid, alias; rhid, handshake_ms
online      peer
offline     peer
frame       peer, size, data (hex), format ("senml", "cbor", "text", "bytes"), value
metrics     url (where Prometheus finds them)
mqtt        broker (host:port, connected now), waiting (how many frames go there first)
sent        the same of a frame to a device, and status (200, 404, 413, 507)
closed      who; phase, reason, text; sent, received, dropped, refused, undelivered, ignored
refused     who (ruid and alias are null for strangers); phase, reason, text; untold: how many more
            were refused since the last such line. Who hangs up without a word is left out
friend_request  alias, uid, address: somebody asks to be let in (`uwish device requests`)
contacts    count: the contact file was read again
warning     text
lost        count: events that were left out, because nobody has read them fast
            enough, or (not in --json) frames, online and offline beyond 200 lines a second
stopping    connections (how many are told that the gateway goes)
stopped     totals

`peer` has alias, name (the service's), protocol, luid, ruid, rhid, rsid (all hex), url. Every line
of JSON has `event` and `time` (seconds since 1970).
"""

import json
import time

from uwish import reasons

REASON_NAMES = {
    value: name.lower()
    for name, value in vars(reasons).items()
    if isinstance(value, int) and name.isupper() and name != "COUNT"
}
REASON_TEXTS = [reasons.describe(reason) for reason in range(reasons.COUNT)]


class JsonLines:
    """Each event is one line of JSON on `stream`, its name under "event"."""

    def __init__(self, stream):
        self._stream = stream

    def __call__(self, event, fields):
        line = {"event": event, "time": round(time.time(), 3), **fields}
        self._stream.write(json.dumps(line) + "\n")
        self._stream.flush()
