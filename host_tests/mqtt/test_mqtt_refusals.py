"""What a broker does not take, or does not let us hear, is told: MQTT 5 has codes for that."""

import pytest
from mqtt_broker import until
from mqtt_proxy import FAILURE, DeafBroker, OldBroker
from mqtt_world import Publisher, numbers

from uwish_host.mqtt import refusals
from uwish_host.mqtt.refusals import Refusals
from uwish_host.mqtt.topics import Topics
from uwish_host.rate_limit import RateLimit


@pytest.fixture
def make_strict(make_broker, tmp_path):
    """Makes a broker where everybody may write at these topics and nowhere else."""

    def make(*topics):
        rules = tmp_path / "rules"
        rules.write_text("topic read #\n" + "".join(f"topic write {topic}\n" for topic in topics))
        rules.chmod(0o600)
        # Mosquitto 2.0.11 hangs up after a refusal when this is 0, as all its answers then are
        # more than that.
        return make_broker(f"acl_file {rules}", "max_queued_messages 1000000", "log_type all")

    return make


@pytest.fixture
def strict(make_strict):
    """One where no readings may be published."""
    return make_strict("uwish/gateway/#", "uwish/device/+/info", "uwish/device/+/presence")


def refused(publisher):
    return [text for text in publisher.warnings if "refuses" in text]


def test_messages_that_are_refused_are_counted_and_told(strict, tmp_path, monkeypatch):
    monkeypatch.setattr(refusals, "_AT_ONCE", 2)
    with Publisher(tmp_path / "gateway", strict.url, mqtt_discovery="off") as publisher:
        lamp = publisher.device()
        publisher.say(lamp, *numbers(0, 30))
        until(lambda: publisher.sink.refused == 30)
        # They are done with: what follows goes its way.
        until(lambda: len(publisher.sink) == 0)
        first, second = refused(publisher)
        assert f"at uwish/device/{lamp.ruid.hex()}/reading/n: Not authorized" in first
        assert str(strict.port) in first and "lost" in first
        assert publisher.outages == [] and publisher.connected() == 1


def test_what_was_not_told_is_told_later(monkeypatch):
    now, told = [0], []
    monkeypatch.setattr(refusals, "RateLimit", lambda *limit: RateLimit(*limit, lambda: now[0]))
    found = Refusals("broker:1883", Topics("uwish", bytes(32)), told.append)
    for _ in range(30):
        found.message("uwish/device/x/frame", "Quota exceeded")
    assert len(told) == 3
    now[0] = 601
    found.message("uwish/device/x/frame", "Quota exceeded")
    assert len(told) == 4 and "and 27 messages before it" in told[3]
    assert found.count == 31


def test_nothing_is_refused(broker, tmp_path, ear):
    with Publisher(tmp_path / "gateway", broker.url) as publisher:
        lamp = publisher.device()
        publisher.say(lamp, *numbers(0, 30))
        until(lambda: ear.latest("/reading/n") == 29)
        until(lambda: len(publisher.sink) == 0)
        assert publisher.sink.refused == 0 and publisher.warnings == []


def test_an_answer_where_nobody_may_write_is_the_matter_of_who_wanted_it(
    make_strict, tmp_path, make_ear
):
    broker = make_strict("uwish/#")
    ear = make_ear(broker.port, "#")
    with Publisher(tmp_path / "gateway", broker.url, mqtt_discovery="off") as publisher:
        lamp = publisher.device()
        until(publisher.connected)
        uid = lamp.ruid.hex()
        ear.publish(f"uwish/device/{uid}/send", b"x", response="forbidden/answer")
        until(lambda: "Denied PUBLISH" in broker.log())
        publisher.say(lamp, *numbers(0, 1))
        until(lambda: len(publisher.sink) == 0)  # and what was refused before that is known
        assert publisher.sink.refused == 0 and publisher.warnings == []


def test_subscriptions_that_are_refused_are_told(broker, tmp_path, ear):
    deaf = DeafBroker(broker.port)
    try:
        with Publisher(tmp_path / "gateway", deaf.url, mqtt_discovery="off") as publisher:
            until(publisher.connected)
            assert publisher.sink.connected
            told = " ".join(publisher.warnings)
            assert "subscribe to uwish/device/+/send: Not authorized" in told
            assert publisher.sink.unheard > 2
            # It publishes all the same.
            publisher.say(publisher.device(), *numbers(0, 3))
            until(lambda: ear.latest("/reading/n") == 2)
    finally:
        deaf.cut()


def test_subscriptions_that_an_old_broker_refuses_are_told_too(broker, tmp_path, ear):
    deaf = DeafBroker(broker.port, FAILURE)
    old = OldBroker(deaf.port)
    try:
        with Publisher(tmp_path / "gateway", old.url, mqtt_discovery="off") as publisher:
            until(publisher.connected)
            told = [text for text in publisher.warnings if "subscribe to" in text]
            assert any("to uwish/device/+/send: Unspecified error" in text for text in told)
            assert publisher.sink.unheard == len(told) > 2
            publisher.say(publisher.device(), *numbers(0, 3))
            until(lambda: ear.latest("/reading/n") == 2)
    finally:
        old.cut()
        deaf.cut()


def test_an_old_broker_does_not_say_what_it_refuses(strict, tmp_path):
    """MQTT 3.1.1 has no code for it: nothing is told, and nothing waits for ever."""
    old = OldBroker(strict.port)
    try:
        with Publisher(tmp_path / "gateway", old.url, mqtt_discovery="off") as publisher:
            publisher.say(publisher.device(), *numbers(0, 30))
            until(publisher.connected)
            until(lambda: len(publisher.sink) == 0)
            assert publisher.sink.refused == 0
    finally:
        old.cut()
