"""What happens at a gateway, for whoever wants to know: a terminal, storage, MQTT, metrics, pages.

    gateway -> Bus -> Sink                        called in the event loop, must not wait
                   -> Queue -> its own consumer   everything that can wait (sink_queue.py)

A sink is told of three things: frames, presence, and every other event of events.py. What it is
given never changes afterwards, so that it may be kept and handed to another thread.
"""

import contextlib
import time

from .decode import decode
from .names import service_name
from .rate_limit import RateLimit


class Device:
    """One remote app as sinks see it, which is a peer without the machinery: `luid`, `ruid`,
    `rhid`, `rsid` (32 bytes each), `protocol` (str), `alias` (the contact's), `name` (the
    service's). Two are equal when they are the same peer, whatever its alias is by now."""

    __slots__ = ("alias", "key", "name", "protocol", "_fields")

    def __init__(self, key, protocol, alias):
        self.key = key  # luid, ruid, rhid, rsid: 128 bytes
        self.protocol = protocol
        self.alias = alias
        self.name = service_name(key[96:])
        self._fields = None

    @classmethod
    def of(cls, peer, alias):
        """Of a peer (uwish.peers.Peer)."""
        return cls(bytes(peer.key), peer.protocol, alias)

    @property
    def luid(self):
        """Our identity."""
        return self.key[:32]

    @property
    def ruid(self):
        """The device's identity."""
        return self.key[32:64]

    @property
    def rhid(self):
        """The device's host id."""
        return self.key[64:96]

    @property
    def rsid(self):
        """The app on it."""
        return self.key[96:]

    def fields(self):
        """The same for events and JSON, with the ids in hex and the peer's url; not to be
        changed."""
        if self._fields is None:
            luid, ruid, rhid, rsid = (self.key[i : i + 32].hex() for i in range(0, 128, 32))
            self._fields = {
                "alias": self.alias,
                "name": self.name,
                "protocol": self.protocol,
                "luid": luid,
                "ruid": ruid,
                "rhid": rhid,
                "rsid": rsid,
                "url": f"{luid}>{ruid}@{rhid}/{rsid}/{self.protocol}",
            }
        return self._fields

    def __eq__(self, other):
        return (
            isinstance(other, Device) and self.key == other.key and self.protocol == other.protocol
        )

    def __hash__(self):
        return hash((self.key, self.protocol))

    def __repr__(self):
        return f"<Device {self.alias} {self.key[32:35].hex()}/{self.protocol}>"


class Frame:
    """A frame that came: `device`, `data` (bytes, as they were sent), `time` (seconds since 1970 at
    which its bytes were read from the socket)."""

    __slots__ = ("data", "device", "time", "_decoded")

    def __init__(self, device, data, time):
        self.device = device
        self.data = data
        self.time = time
        self._decoded = None

    @property
    def decoded(self):
        """What it says (decode.Decoded): found out when first asked for, then kept."""
        if self._decoded is None:
            self._decoded = decode(self.data, self.time)
        return self._decoded

    @property
    def readings(self):
        """Its SenML records, resolved (senml.Reading); empty when it is something else."""
        return self.decoded.readings


class Presence:
    """`device` came (`online`) or went at `time` (seconds since 1970); `reason` says why it went
    (a name of events.REASON_NAMES, None while the connection lasts)."""

    __slots__ = ("device", "online", "reason", "time")

    def __init__(self, device, online, time, reason=None):
        self.device = device
        self.online = online
        self.time = time
        self.reason = reason


class Sink:
    """What a bus calls, in the gateway's event loop: none of these may wait or change what it is
    given. One that raises is reported and called again for the next."""

    name = "sink"  # for people

    def frame(self, frame):
        """A Frame came."""

    def presence(self, presence):
        """A device came or went: a Presence."""

    def event(self, name, fields):
        """Any event of events.py but frame, online and offline."""

    def congested(self):
        """True: devices should not be read from until `Bus.relieved` is called. For sinks that must
        not lose anything; the devices are told 507 by their own send buffers then."""
        return False


class Bus:
    """Tells all its sinks. `on_relief` is set by the gateway: what is to be done when nobody is
    congested any more."""

    def __init__(self, *sinks, clock=time.time):
        self.on_relief = lambda: None
        self._sinks = ()
        self._clock = clock
        self._limit = RateLimit(burst=5, per_s=0.2)
        for sink in sinks:
            self.add(sink)

    def add(self, sink):
        """`sink` hears of everything from now on."""
        self._sinks += (sink,)

    @property
    def sinks(self):
        """All of them."""
        return self._sinks

    def remove(self, sink):
        """`sink` hears nothing more."""
        self._sinks = tuple(other for other in self._sinks if other is not sink)

    def congested(self):
        """True when some sink is."""
        return any(sink.congested() for sink in self._sinks)

    def relieved(self):
        """To be called in the event loop by a sink that was congested and is so no longer."""
        if not self.congested():
            self.on_relief()

    def frame(self, device, data, time):
        """A frame of `device` came: `data` (bytes), read at `time`."""
        frame = Frame(device, data, time)
        for sink in self._sinks:
            try:
                sink.frame(frame)
            except Exception as error:
                self._failed(sink, error)

    def presence(self, device, online, reason=None):
        """`device` came or went now."""
        presence = Presence(device, online, self._clock(), reason)
        for sink in self._sinks:
            try:
                sink.presence(presence)
            except Exception as error:
                self._failed(sink, error)

    def event(self, name, fields):
        """Anything else happened."""
        for sink in self._sinks:
            try:
                sink.event(name, fields)
            except Exception as error:
                self._failed(sink, error)

    def _failed(self, failing, error):
        # The others are told, at most now and then, and never by the one that fails.
        if not self._limit.passes():
            return
        fields = {"text": f"{failing.name}: {type(error).__name__}: {error}"}
        for sink in self._sinks:
            if sink is not failing:
                with contextlib.suppress(Exception):
                    sink.event("warning", fields)
