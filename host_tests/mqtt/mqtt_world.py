"""A gateway that publishes at a broker (mqtt_broker.py), in a thread of the test."""

import asyncio
import contextlib

from gateway_world import RunningGateway
from mqtt_broker import GIVE_UP_S, HOST
from storage_world import senml

from uwish.identity import Identity
from uwish_host.contacts_file import Contact
from uwish_host.mqtt import publishing
from uwish_host.serve import Running
from uwish_host.sink import Device
from uwish_host.storage.part import storing

STORAGE = {
    "no_store": False,
    "keep_days": None,
    "keep_mb": None,
    "raw": "all",
    "flush_ms": 20,
    "max_unwritten": 20_000,
}


class Publisher:
    """A gateway with the parts storage (unless `storage` is None) and MQTT; `running` is its
    RunningGateway. It is entered like a context."""

    def __init__(self, directory, url, storage=STORAGE, **options):
        self.running = RunningGateway(directory, workers=0)
        self._storage = storage
        self._stack = contextlib.AsyncExitStack()
        self._options = {"mqtt": url, "mqtt_discovery": "homeassistant", **options}
        self.clock = 1_700_000_000.0
        self.sink = None

    def __enter__(self):
        try:
            self.sink = self.do(self._enter)
        except BaseException:
            self.running.close()
            raise
        return self

    def __exit__(self, *_):
        self.running.call(self.running.gateway.close)
        try:
            self.do(self._stack.aclose)
        finally:
            self.running.close()

    async def _enter(self):
        running = self.running
        shared = Running(
            asyncio.get_running_loop(),
            running.state,
            running.gateway,
            running.bus,
            (HOST, running.port),
        )
        parts = [] if self._storage is None else storing(**self._storage)
        parts += publishing(self._storage is not None, **self._options)
        try:
            for part in parts:
                entered = await self._stack.enter_async_context(part(shared))
        except BaseException:
            await self._stack.aclose()
            raise
        return entered

    def do(self, function, *arguments):
        """What a coroutine function returns, in the gateway's loop."""
        future = asyncio.run_coroutine_threadsafe(function(*arguments), self.running._loop)
        return future.result(GIVE_UP_S)

    @property
    def warnings(self):
        return [fields["text"] for fields in self.running.named("warning")]

    @property
    def outages(self):
        return [text for text in self.warnings if "no connection" in text]

    @property
    def hid(self):
        return self.running.identity.hid.hex()

    def connected(self):
        """How often a broker was reached."""
        return len(self.running.named("mqtt"))

    def device(self, alias="lamp", name=b"app"):
        """A contact that we say things about: a sink.Device."""
        identity = Identity.create(alias)
        with self.running.state.changing_contacts() as contacts:
            contacts[identity.uid] = Contact(identity.public, alias)
        self.running.call(self.running.gateway.reload_contacts)
        ids = self.running.identity.uid + identity.uid + bytes(32) + name.ljust(32, b"\0")
        return Device(ids, "sensor", alias)

    def remove(self, device):
        """It is a contact no more."""
        with self.running.state.changing_contacts() as contacts:
            del contacts[device.ruid]
        self.running.call(self.running.gateway.reload_contacts)

    def say(self, device, *frames):
        """These frames (bytes) come from a device, one after the other."""

        def say():
            for data in frames:
                self.clock += 1
                self.running.bus.frame(device, data, self.clock)

        self.running.call(say)

    def presence(self, device, online, reason=None):
        self.running.call(self.running.bus.presence, device, online, reason)


def numbers(first, last, name="n"):
    """Frames with one reading each: first, ..., last - 1."""
    return [senml(number, name) for number in range(first, last)]
