"""What a gateway tells the service manager that has started it (sd_notify(3))."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading

import pytest
from command_line import ENVIRONMENT, GIVE_UP_S

from uwish_host.ops.notify import Notifier


class Manager:
    """What systemd is to a service: a socket that hears `told`, lists of lines."""

    def __init__(self, address):
        self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._sock.bind(address)
        self._sock.settimeout(GIVE_UP_S)

    def hear(self):
        """The next datagram's lines."""
        return self._sock.recv(4096).decode().split("\n")

    def hear_until(self, line):
        """All lines up to the datagram with this one."""
        heard = []
        while line not in heard:
            heard += self.hear()
        return heard

    def close(self):
        self._sock.close()


@pytest.fixture
def manager(tmp_path):
    made = Manager(str(tmp_path / "notify"))
    yield made
    made.close()


@contextlib.contextmanager
def service(state, **variables):
    """`uwish gateway` as systemd starts it."""
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "uwish_host", "gateway", "--state", str(state)),
            *("--listen", "127.0.0.1:0", "--json", "--workers", "1"),
        ],
        env={**ENVIRONMENT, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    ) as running:
        overdue = threading.Timer(GIVE_UP_S, running.kill)
        overdue.start()
        try:
            yield running
        finally:
            overdue.cancel()
            running.kill()


def test_ready_when_it_listens_and_stopping_when_it_ends(state, tmp_path, manager):
    with service(state, NOTIFY_SOCKET=str(tmp_path / "notify")) as running:
        assert "READY=1" in manager.hear()
        # Said already, so a device finds somebody there.
        assert b'"listening"' in running.stdout.readline()
        running.terminate()
        heard = manager.hear_until("STOPPING=1")
        assert "WATCHDOG=1" not in heard
        assert running.wait(GIVE_UP_S) == 0


def test_an_abstract_socket(state):
    name = f"uwish-test-{os.getpid()}"
    listening = Manager("\0" + name)
    try:
        with service(state, NOTIFY_SOCKET="@" + name) as running:
            assert "READY=1" in listening.hear()
            running.send_signal(signal.SIGTERM)
            listening.hear_until("STOPPING=1")
    finally:
        listening.close()


def test_the_watchdog_is_fed_while_the_loop_turns(state, tmp_path, manager):
    with service(state, NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="20000"):
        manager.hear_until("WATCHDOG=1")
        heard = manager.hear_until("WATCHDOG=1")
        assert "STATUS=0 online" in heard


def test_the_watchdog_of_somebody_else_is_not_ours(tmp_path, manager):
    environment = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "1000000"}
    cases = {
        None: 1.0,
        str(os.getpid()): 1.0,
        "1": None,
        "x": None,
    }
    for pid, expected in cases.items():
        notifier = Notifier({**environment, **({"WATCHDOG_PID": pid} if pid else {})})
        assert notifier.watchdog_s == expected, pid
        notifier.close()
    assert Notifier({"WATCHDOG_USEC": "1000000"}).watchdog_s is None


def test_nobody_listens_and_nothing_happens(tmp_path):
    for environment in (
        {},
        {"NOTIFY_SOCKET": ""},
        {"NOTIFY_SOCKET": "relative"},
        {"NOTIFY_SOCKET": str(tmp_path / "missing")},
        {"NOTIFY_SOCKET": "@" + "x" * 200},
    ):
        notifier = Notifier(environment)
        notifier.tell(READY=1)
        notifier.close()
        notifier.tell(READY=1)


def test_several_values_are_one_datagram(tmp_path, manager):
    notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify")})
    notifier.tell(READY=1, STATUS="fine")
    notifier.close()
    assert manager.hear() == ["READY=1", "STATUS=fine"]
