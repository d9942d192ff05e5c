"""`uwish watch --once` and `--json`: for pipes and programs."""

import json
import signal
import subprocess
import sys

import cbor2
from at_the_gateway import online, reading, say
from command_line import ENVIRONMENT, GatewayProcess, ok, process, start


def snapshot(state):
    return [
        json.loads(line)
        for line in ok("watch", "--state", state, "--once", "--json").split("\n")
        if line
    ]


def test_once(watched):
    done = process("watch", "--state", watched, "--once")
    head, line = done.stdout.splitlines()
    assert head.split()[:3] == ["DEVICE", "ONLINE", "READING"]
    assert line.split()[:2] == ["●", "lamp"] and "27 Cel" in line and "▁▂▃▄▅▆▇█" in line
    assert process("watch", "--state", watched).stdout.splitlines()[0].split() == head.split()
    plain = ok("watch", "--state", watched, "--once", "--ascii")
    assert plain.isascii() and plain.splitlines()[1].startswith("+ lamp ")


def test_one_snapshot_as_json(state, device):
    say(device, cbor2.dumps([{0: "t", 1: "Cel", 2: 21}, {0: "on", 4: True}]))
    (row,) = snapshot(state)
    assert row["event"] == "device"
    assert (row["alias"], row["online"], row["reason"]) == ("lamp", True, None)
    assert (row["frames"], row["full"], row["reconnects"], row["names"]) == (1, 0, 0, 2)
    assert row["uid"] == device.app.uid.hex()
    assert row["since"] <= row["last"] <= row["time"] + 0.001
    t, on = row["readings"]
    assert (t["name"], t["unit"], t["value"]) == ("t", "Cel", 21)
    assert t["trend"] == [[t["time"], 21.0]]
    assert (on["name"], on["value"], on["trend"]) == ("on", True, [])
    only = ok("watch", "--state", state, "--once", "--json", "--name", "o*")
    assert [latest["name"] for latest in json.loads(only)["readings"]] == ["on"]


def test_a_line_of_json_for_each_change(state):
    with GatewayProcess(state) as running, online(running, state) as device:
        watching = start("watch", "--state", state, "--json", "--interval", "0.1")
        lines = map(json.loads, watching.stdout)
        assert {**next(lines), "time": 0} == {"event": "gateway", "running": True, "time": 0}
        first = next(lines)
        assert (first["event"], first["alias"], first["frames"]) == ("device", "lamp", 0)
        say(device, reading(21))
        changed = next(lines)
        assert (changed["frames"], changed["readings"][0]["value"]) == (1, 21)
        ok("device", "remove", "--state", state, "lamp")
        while (gone := next(lines))["event"] == "device":
            pass
        assert (gone["event"], gone["uid"]) == ("gone", first["uid"])
        running.stop()
        assert {**next(lines), "time": 0} == {"event": "gateway", "running": False, "time": 0}
    with GatewayProcess(state):
        assert {**next(lines), "time": 0} == {"event": "gateway", "running": True, "time": 0}
    watching.send_signal(signal.SIGINT)
    assert watching.communicate(timeout=30)[1] == ""
    assert watching.returncode == 0


def test_a_reader_that_goes_away_ends_it(state, device):
    watching = subprocess.Popen(
        [sys.executable, "-m", "uwish_host", "watch", "--state", state, "--json"],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    watching.stdout.readline()
    watching.stdout.close()
    for _ in range(300):
        say(device, reading(21))
        if watching.poll() is not None:
            break
        device.app.poll(100)
    assert watching.wait(30) == 1
    with watching.stderr as stderr:
        assert "Traceback" not in stderr.read()
