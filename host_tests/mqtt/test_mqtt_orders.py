"""Frames to devices by MQTT: what arrives there, and what becomes of it, told to who asked."""

import cbor2
import paho.mqtt.client as paho
import pytest
from gateway_world import Device
from mqtt_broker import until
from mqtt_world import Publisher

from uwish_host.mqtt.senml_json import encode
from uwish_host.remote import MAX_PAYLOAD


@pytest.fixture
def lamp(publisher):
    """A real device that is online at the gateway; it turns when `turn` is called."""
    device = Device("lamp")
    publisher.running.let_in(device)
    device.pin(publisher.running)
    until(publisher.connected)
    until(lambda: turn(device) or (device.online and publisher.running.named("online")))
    yield device
    device.app.close()


def turn(device):
    device.app.poll(2)


def there(device, what):
    return f"uwish/device/{device.app.uid.hex()}/{what}"


def ask(ear, device, what, payload, **options):
    """Publish an order, and wait for its answer."""
    result = there(device, "result")
    before = len(ear.at(result))
    ear.publish(there(device, what), payload, **options)
    until(lambda: len(ear.at(result)) > before, "an answer")
    return ear.json_at(result)[before]


def test_200_the_frame_arrives_as_it_is(ear, lamp):
    answer = ask(ear, lamp, "send", b"\x00\xff+#")
    assert answer == {"status": 200, "text": "accepted, on its way", "to": "send", "size": 4}
    until(lambda: turn(lamp) or lamp.frames)
    assert lamp.frames == [b"\x00\xff+#"]


def test_200_settings_arrive_as_senml(ear, lamp):
    answer = ask(ear, lamp, "set", '{"interval": 2, "led": true, "mode": "eco"}')
    assert answer["status"] == 200 and answer["to"] == "set"
    until(lambda: turn(lamp) or lamp.frames)
    assert cbor2.loads(lamp.frames[0]) == [
        {0: "interval", 2: 2},
        {0: "led", 4: True},
        {0: "mode", 3: "eco"},
    ]


def test_404_when_it_is_not_online(publisher, ear, lamp):
    publisher.running.call(
        lambda: [link.close(1) for link, _ in publisher.running.gateway.online()]
    )
    until(lambda: publisher.running.named("offline"))
    assert ask(ear, lamp, "send", b"x")["status"] == 404


def test_404_for_a_uid_that_nobody_has(publisher, ear):
    until(publisher.connected)
    topic = f"uwish/device/{'0a' * 32}"
    ear.publish(f"{topic}/send", b"x")
    until(lambda: ear.json_at(f"{topic}/result"))
    assert ear.json_at(f"{topic}/result")[0]["status"] == 404


def test_413_when_it_can_never_fit(ear, lamp):
    answer = ask(ear, lamp, "send", bytes(MAX_PAYLOAD + 1))
    assert answer["status"] == 413 and answer["size"] == MAX_PAYLOAD + 1


def test_507_when_the_device_does_not_read(publisher, ear, lamp):
    # It does not turn: after its socket's buffers ours fills.
    statuses = (publisher.running.send(lamp, bytes(4000)) for _ in range(20_000))
    assert 507 in statuses
    assert ask(ear, lamp, "send", bytes(4000))["status"] == 507


def test_a_response_topic_gets_the_answer_with_its_correlation_data(ear, lamp):
    ask(ear, lamp, "send", b"x", response="answers/7", correlation=b"\x07\x00")
    until(lambda: ear.at("answers/7"))
    assert ear.json_at("answers/7") == ear.json_at(there(lamp, "result"))
    (at,) = [i for i, m in enumerate(ear.messages) if m[0] == "answers/7"]
    assert ear.properties[at].CorrelationData == b"\x07\x00"


def test_a_response_topic_that_means_something_is_not_used(ear, lamp):
    orders = there(lamp, "send")
    for response in (orders, "homeassistant/status", "uwish/x"):
        ask(ear, lamp, "send", b"x", response=response)
    assert ask(ear, lamp, "send", b"last")["status"] == 200
    until(lambda: turn(lamp) or lamp.frames[-1:] == [b"last"])
    assert lamp.frames == [b"x"] * 3 + [b"last"]
    assert ear.at("homeassistant/status") == ear.at("uwish/x") == []


