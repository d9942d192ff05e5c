"""What the user is told of a broker that is away, and how long to wait before the next try."""

import random

_FIRST_S, _LONGEST_S = 1.0, 60.0
_HELD_S = 10.0  # a connection that held so long was a good one


class Outage:
    """One warning when it begins, the event `mqtt` when it is over, to `bus` (sink.Bus).
    `backlog` (backlog.Backlog) knows what waits."""

    def __init__(self, broker, bus, backlog):
        self._broker = broker
        self._bus = bus
        self._backlog = backlog
        self._told = False  # that it is away
        self._told_refusal = False  # that it is there again, and does not let us in
        self._dropped = 0
        self._next_s = _FIRST_S

    def failed(self, why, held_s=0.0, refused=False):
        """The broker is away, because of `why` (text), after a connection of so many seconds, or it
        has `refused` us: the seconds until the next try."""
        if held_s >= _HELD_S:
            self._next_s = _FIRST_S
        if not self._told or (refused and not self._told_refusal):
            self._told = True
            self._told_refusal = refused
            self._warn(f"MQTT: no connection to {self._broker}: {why}; it is tried again and again")
        wait_s = self._next_s * random.uniform(0.5, 1.0)
        self._next_s = min(self._next_s * 2, _LONGEST_S)
        return wait_s

    def over(self):
        """The broker is here."""
        self._told = self._told_refusal = False
        self._bus.event("mqtt", {"broker": str(self._broker), "waiting": len(self._backlog)})

    def count(self, ending=False):
        """Tell how many frames were left out, when more were since the last time, and the broker is
        here or the gateway is `ending`."""
        dropped = self._backlog.dropped
        if dropped > self._dropped and (ending or not self._told):
            lost, self._dropped = dropped - self._dropped, dropped
            self._warn(
                f"MQTT: {lost} frames are not published: more waited than --mqtt-backlog allows, "
                "the oldest were left out"
            )

    def _warn(self, text):
        self._bus.event("warning", {"text": text})
