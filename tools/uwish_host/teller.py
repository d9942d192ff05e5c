"""The sink that a terminal and `--json` hang on: all becomes events with fields that JSON has."""

from .sink import Sink


class Teller(Sink):
    """Calls tell(event, fields) for all that happens (see events)."""

    name = "output"

    def __init__(self, tell):
        self._tell = tell

    def frame(self, frame):
        """See Sink."""
        self._tell("frame", frame_fields(frame))

    def presence(self, presence):
        """See Sink."""
        event = "online" if presence.online else "offline"
        self._tell(event, {"peer": presence.device.fields()})

    def event(self, name, fields):
        """See Sink."""
        self._tell(name, fields)


def frame_fields(frame):
    """A sink.Frame as events have it: with its bytes in hex, and what they say."""
    return {
        "peer": frame.device.fields(),
        "size": len(frame.data),
        "data": frame.data.hex(),
        "format": frame.decoded.kind,
        "value": frame.decoded.value,
    }