def test_orders_in_mqtt_3(broker, ear, lamp, make_ear):
    other = make_ear(broker.port, version=paho.MQTTv311)
    other.publish(there(lamp, "send"), b"old")
    until(lambda: turn(lamp) or lamp.frames == [b"old"])
    until(lambda: ear.json_at(there(lamp, "result")))
    assert ear.json_at(there(lamp, "result"))[0]["status"] == 200


def test_a_retained_order_is_refused_at_once_and_after_a_reconnect(broker, publisher, ear, lamp):
    answer = ask(ear, lamp, "send", b"again and again", retain=True)
    assert answer["status"] == 400 and "retain" in answer["text"]
    until(lambda: [text for text in publisher.warnings if "retained" in text])
    ear.publish(there(lamp, "send"), b"", retain=True)  # it was cleared, which is no order
    assert ask(ear, lamp, "send", b"once")["status"] == 200
    until(lambda: turn(lamp) or lamp.frames)
    assert lamp.frames == [b"once"]
    assert len(ear.at(there(lamp, "result"))) == 2


@pytest.mark.parametrize(
    ("what", "payload", "hint"),
    [
        ("send", b"", "empty"),
        ("set", "interval=2", "not JSON"),
        ("set", b"\xff\xfe\xff", "not JSON"),
        ("set", "5", "not a SenML pack"),
        ("set", "[]", "not a SenML pack"),
        ("set", "[" * 100_000, "not JSON"),
    ],
)
def test_400_for_what_is_no_order(ear, lamp, what, payload, hint):
    answer = ask(ear, lamp, what, payload)
    assert answer["status"] == 400
    assert hint in answer["text"]


def test_two_apps_of_one_device_cannot_be_told_apart(publisher, ear, lamp):
    second = Device("lamp", name="second", store=lamp.app._node.store)
    try:
        second.pin(publisher.running)
        until(lambda: turn(second) or turn(lamp) or len(publisher.running.gateway.online()) == 2)
        answer = ask(ear, lamp, "send", b"x")
        assert answer["status"] == 400 and "2 peers" in answer["text"]
    finally:
        second.app.close()


def test_of_two_gateways_the_one_that_has_the_device_answers(broker, ear, lamp, tmp_path):
    uid = lamp.app.uid
    with Publisher(tmp_path / "other", broker.url, storage=None) as other:
        other.running.let_in(lamp)
        until(lambda: other.sink.is_elsewhere(uid))
        assert ask(ear, lamp, "send", b"x")["status"] == 200
        # Nobody has this one, so one of them says so.
        nobody = f"uwish/device/{'0a' * 32}"
        for _ in range(3):
            ear.publish(f"{nobody}/send", b"x")
        until(lambda: len(ear.json_at(f"{nobody}/result")) >= 3)
        assert ask(ear, lamp, "send", b"x")["status"] == 200
        assert len(ear.json_at(f"{nobody}/result")) == 3
        assert len(ear.json_at(there(lamp, "result"))) == 2


@pytest.mark.parametrize(
    ("text", "pack"),
    [
        ('{"interval": 2.5}', [{0: "interval", 2: 2.5}]),
        ('[{"n": "interval", "u": "s", "v": 2}]', [{0: "interval", 1: "s", 2: 2}]),
        (
            '[{"bn": "lamp:", "bt": 1, "bu": "s", "bv": 1, "bver": 10, "n": "a", "v": -1},'
            ' {"n": "b", "vb": false, "t": 5}, {"n": "c", "vs": "x", "s": 1, "ut": 2}]',
            [
                {-2: "lamp:", -3: 1, -4: "s", -5: 1, -1: 10, 0: "a", 2: -1},
                {0: "b", 4: False, 6: 5},
                {0: "c", 3: "x", 5: 1, 7: 2},
            ],
        ),
    ],
)
def test_senml_of_json(text, pack):
    assert cbor2.loads(encode(text)) == pack


@pytest.mark.parametrize(
    "text",
    [
        '{"a": null}',
        '{"a": [1]}',
        '{"a": 1e999}',
        '{"a": NaN}',
        '{"a": 9223372036854775808}',
        '{"a b": 1}',
        '{"": 1}',
        "[5]",
        '[{"v": 1}]',
        '[{"n": "a", "v": "1"}]',
        '[{"n": "a", "v": true}]',
        '[{"n": "a", "v": 1, "vs": "x"}]',
        '[{"n": "a", "vd": "AA"}]',
        '[{"n": "a", "x_": 1}]',
        '[{"n": 5, "v": 1}]',
    ],
)
def test_what_is_no_senml(text):
    with pytest.raises(ValueError):
        encode(text)
