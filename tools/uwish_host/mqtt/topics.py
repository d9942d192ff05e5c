"""The names of all topics, in one place.

    PREFIX/gateway/HID/presence         "online" | "offline"                     retained, last will
    PREFIX/gateway/HID/info             JSON: alias, uid, hid, software          retained
    PREFIX/device/UID/presence          "online" | "offline"                     retained
    PREFIX/device/UID/info              JSON: alias, uid, name, protocol, online, since, reason,
                                        gateway (its HID)                        retained
    PREFIX/device/UID/reading/NAME      JSON: value, unit, time, (sum)           retained
    PREFIX/device/UID/frame             a frame without readings, as it came
    PREFIX/device/UID/send              -> a frame to the device, as it is
    PREFIX/device/UID/set               -> the same as JSON (see orders)
    PREFIX/device/UID/result            JSON: what became of it: status, text, to, size
    DISCOVERY/COMPONENT/uwish_UID/ID/config    Home Assistant's                  retained
    DISCOVERY/status                    -> Home Assistant's birth

UID and HID are 64 hex digits: an alias may change, and two devices may have the same. NAME is the
SenML name in which everything but letters, digits and : . _ - of ASCII is written as %XX of its
UTF-8 (RFC 3986, 2.1): names come from devices, which nobody can trust not to put a + or / there.
"""

import hashlib
import re
import urllib.parse

_SAFE = ":._-"  # and what quote() never touches: letters, digits, and "~", which is seen to below
_MAX_NAME = 150  # bytes of a name in a topic; the rest is told by a hash
_UID = re.compile(r"[0-9a-f]{64}")


def escape(name):
    """A reading's name as one level of a topic: two names never give the same."""
    if len(name) <= _MAX_NAME:
        # A name may consist of surrogates, which CBOR that was made so carelessly may bring.
        text = urllib.parse.quote(name, safe=_SAFE, errors="surrogatepass").replace("~", "%7E")
        if len(text) <= _MAX_NAME and text:
            return text
    data = name.encode(errors="surrogatepass")
    start = urllib.parse.quote(data[:40], safe=_SAFE).replace("~", "%7E")
    # No other name has a "~".
    return f"{start}~{hashlib.sha256(data).hexdigest()[:16]}"


class Topics:
    """The topics of a gateway with host id `hid` (bytes) below `prefix`; `discovery` is Home
    Assistant's prefix, or None."""

    def __init__(self, prefix, hid, discovery=None):
        gateway = f"{prefix}/gateway/{hid.hex()}"
        self.gateway_presence = f"{gateway}/presence"
        self.gateway_info = f"{gateway}/info"
        self.discovery = discovery
        self.birth = None if discovery is None else f"{discovery}/status"
        self.orders = (f"{prefix}/device/+/send", f"{prefix}/device/+/set")
        self.infos = f"{prefix}/device/+/info"
        self.gateways = f"{prefix}/gateway/+/presence"
        self._gateways = f"{prefix}/gateway/"
        self._devices = f"{prefix}/device/"
        self._ours = tuple(f"{p}/" for p in (prefix, discovery) if p is not None)

    def presence(self, uid):
        """Of the device with this uid (hex); as are the others."""
        return f"{self._devices}{uid}/presence"

    def info(self, uid):
        """Who it is."""
        return f"{self._devices}{uid}/info"

    def frame(self, uid):
        """Frames that hold no readings."""
        return f"{self._devices}{uid}/frame"

    def reading(self, uid, name):
        """One of its readings."""
        return f"{self._devices}{uid}/reading/{escape(name)}"

    def result(self, uid):
        """What became of frames to it."""
        return f"{self._devices}{uid}/result"

    def config(self, component, uid, name):
        """Where Home Assistant is told of a reading."""
        return f"{self.discovery}/{component}/uwish_{uid}/{entity_id(name)}/config"

    def kept_of(self, uid):
        """Filters of what the broker may keep of it besides presence and info."""
        filters = [f"{self._devices}{uid}/reading/+"]
        if self.discovery is not None:
            filters.insert(0, f"{self.discovery}/+/uwish_{uid}/+/config")
        return filters

    def search_end(self, uid):
        """A topic that the last of these filters fits and no name of a reading gives."""
        return f"{self._devices}{uid}/reading/~"

    def device_of(self, topic):
        """(uid in hex, what is said of it) of a topic of ours or of Home Assistant's about a
        device, else (None, None)."""
        if topic.startswith(self._devices):
            uid, _, what = topic[len(self._devices) :].partition("/")
        elif self.discovery is not None and topic.startswith(f"{self.discovery}/"):
            levels = topic[len(self.discovery) + 1 :].split("/")
            uid = levels[1].removeprefix("uwish_") if len(levels) == 4 else ""
            what = levels[-1]
        else:
            return None, None
        return (uid, what) if _UID.fullmatch(uid) else (None, None)

    def gateway_of(self, topic):
        """The hid (hex) in a topic that fits `gateways`, None for any other."""
        hid, _, what = topic[len(self._gateways) :].partition("/")
        ours = topic.startswith(self._gateways) and what == "presence"
        return hid if ours and _UID.fullmatch(hid) else None

    def is_ours(self, topic):
        """True for where we publish; False for where somebody wants an answer."""
        return topic.startswith(self._ours)

    def may_answer_at(self, topic):
        """May an answer be published there, as somebody asks us to? Not at our own topics, where it
        would be an order or a reading, and not at a broker's."""
        if not topic or len(topic.encode()) > 1000 or not topic.isprintable():
            return False
        return not (topic.startswith(("$", *self._ours)) or "+" in topic or "#" in topic)


def entity_id(name):
    """A reading's name as Home Assistant allows it in topics ([a-zA-Z0-9_-]); two names hardly ever
    give the same."""
    slug = re.sub("[^a-zA-Z0-9_-]+", "_", name[:60]).strip("_")
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:12]
    return f"{slug}_{digest}" if slug else digest
