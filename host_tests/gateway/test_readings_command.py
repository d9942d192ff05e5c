"""`uwish readings`: what was stored, as a table, CSV and JSON."""

import csv
import io
import json
import time

import cbor2
import pytest
from click.testing import CliRunner
from storage_world import Running, device, frame, presence, senml, store, until

from uwish_host.cli import main
from uwish_host.errors import Failure
from uwish_host.moment import parse_moment, show_moment
from uwish_host.state import State

T = 1_700_000_000.0
LAMP, FRIDGE = device(1, "lamp"), device(2, "fridge")


@pytest.fixture
def state(tmp_path):
    made = State(tmp_path / "state")
    made.initialise()
    store(
        made.readings_path,
        presence(True, T, LAMP),
        frame(senml(21.5, "room/temperature"), T, LAMP),
        frame(senml(True, "room/light", None), T + 10, LAMP),
        frame(b"\xff\x00", T + 20, FRIDGE),
        frame(senml(4, "inside", at=T + 15), T + 30, FRIDGE),
        presence(False, T + 40, LAMP, "lost"),
    )
    return made


def uwish(state, *arguments):
    command = ["readings", "--state", str(state.directory), *map(str, arguments)]
    return CliRunner().invoke(main, command)


def ok(state, *arguments):
    result = uwish(state, *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def as_json(state, *arguments):
    return [json.loads(line) for line in ok(state, *arguments, "--json").splitlines()]


def test_json_has_every_reading_whole(state):
    first, second, third = as_json(state)
    assert first == {
        "time": T,
        "device": "lamp",
        "uid": "01" * 32,
        "name": "room/temperature",
        "value": 21.5,
        "unit": "Cel",
    }
    assert (second["value"], second["unit"]) == (True, None)
    assert (third["device"], third["time"]) == ("fridge", T + 15)


def test_csv_can_be_read_back(state):
    rows = list(csv.DictReader(io.StringIO(ok(state, "--csv"))))
    assert [row["name"] for row in rows] == ["room/temperature", "room/light", "inside"]
    assert rows[0] == {
        "time": str(T),
        "device": "lamp",
        "uid": "01" * 32,
        "name": "room/temperature",
        "value": "21.5",
        "unit": "Cel",
    }


def test_csv_of_nothing_has_its_head(state):
    (head,) = ok(state, "--csv", "--until", "2020-01-01").splitlines()
    assert head == "time,device,name,value,unit,uid"


def test_csv_of_text_with_commas_and_quotes(state):
    text = 'a "b", c\nd'
    store(state.readings_path, frame(cbor2.dumps([{0: "x", 3: text}]), T + 50, LAMP))
    rows = list(csv.DictReader(io.StringIO(ok(state, "--csv", "--last", 1))))
    assert rows[0]["value"] == text


def test_csv_has_no_formulas_and_nothing_for_a_terminal(state):
    texts = ["=1+1", "+1", "-1", "@a", " =1", "a=1", "\x1b[2J", "\t=1", ""]
    store(
        state.readings_path,
        frame(senml(-1, "=n", "=u"), T + 50, device(3, "=alias")),
        frame(cbor2.dumps([{0: "x", 3: text} for text in texts]), T + 51, LAMP),
    )
    first, *rows = csv.DictReader(io.StringIO(ok(state, "--csv", "--last", 1 + len(texts))))
    assert list(first.values())[1:5] == ["'=alias", "'=n", "-1", "'=u"]
    shown = ["'=1+1", "'+1", "'-1", "'@a", "' =1", "a=1", "\\x1b[2J", "\\t=1", ""]
    assert [row["value"] for row in rows] == shown


def test_the_table_has_a_line_for_each(state):
    head, *lines = ok(state).splitlines()
    assert head.split() == ["time", "device", "name", "value", "unit"]
    assert lines[0].split()[-4:] == ["lamp", "room/temperature", "21.5", "Cel"]
    assert lines[0].startswith(show_moment(T))
    assert len(lines) == 3


def test_a_devices_text_cannot_steer_the_terminal(state):
    name = "\x1b[2Jx"
    store(state.readings_path, frame(senml(1, name), T + 50, LAMP))
    assert "\x1b" not in ok(state, "--last", 1)
    assert as_json(state, "--last", 1)[0]["name"] == name


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("--device", "lamp"), ["room/temperature", "room/light"]),
        (("--device", "02" * 3), ["inside"]),
        (("--device", "02" * 32), ["inside"]),
        (("--name", "room/*"), ["room/temperature", "room/light"]),
        (("--name", "inside"), ["inside"]),
        (("--since", T + 5), ["room/light", "inside"]),
        (("--since", T + 15), ["inside"]),
        (("--until", T + 10), ["room/temperature"]),
        (("--since", T + 10, "--until", T + 15), ["room/light"]),
        (("--since", T + 10, "--device", "lamp"), ["room/light"]),
        (("--last", 2), ["room/light", "inside"]),
        (("--last", 1, "--device", "lamp"), ["room/light"]),
        (("--since", "10m"), []),
    ],
)
def test_only_what_was_asked_for(state, arguments, names):
    assert [row["name"] for row in as_json(state, *arguments)] == names


