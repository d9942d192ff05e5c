"""State directories and gateways for the tests of operating one."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
# What runs `uwish` as a user does lies with the tests of the gateway's commands; what runs a
# gateway in this process, with the gateway's.
sys.path += [str(HERE), str(HERE.parent / "cli"), str(HERE.parent / "gateway")]

from backup_world import PASSPHRASE  # noqa: E402
from command_line import ok  # noqa: E402
from gateway_world import RunningGateway  # noqa: E402
from state_fixtures import document, state  # noqa: E402
from stranger import Stranger  # noqa: E402

from uwish_host.ops import sealed  # noqa: E402
from uwish_host.ops.friend_requests import FriendRequests  # noqa: E402
from uwish_host.rate_limit import RateLimit  # noqa: E402

__all__ = ("document", "state")


@pytest.fixture
def cheap(monkeypatch):
    """Passphrases cost next to nothing."""
    monkeypatch.setattr(sealed, "_COST", 4)


@pytest.fixture
def full(state, document):
    """A state with a device in it."""
    ok("identity", "create", "--state", state, "--alias", "house")
    ok("device", "add", "--state", state, document("lamp").hex())
    return state


@pytest.fixture
def passphrase(tmp_path):
    path = tmp_path / "passphrase"
    path.touch(0o600)
    path.write_text(PASSPHRASE + "\n")
    return ("--passphrase-file", path)


@pytest.fixture
def file(full, tmp_path, passphrase, cheap):
    """A backup of `full`."""
    path = tmp_path / "backup"
    ok("identity", "backup", "--state", full, path, *passphrase)
    return path


@pytest.fixture
def closed_gateway(tmp_path):
    """A gateway that takes no friend requests."""
    running = RunningGateway(tmp_path / "gateway")
    yield running
    running.close()


@pytest.fixture
def gateway(closed_gateway):
    """A gateway that takes them, as fast as they come."""
    running = closed_gateway
    friends = FriendRequests(running.gateway, running.state, running.bus.event)
    friends._rate = RateLimit(1000, 1000)
    running.gateway.friends = friends
    return running


@pytest.fixture
def make(gateway):
    """Strangers, who go in the end."""
    made = []

    def stranger(*arguments, **options):
        made.append(Stranger(gateway, *arguments, **options))
        return made[-1]

    yield stranger
    for one in made:
        one.close()
