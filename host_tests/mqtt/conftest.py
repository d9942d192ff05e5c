"""Brokers, gateways that publish there, and who listens; all of them end with the test."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "gateway")]

from mqtt_broker import Ear, Mosquitto  # noqa: E402
from mqtt_proxy import Wire  # noqa: E402
from mqtt_world import Publisher  # noqa: E402

from uwish_host.mqtt import outage  # noqa: E402


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    """A broker that is away is looked for all the time."""
    monkeypatch.setattr(outage, "_FIRST_S", 0.02)
    monkeypatch.setattr(outage, "_LONGEST_S", 0.1)


@pytest.fixture
def make_broker(tmp_path):
    brokers = []

    def make(*lines, **options):
        brokers.append(Mosquitto(tmp_path / f"broker{len(brokers)}", *lines, **options))
        return brokers[-1]

    yield make
    for broker in brokers:
        broker.kill()


@pytest.fixture
def broker(make_broker):
    return make_broker()


@pytest.fixture
def make_ear():
    ears = []

    def make(*arguments, **options):
        ears.append(Ear(*arguments, **options))
        return ears[-1]

    yield make
    for ear in ears:
        ear.close()


@pytest.fixture
def ear(broker, make_ear):
    """Hears everything."""
    return make_ear(broker.port, "#")


@pytest.fixture
def publisher(broker, tmp_path):
    """A gateway without storage that publishes at the broker."""
    with Publisher(tmp_path / "gateway", broker.url, storage=None) as publisher:
        yield publisher


@pytest.fixture
def wire(broker):
    """Leads to the broker, and can be cut."""
    wire = Wire(broker.port)
    yield wire
    wire.cut()
