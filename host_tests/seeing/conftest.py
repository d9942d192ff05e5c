"""What tests of other folders are made with is at hand here too."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "cli"), str(HERE.parent / "gateway")]

from at_the_gateway import online, reading, say  # noqa: E402
from command_line import GatewayProcess  # noqa: E402
from state_fixtures import device, document, gateway, state  # noqa: E402

__all__ = ("device", "document", "gateway", "state")


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """The state of a gateway with a lamp that has said a trend up to 27 Cel."""
    state = tmp_path_factory.mktemp("watched") / "state"
    with GatewayProcess(state) as running, online(running, state) as device:
        for value in range(8):
            say(device, reading(20 + value))
        yield state
