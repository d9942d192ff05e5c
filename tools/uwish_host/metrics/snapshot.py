"""How things stand, copied in the event loop in short turns: a thread makes text of it."""

import asyncio
from collections import Counter

from uwish.phases import PHASES

from .. import __version__
from ..events import REASON_NAMES
from .processes import usage

_AT_ONCE = 64  # devices of one turn
_REASONS = sorted(name for reason, name in REASON_NAMES.items() if reason)


class Snapshot:
    """Plain values under the names that families.py gives them. `devices` is a list of dicts, or
    None when they were not asked for; of their readings there are at most so many in all."""

    def __init__(self):
        self.version = __version__
        self.phases = Counter(dict.fromkeys(PHASES, 0))
        self.devices = None
        self.hidden = 0  # readings beyond the limit


async def take_snapshot(running, counts, devices=True, max_readings=10_000):
    """Of what runs (serve.Running, with a fleet) and of Counts."""
    found = Snapshot()
    _connections(found, running.gateway)
    found.handshakes = (counts.handshake_s.buckets(), counts.handshake_s.sum)
    found.sent = dict(counts.sent)
    found.warnings = counts.warnings
    _powers(found, running.gateway.powers)
    found.congested = running.bus.congested()
    found.queues = {
        sink.name: (len(sink), sink.dropped)
        for sink in running.bus.sinks
        if hasattr(sink, "dropped") and hasattr(sink, "__len__")
    }
    found.broker = _broker(running.bus.sinks)
    found.storage = running.storage and _storage(running.storage)
    found.totals = running.fleet.totals()
    if devices:
        await _devices(found, running.fleet, max_readings)
    return found


def _connections(found, gateway):
    links = gateway.links()
    # All of them from the beginning: who looks for an increase needs a value before it.
    found.closed = {reason: gateway.closed[reason] for reason in _REASONS}
    found.refused = {reason: gateway.refused[reason] for reason in _REASONS}
    sums = Counter(gateway.totals) + Counter(gateway.traffic)
    for name in (*gateway.totals, *gateway.traffic):
        sums[name] += sum(getattr(link.stats, name) for link in links)
    found.sums = sums
    for link in links:
        found.phases[link.phase] += 1


def _powers(found, powers):
    pids = powers.pids()
    found.workers = len(pids)
    found.workers_cpu_s, found.workers_bytes = usage(pids)
    found.powers = powers.computed
    found.powers_waiting = powers.waiting()
    found.powers_stocked = powers.stocked()


def _broker(sinks):
    """(connected, refused messages, refused subscriptions) of the sink that has a broker; None
    without one."""
    for sink in sinks:
        if hasattr(sink, "refused"):
            return sink.connected, sink.refused, sink.unheard
    return None


def _storage(storage):
    return {
        "unwritten": storage.unwritten(),
        "written": storage.written,
        "rows": storage.rows,
        "lost": storage.lost,
        "failures": storage.failures,
        "ignored": storage.ignored,
        "write_s": (storage.write_s.buckets(), storage.write_s.sum),
    }


async def _devices(found, fleet, max_readings):
    found.devices = []
    left = max_readings
    for i, row in enumerate(fleet.rows(), 1):
        numbers = [
            (latest.name, latest.unit or "", float(latest.value))
            for latest in row.readings.values()
            if isinstance(latest.value, (int, float))
        ]
        found.devices.append(
            {
                "labels": (row.uid, row.alias),
                "online": row.online,
                "frames": row.frames,
                "full": row.full,
                "reconnects": row.reconnects,
                "last": row.last,
                "readings": numbers[:left],
            }
        )
        found.hidden += max(0, len(numbers) - left)
        left = max(0, left - len(numbers))
        if i % _AT_ONCE == 0:
            await asyncio.sleep(0)
