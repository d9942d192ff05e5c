"""The board commands on a virtual board."""

import ast
import json
import subprocess
import sys

import secrets_watch
from command_line import ok, uwish

from uwish_host.board.compile import Format
from uwish_host.board.layout import Layout
from uwish_host.commands import deploy as command

PASSWORD = "correct horse battery"
NETWORKS = {"home": PASSWORD}


class Tool:
    """`uwish COMMAND --port` of one board; it waits for the board's prompt or program first."""

    def __init__(self, board):
        self.board = board

    def ok(self, command, *arguments, **options):
        """What it writes; it must succeed."""
        return ok(command, "--port", self.board.port, *arguments, **options)

    def json(self, command, *arguments, **options):
        """The object that it writes with --json."""
        return json.loads(self.ok(command, "--json", *arguments, **options))

    def refused(self, command, *arguments, **options):
        """The sentence with which it refuses; what it had written before is no matter."""
        result = uwish(command, "--port", self.board.port, *arguments, **options)
        assert result.exit_code == 1, result.output
        assert isinstance(result.exception, SystemExit), result.exception
        lines = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
        assert len(lines) == 1, result.stderr
        return lines[0]

    def run(self, *arguments, **options):
        """The click Result."""
        return uwish(*arguments[:1], "--port", self.board.port, *arguments[1:], **options)


def provision(board, gateway, *arguments, password=PASSWORD, wait=0, run="ok"):
    """What `uwish provision` says."""
    tool = Tool(board)
    return getattr(tool, run)(
        "provision",
        *("--gateway", gateway.state, "--address", gateway.listening["address"]),
        *("--wifi", "home", "--password-file", "-", "--wait", wait, *arguments),
        input=password + "\n",
    )


def devices(state):
    """Those that the gateway of this state lets in."""
    return json.loads(ok("device", "list", "--state", state, "--json"))


def on_board(board, code, shows_secret=False):
    """What mpremote prints after running `code`, with what is on the board. `shows_secret`: that
    is what it is for."""
    done = subprocess.run(
        [sys.executable, "-m", "mpremote", "connect", board.port, "exec", code],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    if shows_secret:
        secrets_watch.allow(done.stdout)
    return done.stdout


def value_on_board(board, expression, setup="import os", **options):
    """The value of an expression on the board."""
    return ast.literal_eval(on_board(board, f"{setup}\nprint(repr({expression}))", **options))


def write_on_board(board, path, text=""):
    """Make a file on the board."""
    on_board(board, f"with open({path!r}, 'w') as f: f.write({text!r})")


def layout_of(monkeypatch, **files):
    """Let the next deploys be of these small files: {name with __ for / and _py for .py: text}."""
    files = {"/" + n.replace("__", "/").replace("_py", ".py"): t.encode() for n, t in files.items()}
    made = Layout(
        {"/boot.py": b"# boot\n", "/main.py": b"# main\n", **files}, "virtual", Format(6, 3, "x64")
    )
    monkeypatch.setattr(command, "build_layout", lambda *_: made)
    return made
