"""host_tests/loopback.py: commands run where there is nothing but loopback, and say how they
ended."""

import subprocess
import sys
from pathlib import Path

import loopback
import pytest

PROGRAM = Path(loopback.__file__)
WITH_MODULE = f"import sys; sys.path.insert(0, {str(PROGRAM.parent)!r}); import loopback; "


def run(*command):
    return subprocess.run(
        [sys.executable, PROGRAM, *command], capture_output=True, text=True, timeout=60
    )


def test_the_command_has_nothing_but_loopback_and_that_works():
    script = WITH_MODULE + (
        "import socket\n"
        "assert loopback.only_loopback(), loopback.interfaces()\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(server.getsockname()).close()\n"
        "try:\n"
        "    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 9))\n"
        "except OSError as error:\n"
        "    print(error.strerror)\n"
    )
    done = run(sys.executable, "-c", script)
    assert (done.returncode, done.stdout) == (0, "Network is unreachable\n"), done.stderr


def test_broadcasts_arrive_from_an_address_that_is_not_loopback():
    script = WITH_MODULE + (
        "import socket\n"
        "hearing = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "hearing.bind(('', 0))\n"
        "hearing.settimeout(60)\n"
        "calling = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "calling.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)\n"
        "calling.sendto(b'hello', ('255.255.255.255', hearing.getsockname()[1]))\n"
        "data, source = hearing.recvfrom(99)\n"
        "assert source[0] == loopback.ADDRESS, source\n"
        "print(data)\n"
    )
    done = run(sys.executable, "-c", script)
    assert (done.returncode, done.stdout) == (0, "b'hello'\n"), done.stderr


def test_every_command_gets_a_namespace_of_its_own():
    which = "readlink /proc/self/ns/net; "
    # One inside the other: a namespace that has ended gives its number to the next one.
    nested = f'{which} "$0" "$1" readlink /proc/self/ns/net'
    outer, inner = run("sh", "-c", nested, sys.executable, PROGRAM).stdout.split()
    assert outer.startswith("net:[")
    assert outer != inner


def test_the_exit_status_and_the_user_stay_the_same():
    assert run("sh", "-c", "exit 7").returncode == 7
    own = subprocess.run(["id", "-u"], capture_output=True, text=True, timeout=60).stdout
    assert run("id", "-u").stdout == own


def test_a_command_that_cannot_run_is_one_sentence():
    done = run("no-such-command-here")
    assert done.returncode == 127
    assert done.stderr == "loopback.py: no-such-command-here: No such file or directory\n"


def test_without_a_command_it_explains_itself():
    assert run().returncode == 2
    assert "COMMAND" in run("--help").stdout


@pytest.mark.parametrize(
    ("found", "allowed"),
    [
        ({"lo": True}, True),
        ({"lo": False}, False),
        ({"lo": True, "eth0": True}, False),
        ({"lo": True, "eth0": False}, False),  # somebody may set it up later
        ({"lo": True, "sit0": False}, True),
        ({"lo": True, "sit0": True}, False),
        ({}, False),
    ],
)
def test_which_interfaces_are_nothing_but_loopback(monkeypatch, found, allowed):
    monkeypatch.setattr(loopback, "interfaces", lambda: found)
    assert loopback.only_loopback() is allowed


def test_the_refusal_is_one_sentence_that_says_what_to_do(monkeypatch):
    monkeypatch.setattr(loopback, "interfaces", lambda: {"lo": True, "wlan0": True})
    with pytest.raises(RuntimeError) as refusal:
        loopback.require_loopback("wish-core")
    assert str(refusal.value) == (
        "wish-core is not started here, because it could reach a network by wlan0: use "
        "`make test`, or `python host_tests/loopback.py COMMAND`"
    )
