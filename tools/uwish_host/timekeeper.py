"""The gateway tells devices the time, as a part of it (see serve), with the command's option.

Only to who asks: our firmware says by the boolean record `clock`, in the first frame after it came
online, whether it knows the time (firmware/README.md), and takes the setting `time` (RFC 8428,
5.1.7). It is sent at once to who does not know it; to who does, once a day, because clocks drift.
A desktop peer has no such record and is left alone.
"""

import asyncio
import contextlib
import time

import cbor2
import click

from .sink import Sink

DAILY_S = 86400
_SOON_S = 0.02  # many who come at once are looked for together; less than the clock's own second
_AGAIN_S = 1.0  # who asks faster than that is not answered each time
_LOOK_S = 600  # how often it is looked for those whose day is over
_MOST = 10_000  # devices that are remembered
_MARK = b"clock"
_SUFFIX = ":clock"
# The firmware's own limits (firmware/clock.py): a gateway that says otherwise does not know it.
_EARLIEST, _LATEST = 1735689600, 4102444800
_NAME, _UNIT, _VALUE = 0, 1, 2  # RFC 8428, table 4


def time_option(function):
    """The option `--no-time`, for a click command."""
    return click.option(
        "--no-time", is_flag=True, help="Do not set the clocks of devices that ask for the time."
    )(function)


def timekeeping(no_time):
    """The parts that this option asks for: one, or none."""
    if no_time:
        return []

    @contextlib.asynccontextmanager
    async def part(running):
        keeper = Timekeeper(running)
        running.bus.add(keeper)
        task = running.loop.create_task(keeper.run())
        try:
            yield keeper
        finally:
            running.bus.remove(keeper)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    return [part]


def time_frame(seconds):
    """The setting `time` as a frame: SenML in CBOR."""
    return cbor2.dumps([{_NAME: "time", _UNIT: "s", _VALUE: seconds}])


class Timekeeper(Sink):
    """Sends the time to devices of `running` (serve.Running) that ask for it. `clock()` gives the
    seconds since 1970, `monotonic()` the seconds between two times."""

    name = "timekeeper"

    def __init__(self, running, clock=time.time, monotonic=time.monotonic):
        self._running = running
        self._clock = clock
        self._monotonic = monotonic
        self._given = {}  # device: when it was sent the time; the longest ago first
        self._wanted = set()
        self._timer = None
        self._warned = False

    async def run(self):
        """Once a day for each that stays online; never returns."""
        while True:
            await asyncio.sleep(_LOOK_S)
            self.look()

    def look(self):
        """Send it to those whose day is over."""
        now = self._monotonic()
        for device, given in self._given.items():
            if now - given < DAILY_S:
                break
            self._want(device)

    def frame(self, frame):
        """See Sink."""
        if _MARK not in frame.data:
            return
        for reading in frame.readings:
            if reading.name.endswith(_SUFFIX) and isinstance(reading.value, bool):
                given = self._given.get(frame.device)
                pause = DAILY_S if reading.value else _AGAIN_S
                if given is None or self._monotonic() - given >= pause:
                    self._want(frame.device)

    def _want(self, device):
        self._wanted.add(device)
        if self._timer is None:
            self._timer = self._running.loop.call_later(_SOON_S, self._send)

    def _send(self):
        self._timer = None
        wanted, self._wanted = self._wanted, set()
        if not _EARLIEST <= self._clock() < _LATEST:
            if not self._warned:
                self._warned = True
                self._running.warn("this machine's clock is not set: devices are not told the time")
            return
        keys = {(device.key, device.protocol): device for device in wanted}
        for link, peer in self._running.gateway.online():
            device = keys.get((bytes(peer.key), peer.protocol))
            if device is not None:
                wanted.discard(device)
                # Rounded: half of a second is the most that whole seconds have to be wrong.
                self._running.gateway.send(link, peer, time_frame(round(self._clock())))
                self._note(device)
        for gone in wanted:
            # It says whether it knows the time when it comes again.
            self._given.pop(gone, None)

    def _note(self, device):
        self._given.pop(device, None)
        self._given[device] = self._monotonic()
        if len(self._given) > _MOST:
            del self._given[next(iter(self._given))]
