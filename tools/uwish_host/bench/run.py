"""The measurements, one after the other, on one contender."""

import statistics
import time

from uwish.identity import Identity

from .child import Child, Gone, all_answers
from .frame import SENML
from .usage import Usage, limit, resident_bytes

_WARM_UP_S = 1.0
_DRAIN_S = 30
_QUIET_S = 0.2
_SOON_S = 0.3  # the same where there are many short measurements
_PATIENCE = 3  # steps that bring nothing more
_MORE = 1.02
_SAMPLES = 20_000  # latencies of one measurement, about
_FAST = 40_000  # frames a second that may come when as many come as go
_NONE = 1 << 40


def make_identities(count):
    """For so many devices."""
    return [Identity.create(f"device-{number:05d}") for number in range(count)]


class Bench:
    """`identities` as devices of `contender`, in `processes` processes, sending `kind` (frame.py).
    `tell(text)` hears how far it is. Every measurement gives a dict of numbers; those of `frames`
    and `handshakes` have what Usage.since says besides, and `limit`, that in words."""

    def __init__(self, contender, identities, processes=2, kind=SENML, tell=lambda text: None):
        self.contender = contender
        self.count = len(identities)
        self._tell = tell
        self._fleets = []
        self._before = None
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
        if self._before is None:
            self._before = self.memory_in_all()
        answers = self._all("connect", at_once=-(-at_once // len(self._fleets)))
        time.sleep(_WARM_UP_S)
        took_ms = sorted(ms for answer in answers for ms in answer["handshake_ms"])
        return {
            "connected": sum(answer["connected"] for answer in answers),
            "seconds": max(answer["seconds"] for answer in answers),
            "retries": sum(answer["retries"] for answer in answers),
            "handshake_ms": statistics.median(took_ms) if took_ms else None,
            "handshake_p99_ms": percentile(took_ms, 0.99),
            "bytes": self.memory(),
        }

    def memory(self):
        """What a device costs the contender's processes now, in bytes: private memory that they
        did not hold before the first one came."""
        return (self.memory_in_all() - self._before) / self.count

    def memory_in_all(self):
        """The private memory of all the contender's processes, in bytes."""
        return resident_bytes(*self.contender.pids())

    def idle(self, seconds):
        """Nothing is sent for so long, but pings: `connected` afterwards, `bytes` of each."""
        self._tell(f"silence for {seconds:g} s")
        answers = self._all("idle", seconds=seconds)
        return {"connected": sum(a["connected"] for a in answers), "bytes": self.memory()}

    def handshakes(self, seconds, at_once=32):
        """Handshake after handshake for so long: `per_s`, and `cpu_ms`, what the contender computes
        for one. All devices are offline afterwards."""
        self._tell(f"handshake after handshake for {seconds:g} s")
        self._all("hang_up")
        usage = self._usage()
        each = max(1, at_once // len(self._fleets))
        answers = self._all("cycle", seconds=seconds, at_once=each)
        used = usage.since()
        done = sum(answer["handshakes"] for answer in answers)
        return {
            "per_s": done / max(answer["seconds"] for answer in answers),
            "cpu_ms": 1000 * used["gateway_cpu_s"] / max(done, 1),
            **used,
            "limit": limit(used),
        }

    def frames(self, rate, seconds, ahead=False):
        """Frames for so long, `rate` a second of all devices together (0: as fast as the contender
        takes them), made when they are due or `ahead`: `per_s` at its sink, `written_per_s` where
        it stores, `cpu_us` for a frame, `full` (507s), and unless they were made ahead the latency
        from a device's `send` to the sink in ms (`p50`, `p99`, `p999`, `max`)."""
        self._tell(f"{rate or 'as many as go'} frames/s for {seconds:g} s")
        warm_up = min(_WARM_UP_S, _SOON_S) if ahead else _WARM_UP_S
        span = seconds + 2 * warm_up
        if ahead:
            self._all("make", count=round(rate * span / len(self._fleets)))
        every = _NONE if ahead else max(1, round((rate or _FAST) * seconds / _SAMPLES))
        for fleet in self._fleets:
            fleet.order("play" if ahead else "send", rate=rate / len(self._fleets), seconds=span)
        # Handing over what was kept takes time, in which frames would wait: nothing is kept before.
        self.contender.mark(_NONE)
        time.sleep(warm_up)
        usage = self._usage()
        before = self.contender.mark(every)
        time.sleep(seconds)
        found = self.contender.mark(every)
        used = usage.since()
        took = found["at"] - before["at"]
        answers = all_answers(self._fleets)
        self._drain()
        return {
            "rate": rate,
            "offered_per_s": sum(answer["sent"] / answer["seconds"] for answer in answers),
            "per_s": found["frames"] / took,
            "written_per_s": _written_per_s(found),
            "cpu_us": 1e6 * used["gateway_cpu_s"] / max(found["frames"], 1),
            "full": sum(answer.get("full", 0) for answer in answers),
            **({} if ahead else _latencies(found["latency_ms"])),
            **used,
            "limit": limit(used),
        }

    def ceiling(self, seconds, start=4000, factor=1.25):
        """The most frames a second that arrive, looked for from `start` upwards in steps of
        `factor`, each for so long, until three steps brought nothing more: what `frames` found at
        the best of them, and `end`, why it went no further."""
        best = {"per_s": 0.0}
        rate = start
        in_vain = 0
        while in_vain < _PATIENCE:
            try:
                found = self.frames(round(rate), seconds, ahead=True)
            except Gone as gone:
                return {**best, "end": f"at {rate:,.0f}/s: {gone}"}
            in_vain = 0 if found["per_s"] > _MORE * best["per_s"] else in_vain + 1
            if found["per_s"] > best["per_s"]:
                best = found
            rate *= factor
        return {**best, "end": f"of {best['rate']:,} /s that were sent; {best['limit']}"}

    def restart(self):
        """The contender ends with all devices connected, and is started again: `seconds` from when
        it listens until the last device is back, `retries`."""
        self._tell(f"restart with {self.count} devices connected")
        for fleet in self._fleets:
            fleet.order("survive")
        all_answers(self._fleets)
        ended = time.monotonic()
        began = self.contender.restart()
        answers = all_answers(self._fleets)
        back = max(answer["back_at"] for answer in answers)
        return {
            "connected": sum(answer["connected"] for answer in answers),
            "seconds": back - began,
            "seconds_in_all": back - ended,
            "retries": sum(answer["retries"] for answer in answers),
        }

    def _usage(self):
        return Usage(self.contender.pids(), [fleet.pid for fleet in self._fleets])

    def _drain(self):
        # What is still in the kernel's buffers belongs to this measurement, not to the next.
        end = time.monotonic() + _DRAIN_S
        while time.monotonic() < end:
            time.sleep(_QUIET_S)
            if not self.contender.mark(_NONE)["frames"]:
                return

    def _all(self, op, **fields):
        for fleet in self._fleets:
            fleet.order(op, **fields)
        return all_answers(self._fleets)


def percentile(ordered, part):
    """Of a sorted list; None when it is empty."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else None


def _written_per_s(found):
    if "written" not in found:
        return None
    return found["written"] / found["written_s"] if found["written_s"] else 0.0


def _latencies(ordered):
    parts = {"p50_ms": 0.5, "p99_ms": 0.99, "p999_ms": 0.999, "max_ms": 1}
    return {name: percentile(ordered, part) for name, part in parts.items()}