def test_frames_as_they_came(state):
    found = as_json(state, "--frames")
    assert [row["size"] for row in found] == [35, 16, 2, 27]
    assert (found[2]["data"], found[2]["time"], found[2]["device"]) == ("ff00", T + 20, "fridge")
    assert len(as_json(state, "--frames", "--device", "fridge", "--since", T + 25)) == 1


def test_who_came_and_went(state):
    came, went = as_json(state, "--presence")
    assert (came["device"], came["online"], came["reason"]) == ("lamp", True, None)
    assert (went["time"], went["online"], went["reason"]) == (T + 40, False, "lost")
    assert ok(state, "--presence").splitlines()[2].endswith("false   lost")


def test_who_was_ever_here(state):
    fridge, lamp = as_json(state, "--devices")
    assert (fridge["device"], fridge["online"], fridge["since"]) == ("fridge", False, None)
    assert (lamp["uid"], lamp["online"], lamp["since"]) == ("01" * 32, False, T + 40)
    head, *lines = ok(state, "--devices").splitlines()
    assert len(lines) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--device", "nobody"), "nothing was stored of a device 'nobody'"),
        (("--device", "0101"), "nothing was stored"),
        (("--since", "yesterday"), "no time: 'yesterday'"),
    ],
)
def test_what_makes_no_sense_is_said_in_words(state, arguments, words):
    result = uwish(state, *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert words in result.stderr


def test_options_that_do_not_go_together(state):
    assert uwish(state, "--frames", "--name", "x").exit_code == 2
    assert uwish(state, "--devices", "--last", 1).exit_code == 2
    for options in (("--frames", "--presence"), ("--csv", "--json"), ("--presence", "--devices")):
        result = uwish(state, *options)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "not both" in result.stderr


def test_digits_that_mean_two_devices(state):
    other = type(LAMP)(LAMP.key[:60] + bytes(4) + LAMP.key[64:], "sensor", "other")
    store(state.readings_path, frame(b"x", T, other))
    result = uwish(state, "--device", "01" * 5)
    assert result.exit_code == 1
    assert "means 2 devices" in result.stderr


def test_a_state_in_which_nothing_was_stored(tmp_path):
    state = State(tmp_path / "empty")
    state.initialise()
    assert "nothing was stored yet" in uwish(state).stderr


def test_a_database_that_is_damaged_inside(state):
    """Its first page is sound, so that it can be opened."""
    size = state.readings_path.stat().st_size
    with open(state.readings_path, "r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    result = uwish(state)
    assert result.exit_code == 1
    assert f"cannot use {state.readings_path}: " in result.stderr


def test_the_gateway_may_write_meanwhile(state):
    with Running(state.readings_path) as storage:
        storage.frame(frame(senml(5, "new"), time.time(), LAMP))
        until(lambda: storage.written)
        assert [row["name"] for row in as_json(state, "--since", "1h")] == ["new"]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("90s", T - 90),
        ("15m", T - 900),
        ("1.5h", T - 5400),
        ("7d", T - 604800),
        ("2w", T - 1209600),
        ("1700000000.5", 1700000000.5),
        ("2023-11-14T22:13:20+00:00", T),
        ("2023-11-14T22:13:20Z", T),
    ],
)
def test_times_as_people_give_them(text, moment):
    assert parse_moment(text, T) == moment


def test_local_dates_are_local():
    assert show_moment(parse_moment("2026-05-04T12:00", T)) == "2026-05-04 12:00:00.000"
    assert show_moment(parse_moment("2026-05-04", T)) == "2026-05-04 00:00:00.000"


@pytest.mark.parametrize("text", ["30", "-5", "0", "nan", "inf", "1e300"])
def test_a_number_that_somebody_forgot_the_unit_of(text):
    with pytest.raises(Failure, match="seconds since 1970"):
        parse_moment(text, T)


@pytest.mark.parametrize("text", ["", "h", "5x", "tomorrow", "2026-13-01", "-"])
def test_other_times_are_refused(text):
    with pytest.raises(Failure, match="no time"):
        parse_moment(text, T)
