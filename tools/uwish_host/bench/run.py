"""The measurements, one after the other, on one contender."""

import statistics
import time

from uwish.identity import Identity

from .child import Child, Gone, all_answers, cpu_s, resident_bytes
from .frame import SENML

_WARM_UP_S = 1.0
_DRAIN_S = 30
_QUIET_S = 0.2
_WHOLE = 0.98  # of the frames of a measurement; the others are still on their way at its end


def make_identities(count):
    """For so many devices."""
    return [Identity.create(f"device-{number:05d}") for number in range(count)]


class Bench:
    """`identities` as devices of `contender`, in `processes` processes, sending `kind` (frame.py).
    `tell(text)` hears how far it is. Every measurement gives a dict of numbers."""

    def __init__(self, contender, identities, processes=2, kind=SENML, tell=lambda text: None):
        self.contender = contender
        self.count = len(identities)
        self._tell = tell
        self._fleets = []
        self._bare_bytes = 0
        processes = min(processes, self.count)
        try:
            for number in range(processes):
                fleet = Child(module=f"{__package__}.fleet")
                self._fleets.append(fleet)
                first = number * self.count // processes
                last = (number + 1) * self.count // processes
                fleet.ask(
                    "setup",
                    identities=[identity.dump().hex() for identity in identities[first:last]],
                    first=first,
                    uid=contender.uid.hex(),
                    public=contender.public.hex(),
                    host=contender.host,
                    port=contender.port,
                    kind=kind,
                )
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """End the devices."""
        for fleet in self._fleets:
            fleet.close()

    def connect(self, at_once=0):
        """All devices at once, or so many at a time: `seconds` until the last was online,
        `retries`, handshake_ms (median and 99th percentile), and what one costs in memory,
        `bytes`."""
        self._tell(f"{self.count} devices connect, {at_once or 'all'} at once")
        before = resident_bytes(*self.contender.pids())
        answers = self._all("connect", at_once=-(-at_once // len(self._fleets)))
        time.sleep(_WARM_UP_S)
        after = resident_bytes(*self.contender.pids())
        took_ms = sorted(ms for answer in answers for ms in answer["handshake_ms"])
        return {
            "connected": sum(answer["connected"] for answer in answers),
            "seconds": max(answer["seconds"] for answer in answers),
            "retries": sum(answer["retries"] for answer in answers),
            "handshake_ms": statistics.median(took_ms) if took_ms else None,
            "handshake_p99_ms": percentile(took_ms, 0.99),
            "bytes": (after - before) / self.count,
        }

    def handshakes(self, seconds, at_once=32):
        """Handshake after handshake for so long: `per_s`, and `cpu_ms`, what the contender computes
        for one. All devices are offline afterwards."""
        self._tell(f"handshake after handshake for {seconds:g} s")
        self._all("hang_up")
        pids = self.contender.pids()
        before = cpu_s(*pids)
        each = max(1, at_once // len(self._fleets))
        answers = self._all("cycle", seconds=seconds, at_once=each)
        done = sum(answer["handshakes"] for answer in answers)
        return {
            "per_s": done / max(answer["seconds"] for answer in answers),
            "cpu_ms": 1000 * (cpu_s(*pids) - before) / max(done, 1),
        }

    def frames(self, rate, seconds):
        """Frames for so long, `rate` a second of all devices together (0: as fast as the contender
        takes them): `per_s` at its sink, `written_per_s` where it stores, latency from a device's
        `send` to the sink in ms (`p50`, `p99`, `max`), `cpu_us` for a frame, `full` (507s)."""
        self._tell(f"{rate or 'as many as go'} frames/s for {seconds:g} s")
        pids = self.contender.pids()
        for fleet in self._fleets:
            fleet.order("send", rate=rate / len(self._fleets), seconds=seconds + 2 * _WARM_UP_S)
        time.sleep(_WARM_UP_S)
        self.contender.mark()
        began, busy = time.monotonic(), cpu_s(*pids)
        time.sleep(seconds)
        found = self.contender.mark()
        took, busy = time.monotonic() - began, cpu_s(*pids) - busy
        answers = all_answers(self._fleets)
        self._drain()
        latency = found["latency_ms"]
        return {
            "offered_per_s": sum(answer["sent"] / answer["seconds"] for answer in answers),
            "per_s": found["frames"] / took,
            "written_per_s": found["written"] / took if "written" in found else None,
            "p50_ms": percentile(latency, 0.5),
            "p99_ms": percentile(latency, 0.99),
            "max_ms": percentile(latency, 1),
            "cpu_us": 1e6 * busy / max(found["frames"], 1),
            "cpus": busy / took,
            "full": sum(answer["full"] for answer in answers),
        }

    def ceiling(self, seconds, start=4000, factor=1.25):
        """The highest rate that arrives whole, found from `start` upwards in steps of `factor`,
        each for so long: what `frames` found there, and `end`, why it went no further."""
        best = {}
        rate = start
        while True:
            try:
                found = self.frames(round(rate), seconds)
            except Gone as gone:
                return {**best, "end": f"at {rate:,.0f}/s: {gone}"}
            if found["per_s"] < _WHOLE * found["offered_per_s"]:
                said = f"at {found['offered_per_s']:,.0f}/s only {found['per_s']:,.0f} arrived"
                return {**best, "end": said}
            best = found
            if found["offered_per_s"] < _WHOLE * rate:
                return {**best, "end": "the devices cannot send more"}
            rate *= factor

    def restart(self):
        """The contender ends with all devices connected, and is started again: `seconds` from when
        it listens until the last device is back, `retries`."""
        self._tell(f"restart with {self.count} devices connected")
        for fleet in self._fleets:
            fleet.order("survive")
        all_answers(self._fleets)
        began = self.contender.restart()
        answers = all_answers(self._fleets)
        return {
            "connected": sum(answer["connected"] for answer in answers),
            "seconds": max(answer["back_at"] for answer in answers) - began,
            "retries": sum(answer["retries"] for answer in answers),
        }

    def _drain(self):
        # What is still in the kernel's buffers belongs to this measurement, not to the next.
        end = time.monotonic() + _DRAIN_S
        while time.monotonic() < end:
            time.sleep(_QUIET_S)
            if not self.contender.mark()["frames"]:
                return

    def _all(self, op, **fields):
        for fleet in self._fleets:
            fleet.order(op, **fields)
        return all_answers(self._fleets)


def percentile(ordered, part):
    """Of a sorted list; None when it is empty."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else None
