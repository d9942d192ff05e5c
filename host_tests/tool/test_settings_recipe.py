"""firmware/README.md on /config.json: its example is a sound one, and its commands put it there."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import secrets_watch
from command_line import ENVIRONMENT
from tool_on_board import PASSWORD, Tool, on_board

PAGE = (Path(__file__).resolve().parents[2] / "firmware" / "README.md").read_text()


def block(kind):
    """The text of the only block of this kind."""
    (text,) = re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return text


def run(line, board, folder):
    """What a line of the page says; it must succeed."""
    words = shlex.split(line.replace("/dev/ttyUSB0", board.port))
    module = {"mpremote": "mpremote", "uwish": "uwish_host"}[words[0]]
    done = subprocess.run(
        [sys.executable, "-m", module, *words[1:]],
        cwd=folder,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_example_gets_onto_a_device_as_the_page_says(board, gateway, tmp_path):
    Tool(board).ok(
        "provision",
        *("--gateway", gateway.state, "--address", gateway.listening["address"], "--wait", 0),
        *("--wifi", "home", "--password-file", "-"),
        input=PASSWORD + "\n",
    )
    board.control("sensor", pin=4, celsius=21.5, humidity=40)
    fetch, *rest = [line[2:] for line in block("console").splitlines()]
    run(fetch, board, tmp_path)
    copy = tmp_path / "config.json"
    secrets_watch.allow(copy.read_text())
    assert json.loads(copy.read_text())["wifi"]["password"] == PASSWORD
    settings = json.loads(block("json"))
    settings["wifi"]["password"] = PASSWORD
    copy.write_text(json.dumps(settings))
    for line in rest:
        said = run(line, board, tmp_path)
    copy.unlink()
    assert "settings  ok     called greenhouse" in said
    assert "sensors   ok     chip, heap, rssi, dht22, digital" in said
    assert "online    ok     gateway@" in said
    assert json.loads(on_board(board, "print(open('/config.json').read())", shows_secret=True)) == (
        settings
    )
