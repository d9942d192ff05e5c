"""Frames to devices, from whoever may publish at the broker, and what becomes of each.

    .../send    the payload is the frame
    .../set     JSON is (senml_json.py): {"interval": 2}

The answer is JSON: status, text, to ("send" or "set"), size (bytes of the frame). Its status is
that of `send`, 200, 404, 413 or 507, and 400 for what is no frame to be sent. It goes to the
device's `result` topic, and with MQTT 5 also to the response topic that was given, with its
correlation data.
"""

import json

from uwish.status import FULL, NOT_FOUND, OK, TOO_LARGE

from ..errors import Failure
from ..rate_limit import RateLimit
from ..route import find_peer
from .messages import Message
from .senml_json import encode

REFUSED = 400
_MEANING = {
    OK: "accepted, on its way",
    NOT_FOUND: "not online",
    TOO_LARGE: "too large, it can never fit",
    FULL: "no room now: try again",
}
_RETAINED = (
    "a retained message is not obeyed, because the broker would repeat it for ever: publish it "
    "without retain, and clear the one that is there"
)


class Answer:
    """What became of an order: `messages` (Message), and `correlation` (bytes or None), which the
    last of them has to carry when `responded`."""

    def __init__(self, messages, correlation=None, responded=False):
        self.messages = messages
        self.correlation = correlation
        self.responded = responded


class Orders:
    """Hands over what it is given to `gateway` (gateway.Gateway)."""

    def __init__(self, topics, gateway, is_ours, warn):
        self._topics = topics
        self._gateway = gateway
        self._is_ours = is_ours
        self._warn = warn
        self._limit = RateLimit(burst=3, per_s=0.05)

    def obey(self, uid, kind, message):
        """Do what `message` (aiomqtt.Message) wants of the device with this uid (hex): an Answer,
        or None when it is not ours to answer."""
        payload = bytes(message.payload or b"")
        if message.retain and not payload:
            return None  # one that was there has been cleared
        if not self._is_ours(bytes.fromhex(uid)):
            return None
        status, text, size = self._obey(uid, kind, payload, message.retain)
        fields = {"status": status, "text": text, "to": kind, "size": size}
        answer = json.dumps(fields)
        messages = [Message(self._topics.result(uid), answer, retain=False)]
        where = getattr(message.properties, "ResponseTopic", None)
        if where is None or not self._topics.may_answer_at(where):
            return Answer(messages)
        messages.append(Message(where, answer, retain=False))
        return Answer(messages, getattr(message.properties, "CorrelationData", None), True)

    def _obey(self, uid, kind, payload, retained):
        """(status, text, size of the frame)."""
        if bytes.fromhex(uid) not in self._gateway.contacts:
            return NOT_FOUND, "no device has this uid", len(payload)
        online = self._gateway.online()
        try:
            link, peer, text = find_peer(online, self._gateway.contacts, uid)
        except Failure as failure:
            return REFUSED, str(failure), len(payload)
        if retained:
            if self._limit.passes():
                self._warn(f"MQTT: .../device/{uid[:6]}…/{kind}: {_RETAINED}")
            return REFUSED, _RETAINED, len(payload)
        if not payload:
            return REFUSED, "an empty message is no frame", 0
        if kind == "set":
            try:
                payload = encode(payload)
            except ValueError as error:
                return REFUSED, str(error), len(payload)
        if peer is None:
            return NOT_FOUND, text, len(payload)
        status = self._gateway.send(link, peer, payload)
        return status, _MEANING[status], len(payload)
