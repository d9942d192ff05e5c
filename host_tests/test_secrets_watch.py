"""The watch over secrets (secrets_watch.py) finds them where they must not be, and only there."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import secrets_watch

from uwish.identity import Identity

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("host_tests", "lib", "tools")
TESTS = """
import base64, logging, pytest, secrets_watch, subprocess, sys
import click, uwish
from click.testing import CliRunner
from uwish.identity import Identity
from uwish_host.sim import VirtualBoard
from uwish_host.state import State

PASSWORD = "correct horse battery"

def seed():
    return Identity.create("lamp").dump()[1:33]

def test_leak_printed():
    print("the key is", seed().hex())

def test_leak_in_base64(capfd):
    with capfd.disabled(): pass
    logging.getLogger("x").warning(base64.b64encode(seed()).decode())

def test_leak_in_a_failure():
    assert seed().hex() == 1

def test_leak_of_a_gateway(tmp_path):
    state = State(tmp_path)
    state.initialise()
    (tmp_path / "gateway.log").write_bytes(b"x" + state.identity().dump())

def test_leak_of_a_program(tmp_path):
    secret = seed().hex()
    subprocess.run([sys.executable, "-c", f"print('{secret}')"], stdout=subprocess.PIPE)

def test_leak_of_a_board(tmp_path):
    with VirtualBoard(tmp_path / "flash", networks={"home": PASSWORD}) as board:
        board.wait_prompt()
        board.type(b"print('correct horse', 'battery')\\r")
        board.wait_output(PASSWORD)

def test_leak_of_a_seed_on_flash(tmp_path):
    with VirtualBoard(tmp_path / "flash") as board:
        board.wait_prompt()
        store = uwish.FileStore(str(tmp_path / "store"))
        app = uwish.App("lamp", ("sensor",), store=store)
        app.identity.create("lamp")
        secrets_watch._known.clear()  # as if it had been made on the board
        dump = store.load("identity")
        (tmp_path / "anything").write_bytes(b"uW\\0\\1" + bytes(8) + dump)

@click.command()
@click.argument("text")
def show(text):
    click.echo(text, err=True)

def test_leak_of_a_command():
    CliRunner().invoke(show, [seed().hex().upper()])

def test_right_nothing_is_shown(tmp_path):
    state = State(tmp_path)
    state.initialise()
    print(state.identity().uid.hex(), seed()[:4].hex())
    with VirtualBoard(tmp_path / "flash", networks={"home": PASSWORD}) as board:
        board.wait_prompt()

def test_right_shown_on_purpose(tmp_path):
    with VirtualBoard(tmp_path / "flash", networks={"home": PASSWORD}) as board:
        board.wait_prompt()
        board.type(b"print('correct horse', 'battery')\\r")
        board.wait_output(PASSWORD)
        secrets_watch.allow(PASSWORD)
"""


@pytest.mark.parametrize("options", [(), ("-n", "1", "-p", "xdist")], ids=["plain", "xdist"])
def test_it_fails_each_test_that_shows_one_and_no_other(options):
    # Not in tmp_path: what leaks there would be found by the watch over this test.
    with tempfile.TemporaryDirectory(prefix="uwish-leaks-") as folder:
        done = run(Path(folder), options)
    secrets_watch.allow(done.stdout)
    ends = {"ERROR": set(), "PASSED": set()}
    for line in done.stdout.splitlines():
        if line.startswith(("ERROR ", "PASSED ")):
            end, test = line.split()[:2]
            ends[end].add(test.rpartition("::")[2])
    tests = re.findall(r"^def (test_\w+)", TESTS, re.MULTILINE)
    assert ends["ERROR"] == {name for name in tests if name.startswith("test_leak")}
    assert {name for name in tests if name.startswith("test_right")} <= ends["PASSED"]


def run(folder, options):
    (folder / "test_leaks.py").write_text(TESTS)
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "secrets_watch", "-p", "no:cacheprovider"),
            *("-c", os.devnull, "--rootdir", folder, "--basetemp", folder / "folders", "-rA"),
            *(*options, folder / "test_leaks.py"),
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in PARTS)},
        capture_output=True,
        text=True,
    )


def test_what_it_says_holds_no_secret(tmp_path):
    identity = Identity.create("lamp")
    seed = identity.dump()[1:33]
    secrets_watch.heard("a log", b"..." + seed.hex().encode())
    (tmp_path / "log").write_bytes(seed)
    said = secrets_watch.leaks([tmp_path])
    assert said == ["an identity's key seed in a log", "an identity's key seed in the file log"]
