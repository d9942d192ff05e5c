"""Several gateways of one identity, a broker, and devices; all of them end with the test."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
# A broker and who listens there lies with the tests of MQTT; running `uwish` with the command's.
sys.path[:0] = [str(HERE), str(HERE.parent / "mqtt"), str(HERE.parent / "cli")]

from balancer import Haproxy  # noqa: E402
from mqtt_broker import Ear, Mosquitto  # noqa: E402
from numbered_devices import Crowd  # noqa: E402
from several_gateways import Site  # noqa: E402


@pytest.fixture
def broker(tmp_path):
    made = Mosquitto(tmp_path / "broker")
    yield made
    made.kill()


@pytest.fixture
def ear(broker):
    """Hears everything."""
    made = Ear(broker.port, "#")
    yield made
    made.close()


@pytest.fixture
def site(tmp_path, broker):
    made = Site(tmp_path / "site", "--mqtt", broker.url)
    yield made
    made.close()


@pytest.fixture
def crowd(site, tmp_path):
    made = Crowd(site, tmp_path)
    yield made
    made.close()


@pytest.fixture
def balance(tmp_path):
    """A HAProxy in front of these addresses."""
    made = []

    def balance(*addresses):
        made.append(Haproxy(tmp_path / f"haproxy{len(made)}", addresses))
        return made[-1]

    yield balance
    for haproxy in made:
        haproxy.close()
