"""What a command refuses, before it or in the middle: it is told, and the device goes on with its
work."""

import pytest
from command_line import ok
from tool_on_board import Tool, devices, provision

import uwish
from uwish_host.board import enrol
from uwish_host.board.port import Board


def test_safe_mode_ends_the_waiting_at_once(board, gateway):
    provision(board, gateway, "--name", "greenhouse")
    said = Tool(board).refused(
        *("provision", "--gateway", gateway.state, "--address", gateway.listening["address"]),
        *("--reset-settings", "--wait", 600),
    )
    assert "the device does not work: safe mode: wifi: no access point is known yet" in said


def test_a_refused_device_goes_on_with_its_work(board, gateway):
    provision(board, gateway, wait=20)
    mark = len(board.output)
    provision(board, gateway, "--name", "x" * 40, run="refused")
    board.wait_output("uwish info: online:", since=mark)


def test_an_interrupted_command_lets_the_device_go_on(board, gateway, monkeypatch):
    provision(board, gateway, wait=20)
    mark = len(board.output)
    call = enrol.Enrolment.identity

    def interrupted(device):
        # Ctrl-C comes while the board is in the middle of something.
        device._board._transport.exec_raw_no_follow("import time\ntime.sleep(100)")
        raise KeyboardInterrupt

    monkeypatch.setattr(enrol.Enrolment, "identity", interrupted)
    assert (
        Tool(board)
        .run(*("provision", "--gateway", gateway.state, "--address", gateway.listening["address"]))
        .exit_code
    )
    monkeypatch.setattr(enrol.Enrolment, "identity", call)
    board.wait_output("uwish info: online:", since=mark)


def test_a_call_that_is_interrupted_lets_the_device_go_on(board, gateway, monkeypatch):
    provision(board, gateway, wait=20)
    mark = len(board.output)

    def interrupted(self, *_):
        # Ctrl-C comes when its programs are stopped, and before the command has it.
        raise KeyboardInterrupt

    monkeypatch.setattr(Board, "run", interrupted)
    assert Tool(board).run("pins").exit_code == 1
    board.wait_output("uwish info: online:", since=mark)


def test_what_cannot_be_meant(board, gateway):
    result = Tool(board).run("provision", "--gateway", gateway.state, "--password-file", "-")
    assert result.exit_code == 2 and "--password-file belongs to --wifi" in result.stderr
    result = Tool(board).run("provision", "--gateway", gateway.state, "--wait", -1)
    assert result.exit_code == 2


def test_a_name_that_is_taken(board, gateway):
    app = uwish.App("device", protocols=("sensor",))
    app.identity.create("lamp")
    ok("device", "add", "--state", gateway.state, app.identity.export().hex())
    said = provision(board, gateway, "--name", "lamp", run="refused")
    assert "another device is called 'lamp': choose a name with --name" in said


def test_a_board_without_uwish(blank, gateway):
    said = provision(blank, gateway, run="refused")
    assert "no module named 'provision': uwish is not on it, or not all of it: uwish deploy" in said
    assert devices(gateway.state) == []


@pytest.mark.parametrize(
    ("password", "why"), [("short", "8 to 64 characters"), ("x" * 65, "8 to 64 characters")]
)
def test_a_password_that_cannot_be(board, gateway, password, why):
    said = provision(board, gateway, password=password, run="refused")
    assert why in said and password not in said
