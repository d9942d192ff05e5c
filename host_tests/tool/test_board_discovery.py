"""A virtual board that listens to local discovery: it finds its gateway at an address that nobody
has told it."""

import json

from command_line import GatewayProcess
from tool_on_board import PASSWORD, Tool, on_board, write_on_board


def test_a_gateway_whose_address_has_changed_is_found(board, tmp_path):
    state = tmp_path / "state"
    tool = Tool(board)
    with GatewayProcess(state, "--no-store"):
        tool.ok(
            *("provision", "--gateway", state, "--address", "127.0.0.1:9", "--wait", 0),
            *("--wifi", "home", "--password-file", "-", "--name", "lamp"),
            input=PASSWORD,
        )
    text = on_board(board, "print(open('/config.json').read())", shows_secret=True)
    settings = json.loads(text)
    write_on_board(board, "/config.json", json.dumps({**settings, "discover": True}))
    # Nobody is at the address that the device knows; this one tells the whole network its own.
    with GatewayProcess(state, "--no-store", listen=":0") as moved:
        mark = len(board.output)
        board.control("reset")
        frame = moved.wait_for("frame")
        assert frame["peer"]["alias"] == "lamp"
        assert "online: gateway@" in board.output[mark:]
