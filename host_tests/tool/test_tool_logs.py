"""`uwish logs` on a virtual board."""

import json
import signal
import subprocess
import sys
import threading

import pytest
from command_line import ENVIRONMENT
from tool_on_board import Tool, write_on_board

PROGRAM = """
import time
n = 0
while True:
    print("line", n, "Gr\\u00fc\\u00dfe \\x1b[31m")
    n += 1
    time.sleep_ms(5)
"""


def test_lines_come_as_they_are_printed_and_harmless(blank):
    write_on_board(blank, "/main.py", PROGRAM)
    said = Tool(blank).ok("logs", "--restart", "--lines", 40).splitlines()
    assert len(said) == 40
    numbers = [int(line.split()[1]) for line in said if line.startswith("line ")]
    # From the first on: the port stays open over the restart.
    assert len(numbers) > 30 and numbers == list(range(len(numbers)))
    assert said[-1].endswith("Grüße \\x1b[31m")


def test_it_does_not_disturb_the_device(blank):
    write_on_board(blank, "/main.py", PROGRAM)
    blank.control("reset")
    blank.wait_output("line 3")
    boots = [event for event in blank.events if event[0] == "boot"]
    tool = Tool(blank)
    tool.ok("logs", "--lines", 3)
    lines = tool.ok("logs", "--lines", 3, "--json").splitlines()
    assert len(lines) == 3 and all("line" in json.loads(line) for line in lines)
    assert boots == [event for event in blank.events if event[0] == "boot"]


def test_it_goes_on_until_interrupted_and_over_a_restart(blank):
    write_on_board(blank, "/main.py", PROGRAM)
    blank.control("reset")
    command = [sys.executable, "-m", "uwish_host", "logs", "--port", blank.port]
    running = subprocess.Popen(
        command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    overdue = threading.Timer(30, running.kill)
    overdue.start()
    assert "line" in running.stdout.readline()
    blank.control("reset")
    while not running.stdout.readline().startswith("line 0 "):
        pass
    running.send_signal(signal.SIGINT)
    out, err = running.communicate()
    overdue.cancel()
    assert running.returncode == 0, err
    assert "listening at" in err and "Traceback" not in err


def test_a_port_that_somebody_has_open(blank):
    tool = Tool(blank)
    import serial

    with serial.Serial(blank.port, exclusive=True):
        assert "another program has it open" in tool.refused("logs", "--lines", 1)
        assert "another program has it open" in tool.refused("pins")


@pytest.mark.parametrize("lines", [0, -1])
def test_no_lines_are_no_number_of_lines(blank, lines):
    assert Tool(blank).run("logs", "--lines", lines).exit_code == 2


def test_a_port_without_a_board():
    class Gone:
        port = "/dev/ttyNONE"

    assert "there is no port" in Tool(Gone).refused("logs")
