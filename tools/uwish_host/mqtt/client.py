"""aiomqtt's client, which also hears what a broker refuses.

A broker answers each message of QoS 1 and each subscription by a reason code, which from 0x80 on is
a refusal (MQTT 5.0, 3.4.2.1 and 3.9.3): an access list forbids the topic, a quota is used up.
aiomqtt 2.5 leaves that of a message out. In MQTT 3.1.1 there is none for messages: such a broker
throws away what it does not want, and says nothing.
"""

import contextlib

import aiomqtt


class _Refused(Exception):
    pass


class Client(aiomqtt.Client):
    """An aiomqtt.Client that calls `refused(topic, why)` for each message, and `unheard(filter,
    why)` for each subscription, which the broker refuses; for whoever asked they are done with."""

    def __init__(self, *arguments, refused, unheard, **options):
        super().__init__(*arguments, **options)
        self._refused = refused
        self._unheard = unheard
        self._reasons = {}  # {message id: why it is refused}, until publish() has heard of it

    async def publish(self, topic, *arguments, **options):
        """See aiomqtt.Client."""
        try:
            await super().publish(topic, *arguments, **options)
        except _Refused as refusal:
            self._refused(topic, str(refusal))

    async def subscribe(self, topic, *arguments, **options):
        """See aiomqtt.Client."""
        codes = await super().subscribe(topic, *arguments, **options)
        for code in codes:
            if code.is_failure:
                self._unheard(topic, code.getName())
        return codes

    def _on_publish(self, client, userdata, mid, reason_code, properties):
        if reason_code.is_failure and mid in self._pending_publishes:
            self._reasons[mid] = reason_code.getName()
        super()._on_publish(client, userdata, mid, reason_code, properties)

    @contextlib.contextmanager
    def _pending_call(self, mid, value, pending_dict):
        # The only place where aiomqtt says which message id a call of publish() has got.
        try:
            with super()._pending_call(mid, value, pending_dict):
                yield
        finally:
            why = self._reasons.pop(mid, None)
        if why is not None:
            raise _Refused(why)
