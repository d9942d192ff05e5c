"""One connection to the broker after the other, for as long as the gateway runs.

MQTT 5 is tried first. A broker that refuses it, or does not even answer, is asked in MQTT 3.1.1
next, and in turns from then on until one of them works.
"""

import asyncio
import contextlib
import logging
import socket
import time

import aiomqtt
from aiomqtt.exceptions import MqttConnectError

from .causes import in_words
from .client import Client

_KEEPALIVE_S = 20  # a broker that says nothing for twice that is gone
_ANSWER_S = 8  # a broker has to answer within
_CLOSING_S = 1.0
_UNSUPPORTED_VERSION = 132  # MQTT 5.0, 3.2.2.2; paho says the same of 3.1.1's answer 1
_INCOMING = 50_000  # messages that wait for us

# What paho and aiomqtt log says nothing that we do not tell, and may name topics and users.
_LOGGER = logging.getLogger("uwish.mqtt")
_LOGGER.propagate = False
_LOGGER.addHandler(logging.NullHandler())
_LOGGER.setLevel(logging.CRITICAL + 1)


class Line:
    """Keeps a connection to `access` (Access). `converse(client, version5)` is what happens on it:
    it returns when the gateway stops."""

    def __init__(self, access, outage, converse, stop):
        self._access = access
        self._outage = outage
        self._converse = converse
        self._stop = stop  # asyncio.Event
        self._version = aiomqtt.ProtocolVersion.V5
        self._settled = False  # this version has worked

    async def run(self):
        """Until the gateway stops."""
        while not self._stop.is_set():
            began = time.monotonic()
            why, refused = None, False
            try:
                await self._connection()
            except* Exception as errors:
                # Whatever it is: devices and storage go on, and it may be better the next time.
                why = in_words(errors)
                refused = errors.subgroup(MqttConnectError) is not None
            if why is not None:
                wait_s = self._outage.failed(why, time.monotonic() - began, refused)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), wait_s)

    async def _connection(self):
        client = self._access.client(self._version)
        try:
            await _enter(client)
        except aiomqtt.MqttError as error:
            await _close(client)  # it may have a socket still
            if not self._settled and _other_version_may_work(error):
                self._change_version()
            raise
        try:
            self._settled = True
            await self._converse(client, self._version == aiomqtt.ProtocolVersion.V5)
        finally:
            await _close(client)

    def _change_version(self):
        versions = aiomqtt.ProtocolVersion
        is_5 = self._version == versions.V5
        self._version = versions.V311 if is_5 else versions.V5


async def _enter(client):
    entering = asyncio.ensure_future(client.__aenter__())
    try:
        await asyncio.shield(entering)
    except asyncio.CancelledError:
        # In the middle of this nobody can stop aiomqtt, but soon it stops by itself.
        with contextlib.suppress(aiomqtt.MqttError):
            await entering
        await _close(client)
        raise
    finally:
        # Its exception has a traceback, which has a socket, and this frame, which would have it.
        entering = None


async def _close(client):
    with contextlib.suppress(aiomqtt.MqttError, TimeoutError):
        async with asyncio.timeout(_CLOSING_S):
            await client.__aexit__(None, None, None)


class Access:
    """Where and how: `address` (address.BrokerAddress), `user` and `password` or None, `tls`
    (ssl.SSLContext) or None; `identifier` is ours for the broker, `will` (messages.Message) what it
    says when we are gone, `window` how many messages may be unacknowledged, `refusals`
    (refusals.Refusals) hears what it does not want."""

    def __init__(self, address, user, password, tls, identifier, will, window, refusals):
        self._address = address
        self._user = user
        self._password = password
        self._tls = tls
        self._identifier = identifier
        self._will = will
        self._window = window
        self._refusals = refusals

    def client(self, version):
        """A new Client."""
        is_5 = version == aiomqtt.ProtocolVersion.V5
        client = Client(
            self._address.host,
            self._address.port,
            refused=self._refusals.message,
            unheard=self._refusals.subscription,
            protocol=version,
            identifier=self._identifier,
            username=self._user,
            password=self._password,
            tls_context=self._tls,
            will=aiomqtt.Will(self._will.topic, self._will.payload, 1, self._will.retain),
            # Orders that were given while we were away are not obeyed later.
            clean_session=None if is_5 else True,
            keepalive=_KEEPALIVE_S,
            timeout=_ANSWER_S,
            max_inflight_messages=self._window,
            max_concurrent_outgoing_calls=self._window,
            max_queued_incoming_messages=_INCOMING,
            # A small message does not wait until the one before it was acknowledged.
            socket_options=((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),),
            logger=_LOGGER,
        )
        client.pending_calls_threshold = self._window
        return client


def _other_version_may_work(error):
    code = getattr(getattr(error, "rc", None), "value", None)
    return code == _UNSUPPORTED_VERSION or (type(error) is aiomqtt.MqttError)
