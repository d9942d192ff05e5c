"""Colours of the board commands, on terminals of several kinds."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("terminal", "coloured"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_colours_are_for_terminals_that_want_them(terminal, coloured):
    ours, theirs = os.openpty()
    environment = {
        n: text for n, text in os.environ.items() if n not in ("NO_COLOR", "FORCE_COLOR")
    }
    command = [sys.executable, "-m", "uwish_host", "doctor", "--port", "/dev/null"]
    subprocess.run(command, stdout=theirs, env={**environment, **terminal}, timeout=60)
    said = os.read(ours, 4096).decode()
    os.close(ours)
    os.close(theirs)
    assert "FAILED" in said and ("\x1b[" in said) == coloured
