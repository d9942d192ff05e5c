"""Running `uwish` as a user does, and looking at all it says."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import secrets_watch
from click.testing import CliRunner

from uwish_host.cli import main

ROOT = Path(__file__).resolve().parents[2]
GIVE_UP_S = 60
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join((str(ROOT / "lib"), str(ROOT / "tools"))),
}


def uwish(*arguments, **options):
    """The result of a command, run in this process."""
    return CliRunner().invoke(main, [str(part) for part in arguments], **options)


def ok(*arguments, **options):
    """What a command writes; it must succeed."""
    result = uwish(*arguments, **options)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def refused(*arguments, status=1, **options):
    """The one sentence with which a command refuses, with this exit status."""
    result = uwish(*arguments, **options)
    assert result.exit_code == status, result.output
    assert result.stdout == ""
    assert isinstance(result.exception, SystemExit)
    lines = [line for line in result.stderr.splitlines() if not line.startswith("made a new")]
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("Error: ")
    return lines[0]


def process(*arguments, module="uwish_host"):
    """A finished command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=GIVE_UP_S,
    )


def start(*arguments):
    """A Popen of a command."""
    return subprocess.Popen(
        [sys.executable, "-m", "uwish_host", *map(str, arguments)],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class GatewayProcess:
    """`uwish gateway --json` as a process; ended with the block by SIGTERM."""

    def __init__(self, state, *arguments, listen="127.0.0.1:0"):
        self.process = start("gateway", "--json", "--state", state, "--listen", listen, *arguments)
        self.events = []

    def __enter__(self):
        self.listening = self.wait_for("listening")
        return self

    def __exit__(self, *_):
        if not self.process.stdout.closed:
            self.stop()

    def wait_for(self, name):
        """The next event of this name."""
        overdue = threading.Timer(GIVE_UP_S, self.process.kill)
        overdue.start()
        try:
            for line in self.process.stdout:
                secrets_watch.heard("what a gateway says", line)
                self.events.append(json.loads(line))
                if self.events[-1]["event"] == name:
                    return self.events[-1]
        finally:
            overdue.cancel()
        raise AssertionError(f"no {name}: {self.events} {self.process.stderr.read()}")

    def stop(self, number=signal.SIGTERM):
        """End it by a signal; (status, the rest of stdout, stderr)."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        # Not communicate(): it would miss what `wait_for` has left in the stream's buffer.
        overdue = threading.Timer(GIVE_UP_S, self.process.kill)
        overdue.start()
        with self.process.stdout as stdout, self.process.stderr as stderr:
            out, err = stdout.read(), stderr.read()
        secrets_watch.heard("what a gateway says", out + err)
        self.process.wait()
        overdue.cancel()
        self.events += map(json.loads, out.splitlines())
        return self.process.returncode, out, err
