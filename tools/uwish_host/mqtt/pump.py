"""What goes out on one connection: first what has changed about devices, then frames, in order.

Messages have QoS 1, as many at once as the window allows; the next one goes as soon as one was
acknowledged, because a wait for all of them would cost a round trip each time, and 40 ms where
Nagle's algorithm meets delayed acknowledgements. A frame is done with when the broker has
acknowledged all of its messages, and all frames before it are. What is not when a connection ends
is published again on the next: at least once.
"""

import asyncio
import contextlib
import math
import time
from collections import deque
from itertools import islice

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

_FRAMES = 100  # taken from the backlog at once
_NEWS = 200  # messages about devices that are made at once
_CONFIGS = 25  # for Home Assistant, among so many frames: there may be thousands, and no hurry
_STALLED_S = 60.0  # a broker that acknowledges nothing for so long is left
_LATER_S = 0.1  # for storage to write what we have to read
_LAST_WORDS_S = 3.0  # for what waits when the gateway stops


class _Flight:
    """Messages on their way, `left` of them, of `frame`: (number, Frame), or None."""

    __slots__ = ("frame", "left")

    def __init__(self, frame, left):
        self.frame = frame
        self.left = left


class Pump:
    """`client` (aiomqtt.Client) gets what `roster`, `messages` and `backlog` have, at most `window`
    messages at a time. `changed` (asyncio.Event) is set when there is more, `stop` at the end.
    `known(uid)` says whether it is a contact."""

    def __init__(self, client, window, roster, messages, backlog, changed, stop, known):
        self._client = client
        self._window = window
        self._roster = roster
        self._messages = messages
        self._backlog = backlog
        self._changed = changed
        self._stop = stop
        self._known = known
        self._configs = messages.configs()  # what Home Assistant has to be told again
        self._news = deque()
        self._frames = deque()
        self._flights = deque()  # in the order they started
        self._tasks = set()  # one for each message
        self._error = None
        self._heard = time.monotonic()
        backlog.rewind()

    def announce(self):
        """Home Assistant has started: it may want to hear all of it again."""
        self._configs = self._messages.configs()
        self._changed.set()

    async def run(self):
        """Until the gateway stops, and what waits then is out, or has had its time."""
        try:
            while not self._stop.is_set():
                await self._turn()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LAST_WORDS_S):
                    while self._flights or await self._more():
                        await self._turn()
            for message in self._roster.gateway(online=False):
                await publish(self._client, message)
        finally:
            for task in self._tasks:
                task.cancel()

    async def _turn(self):
        """Start what there is and what the window allows, then wait for something to happen."""
        self._changed.clear()
        while len(self._tasks) < self._window and await self._more():
            self._start()
        if self._error is not None:
            raise self._error
        timeout_s = None
        if self._tasks:
            timeout_s = self._heard + _STALLED_S - time.monotonic()
            if timeout_s <= 0:
                raise aiomqtt.MqttError("it acknowledges nothing")
        elif self._backlog.behind:
            timeout_s = _LATER_S
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._changed.wait()

    async def _more(self):
        """True when there is something to start."""
        for filters, end in self._roster.take_searches():
            for filter in filters:
                await self._client.subscribe(filter, qos=1)
            self._news.append(end)
        if not self._news:
            self._news.extend(self._roster.take(_NEWS))
        if not self._news and not self._frames:
            self._news.extend(islice(self._configs, _CONFIGS))
            self._frames.extend(await self._backlog.next(_FRAMES))
        return bool(self._news or self._frames)

    def _start(self):
        frame = None
        messages = []
        if self._news:
            messages.append(self._news.popleft())
        else:
            frame = self._frames.popleft()
            # Nothing of a device that was removed: the broker would keep it for ever.
            if self._known(frame[1].device.ruid):
                messages = self._messages.of(frame[1])
        if not self._tasks:
            self._heard = time.monotonic()
        flight = _Flight(frame, len(messages))
        self._flights.append(flight)
        for message in messages:
            task = asyncio.ensure_future(self._publish(flight, message))
            self._tasks.add(task)
            task.add_done_callback(self._ended)
        if not messages:
            self._land()

    async def _publish(self, flight, message):
        await publish(self._client, message)
        flight.left -= 1
        self._heard = time.monotonic()
        self._land()

    def _land(self):
        """Be done with what has arrived whole."""
        flights = self._flights
        while flights and flights[0].left == 0:
            frame = flights.popleft().frame
            if frame is not None:
                self._backlog.settle(frame[0])

    def _ended(self, task):
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._error = task.exception()
        self._changed.set()


async def publish(client, message, properties=None):
    """Publish a Message with QoS 1, and wait for the broker to have it."""
    await client.publish(
        message.topic,
        message.payload,
        qos=1,
        retain=message.retain,
        properties=properties,
        timeout=math.inf,
    )


def correlation(data):
    """The properties of an answer, with the correlation data (bytes) of its question."""
    properties = Properties(PacketTypes.PUBLISH)
    if data is not None:
        properties.CorrelationData = data
    return properties
