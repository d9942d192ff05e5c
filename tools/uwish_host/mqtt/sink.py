"""The sink, and one conversation with the broker."""

import asyncio
import contextlib

import aiomqtt
from paho.mqtt.subscribeoptions import SubscribeOptions

from ..sink import Sink
from .discovery import BIRTH
from .pump import Pump, correlation, publish

_ORDERS = ("send", "set")
_BURY_S = 5.0  # how often it is looked for devices that another gateway has left behind


class MqttSink(Sink):
    """Publishes what happens at `gateway`, and obeys what the broker brings."""

    name = "MQTT"

    def __init__(
        self, gateway, topics, roster, messages, backlog, orders, outage, refusals, window
    ):
        self._gateway = gateway
        self._topics = topics
        self._roster = roster
        self._messages = messages
        self._backlog = backlog
        self._orders = orders
        self._outage = outage
        self._refusals = refusals
        self._window = window
        self.connected = False  # to the broker, which has taken our first words
        self._changed = asyncio.Event()
        self.stop = asyncio.Event()

    def __len__(self):
        return len(self._backlog)

    @property
    def dropped(self):
        """How many frames were left out, because too many waited."""
        return self._backlog.dropped

    @property
    def refused(self):
        """How many messages the broker did not take; in MQTT 3.1.1 it does not say."""
        return self._refusals.count

    @property
    def unheard(self):
        """How many subscriptions it refused, on all connections."""
        return self._refusals.unheard

    def is_elsewhere(self, uid):
        """True when a device (uid in bytes) is online at another gateway of this broker."""
        return self._roster.is_elsewhere(uid)

    def frame(self, frame):
        """See Sink."""
        self._backlog.add(frame)
        self._changed.set()

    def presence(self, presence):
        """See Sink."""
        self._roster.presence(presence)
        self._changed.set()

    def event(self, name, fields):
        """See Sink."""
        if name == "contacts":
            self._roster.contacts_changed()
            self._changed.set()

    def close(self):
        """Say what is left to be said, and end."""
        self.stop.set()
        self._changed.set()

    async def converse(self, client, version_5):
        """All that happens on one connection (see line.Line)."""
        pump = Pump(
            client,
            self._window,
            self._roster,
            self._messages,
            self._backlog,
            self._changed,
            self.stop,
            lambda uid: uid in self._gateway.contacts,
        )
        self._roster.connected()
        try:
            async with asyncio.TaskGroup() as group:
                listening = group.create_task(self._listen(client, pump, group))
                burying = group.create_task(self._bury())
                await self._subscribe(client, version_5)
                for message in self._roster.gateway(online=True):
                    await publish(client, message)
                self.connected = True
                self._outage.over()
                await pump.run()
                listening.cancel()
                burying.cancel()
        finally:
            self.connected = False

    async def _subscribe(self, client, version_5):
        await client.subscribe(self._topics.gateways, qos=1)
        await client.subscribe(self._topics.infos, qos=1)
        for topic in self._topics.orders:
            if version_5:
                # So that an order which the broker keeps is known as such at once.
                options = SubscribeOptions(qos=1, retainAsPublished=True)
                await client.subscribe(topic, options=options)
            else:
                await client.subscribe(topic, qos=1)
        if self._topics.birth is not None:
            await client.subscribe(self._topics.birth, qos=1)

    async def _listen(self, client, pump, group):
        async for message in client.messages:
            topic = message.topic.value
            if topic == self._topics.birth:
                if message.payload == BIRTH.encode() and not message.retain:
                    pump.announce()
                continue
            hid = self._topics.gateway_of(topic)
            if hid is not None:
                self._roster.heard_gateway(hid, message.payload)
                continue
            uid, what = self._topics.device_of(topic)
            if uid is None:
                continue
            if what in _ORDERS:
                answer = self._orders.obey(uid, what, message)
                if answer is not None:
                    group.create_task(_answer(client, answer))
            elif what == "info":
                self._roster.heard(uid, message.payload)
                self._changed.set()
            elif message.payload:
                self._roster.kept(uid, topic)
                self._changed.set()

    async def _bury(self):
        while True:
            await asyncio.sleep(_BURY_S)
            if self._roster.bury():
                self._changed.set()


async def _answer(client, answer):
    for i, message in enumerate(answer.messages):
        properties = None
        if answer.responded and i == len(answer.messages) - 1:
            properties = correlation(answer.correlation)
        # A response topic that the broker does not let us use is the asker's matter.
        with contextlib.suppress(aiomqtt.MqttError, ValueError):
            await publish(client, message, properties)
