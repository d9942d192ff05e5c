"""`uwish gateway` tells the local network of itself, or is told not to."""

from command_line import GatewayProcess, refused
from loopback import ADDRESS


def test_on_all_addresses_it_announces_itself(state):
    with GatewayProcess(state, "--no-store", listen=":0") as running:
        said = running.wait_for("announcing")
        assert said["addresses"] == [ADDRESS]
        assert said["name"] == f"uwish-{running.listening['uid'][:8]}.local"


def test_on_loopback_it_does_not(state):
    with GatewayProcess(state, "--no-store") as running:
        pass
    assert "announcing" not in [event["event"] for event in running.events]


def test_it_can_be_told_not_to(state):
    with GatewayProcess(state, "--no-store", "--no-announce", listen=":0") as running:
        pass
    assert "announcing" not in [event["event"] for event in running.events]


def test_on_loopback_nobody_could_come(state):
    said = refused("gateway", "--state", state, "--listen", "127.0.0.1:0", "--announce", status=2)
    assert said == (
        "Error: nobody else reaches 127.0.0.1: listen on another address, or --no-announce"
    )
