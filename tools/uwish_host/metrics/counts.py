"""The sink of the metrics: what nobody else counts. It has nothing to do for a frame that came."""

from collections import Counter

from ..histogram import Histogram
from ..sink import Sink

_HANDSHAKE_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Counts(Sink):
    """`handshake_s` (Histogram of seconds), `sent` (frames to devices by status), `warnings`."""

    name = "metrics"

    def __init__(self):
        self.handshake_s = Histogram(_HANDSHAKE_S)
        self.sent = Counter({200: 0, 404: 0, 413: 0, 507: 0})
        self.warnings = 0

    def event(self, name, fields):
        """See Sink."""
        if name == "connected":
            self.handshake_s.add(fields["handshake_ms"] / 1000)
        elif name == "sent":
            self.sent[fields["status"]] += 1
        elif name == "warning":
            self.warnings += 1
