"""`uwish watch` as a process, on a terminal, at a gateway that is a process too."""

import contextlib
import json
import os
import signal
import time

import cbor2
from at_the_gateway import online, reading, say
from command_line import GIVE_UP_S, GatewayProcess, ok, refused
from pseudo_terminal import PseudoTerminal, controls

from uwish_host.state import State
from uwish_host.watch import live

EVIL = "\x1b]0;owned\x07\x1b[2J\x1b[31m\u202e"


def test_the_terminal_shows_a_device_and_what_it_says(watched):
    with PseudoTerminal("watch", "--state", watched) as terminal:
        terminal.shows("1 of 1 devices online", "lamp", "greenhouse/t", "27 Cel", "▁▂▃▄▅▆▇█")
        head = " ".join(terminal.screen()[1].split())
        assert head == "DEVICE ONLINE READING VALUE TREND AGE FRAMES/S 507 RECONNECTS"
        terminal.press("q")
        assert terminal.end() == 0
        assert terminal.said.endswith("\x1b[?1049l\x1b[?25h")
        assert terminal.is_as_before()


def test_what_is_new_is_shown(state, device):
    with PseudoTerminal("watch", "--state", state, "--interval", "0.1") as terminal:
        terminal.shows("1 of 1 devices online")
        say(device, reading(31.5))
        terminal.shows("31.5 Cel")


def test_ctrl_c_leaves_the_terminal_as_it_was(watched):
    with PseudoTerminal("watch", "--state", watched) as terminal:
        terminal.shows("lamp")
        assert not terminal.is_as_before()
        terminal.press("\x03")
        assert terminal.end() == 0
        assert terminal.said.endswith("\x1b[?1049l\x1b[?25h")
        assert terminal.is_as_before()


def test_so_does_a_signal(watched):
    with PseudoTerminal("watch", "--state", watched) as terminal:
        terminal.shows("lamp")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.end() == 128 + signal.SIGTERM
        assert terminal.said.endswith("\x1b[?1049l\x1b[?25h")
        assert terminal.is_as_before()


def test_ctrl_z_gives_the_terminal_back_for_a_while(watched):
    with PseudoTerminal("watch", "--state", watched) as terminal:
        terminal.shows("lamp")
        terminal.press("\x1a")
        _, status = os.waitpid(terminal.process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        terminal.pump()
        assert terminal.said.endswith("\x1b[?1049l\x1b[?25h")
        assert terminal.is_as_before()
        terminal.said = ""
        terminal.process.send_signal(signal.SIGCONT)
        terminal.shows("lamp")
        assert terminal.said.startswith("\x1b[?1049h")
        terminal.press("q")
        assert terminal.end() == 0
        assert terminal.is_as_before()


def test_a_terminal_of_another_size(watched):
    with PseudoTerminal("watch", "--state", watched, lines=30) as terminal:
        terminal.shows("lamp", "RECONNECTS")
        terminal.until(lambda screen: len(screen) == 30)
        terminal.resize(48, 6)
        screen = terminal.until(lambda screen: len(screen) == 6 and screen)
        assert all(len(line) <= 48 for line in screen)
        assert screen[1].split() == ["DEVICE", "ONLINE", "VALUE"]
        assert any("27 Cel" in line for line in screen)
        terminal.resize(10, 2)
        terminal.until(lambda screen: len(screen) == 2)
        terminal.resize(120, 30)
        terminal.shows("lamp", "RECONNECTS")


def test_nothing_from_a_device_steers_the_terminal(state, gateway):
    with online(gateway, state, alias=f"lamp{EVIL}") as device:
        say(device, cbor2.dumps([{0: f"t{EVIL}", 1: f"Cel{EVIL}", 2: 21}]))
        say(device, cbor2.dumps([{0: "text", 3: EVIL}]))
        with PseudoTerminal("watch", "--state", state, columns=200) as terminal:
            terminal.shows("lamp\\x1b]0;owned", "t\\x1b]0;owned", "21 Cel\\x1b")
            assert controls(terminal.said) == []
            assert "owned\x07" not in terminal.said
        with PseudoTerminal("watch", "--state", state, "--name", "te*") as terminal:
            terminal.shows("\\x1b[2J")
            assert controls(terminal.said) == []
        once = ok("watch", "--state", state, "--once")
        assert controls(once) == []
        assert "lamp\\x1b" in once
        as_json = ok("watch", "--state", state, "--once", "--json")
        assert as_json.isascii() and controls(as_json) == []
        assert json.loads(as_json)["alias"] == f"lamp{EVIL}"


def test_pages_and_orders(state, gateway, document):
    for number in range(30):
        ok("device", "add", "--state", state, document(f"lamp {number:02}").hex())
    with PseudoTerminal("watch", "--state", state, "--interval", "0.1", lines=13) as terminal:
        terminal.shows("lamp 00", "lamp 09", "1 to 10 of 30, 20 not shown", "n, p: page")
        for keys, first, text in (
            ("n", "lamp 10", "11 to 20 of 30"),
            (" n", "lamp 20", "21 to 30 of 30"),
            ("\x1b[5~", "lamp 10", "11 to 20 of 30"),
            ("g", "lamp 00", "1 to 10 of 30"),
            ("s", "lamp 00", "s: order (online)"),
        ):
            terminal.press(keys)
            terminal.shows(first, text)
        terminal.resize(120, 60)
        terminal.shows("lamp 00", "lamp 29", "all 30 shown")


def test_two_people_watch_a_gateway_that_restarts(state):
    with GatewayProcess(state) as running, online(running, state) as device:
        say(device, reading(21))
        watching = ("watch", "--state", state, "--interval", "0.1")
        with PseudoTerminal(*watching) as one, PseudoTerminal(*watching, "--ascii") as other:
            for terminal in (one, other):
                terminal.shows("1 of 1 devices online", "21 Cel")
            device.app.close()  # or it would be waited for
            status, _, stderr = running.stop()
            assert (status, stderr.splitlines()[1:]) == (0, []), stderr
            for terminal in (one, other):
                # What was known stays to be read.
                terminal.shows("the gateway has stopped: waiting for it", "21 Cel")
            with GatewayProcess(state):
                for terminal in (one, other):
                    terminal.shows("0 of 1 devices online", "never seen")
                    assert not any("21 Cel" in line for line in terminal.screen())
                assert other.said.isascii()


def test_a_gateway_that_does_not_answer(watched, monkeypatch):
    monkeypatch.setattr(live, "_SILENCE_S", -1)
    connection = live._Connection(State(watched), 0.1, None)
    with contextlib.closing(connection):
        deadline = time.monotonic() + GIVE_UP_S
        while not connection.view.totals:
            connection.read()
            assert time.monotonic() < deadline
        assert connection.look()
        assert connection.trouble == "the gateway does not answer"
        assert not connection.look()
        while connection.trouble:
            connection.read()
            assert time.monotonic() < deadline


def test_no_gateway(state):
    ok("identity", "create", "--state", state)
    assert refused("watch", "--state", state) == (
        f"Error: no gateway runs with the state in {state}: start `uwish gateway`"
    )
    assert refused("watch", "--state", state, "--json").startswith("Error: no gateway runs")
    with PseudoTerminal("watch", "--state", state) as terminal:
        assert terminal.end() == 1
        assert "no gateway runs" in terminal.said
        assert "\x1b" not in terminal.said


def test_a_terminal_that_cannot_be_drawn_on(watched):
    with PseudoTerminal("watch", "--state", watched, TERM="dumb") as terminal:
        assert terminal.end() == 1
        assert "--once" in terminal.said
