"""What signals do to a running gateway."""

import os
import signal
import subprocess
import sys
import threading

import pytest
from command_line import ENVIRONMENT, GIVE_UP_S

# The gateway, made to hang in the middle of its end.
HANGING = """
import asyncio, sys
from uwish_host import serve
from uwish_host.cli import main

async def hang(gateway):
    print("hanging", file=sys.stderr, flush=True)
    await asyncio.Event().wait()

serve.leave = hang
main()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once(state, number):
    with subprocess.Popen(
        [
            *(sys.executable, "-c", HANGING, "gateway", "--state", str(state)),
            *("--listen", "127.0.0.1:0", "--json", "--workers", "1"),
        ],
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        overdue = threading.Timer(GIVE_UP_S, running.kill)
        overdue.start()
        running.stdout.readline()
        running.send_signal(signal.SIGTERM)
        while "hanging" not in running.stderr.readline():
            assert running.poll() is None
        running.send_signal(number)
        assert running.wait(GIVE_UP_S) == -number
        overdue.cancel()
        assert running.stderr.read() == ""


def start_json(state, stdin, **options):
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "uwish_host", "gateway", "--state", str(state)),
            *("--listen", "127.0.0.1:0", "--json", "--workers", "0"),
        ],
        env=ENVIRONMENT,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def test_sighup_reads_the_contacts_again(full):
    with start_json(full, subprocess.DEVNULL) as running:
        overdue = threading.Timer(GIVE_UP_S, running.kill)
        overdue.start()
        assert '"contacts": 1' in running.stdout.readline()
        (full / "contacts.json").write_text('{"format": "uwish contacts 1", "contacts": []}')
        running.send_signal(signal.SIGHUP)
        assert '"count": 0' in running.stdout.readline()
        # Damaged: said, and the contacts stay.
        (full / "contacts.json").write_text("{")
        running.send_signal(signal.SIGHUP)
        assert "contacts stay" in running.stdout.readline()
        running.terminate()
        assert running.wait(GIVE_UP_S) == 0
        overdue.cancel()


def test_a_terminal_that_goes_away_ends_it(full):
    ours, its = os.openpty()
    with start_json(full, its) as running:
        os.close(its)
        overdue = threading.Timer(GIVE_UP_S, running.kill)
        overdue.start()
        running.stdout.readline()
        running.send_signal(signal.SIGHUP)
        assert running.wait(GIVE_UP_S) == 0
        overdue.cancel()
    os.close(ours)
