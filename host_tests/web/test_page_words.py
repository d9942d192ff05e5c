"""Values, times and curves as pages show them; which devices a page shows; its options."""

import math

import pytest
from click.testing import CliRunner
from page_world import NOW, device

from uwish_host.cli import main
from uwish_host.errors import Failure
from uwish_host.fleet import Fleet
from uwish_host.sink import Presence
from uwish_host.web import words
from uwish_host.web.part import parse_page_address, serving_page
from uwish_host.web.selection import PER_PAGE, Selection
from uwish_host.web.words import show_ago, show_duration, show_value, spark


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (21.4375, "Cel", "21.438 °C"),
        (1013.256, "hPa", "1013.26 hPa"),
        (0.00012345678, "m", "0.00012346 m"),
        (123456789, None, "123456789"),
        (10**18, "", "1e+18"),
        (-0.5, "/", "-0.5"),
        (True, "Cel", "true"),
        (False, None, "false"),
        (b"\x01\xff", None, "01ff"),
        ("x" * 100, None, "x" * 79 + "…"),
        ("a\u202eb\n", None, "a\\u202eb\\n"),
        (3, "\x1b[31m", "3 \\x1b[31m"),
        (None, "Cel", "–"),
    ],
)
def test_values(value, unit, text):
    assert show_value(value, unit).replace("\N{NO-BREAK SPACE}", " ") == text


def test_times():
    assert [show_duration(s) for s in (-5, 0.9, 59, 60, 3599, 3600, 86399, 86400, 1e8)] == [
        *("0 s", "0 s", "59 s", "1 min", "59 min", "1 h", "23 h", "1 d", "1157 d")
    ]
    assert [show_ago(NOW - s, NOW) for s in (-9, 4.9, 5, 70)] == [
        *("just now", "just now", "5 s ago", "1 min ago")
    ]
    assert words.iso(NOW) == "2023-11-14T22:13:20Z"
    assert words.iso(1e18) == ""


def test_a_curve_fills_its_box():
    assert spark([(0, 1), (5, 3), (10, 2)]) == "0.0,22.0 50.0,2.0 100.0,12.0"
    assert spark([(0, 7), (10, 7)]) == "0.0,12.0 100.0,12.0"
    assert spark([(3, 1), (3, 2)]) == "0.0,22.0 0.0,2.0"
    assert spark([(0, 1)]) == spark([]) == ""


def test_a_curve_survives_any_number():
    most = 1.7e308
    points = spark([(5, most), (0, -most), (9, 0.0), (7, 5e-324)])
    for pair in points.split():
        x, y = map(float, pair.split(","))
        assert 0 <= x <= 100
        assert 0 <= y <= 24
        assert math.isfinite(x + y)


@pytest.fixture
def fleet():
    made = Fleet(clock=lambda: NOW)
    for n in range(2 * PER_PAGE + 5):
        made.presence(Presence(device(n, f"Lamp {n:03}"), True, NOW))
        if n % 2:
            made.presence(Presence(device(n, f"Lamp {n:03}"), False, NOW, "lost"))
    return made


def test_a_page_shows_a_hundred(fleet):
    page = Selection().of_fleet(fleet)
    assert (len(page.rows), page.found, page.pages) == (PER_PAGE, 2 * PER_PAGE + 5, 3)
    assert page.rows[0].alias == "Lamp 000"
    last = Selection(page=3).of_fleet(fleet)
    assert [row.alias for row in last.rows] == [f"Lamp {n}" for n in range(200, 205)]
    assert Selection(page=99).of_fleet(fleet).page == 3
    assert page.layout != last.layout
    assert page.layout == Selection().of_fleet(fleet).layout


def test_devices_are_found_by_name_uid_and_state(fleet):
    def found(**query):
        page = Selection.of({key: str(value) for key, value in query.items()}).of_fleet(fleet)
        return [row.alias for row in page.rows]

    assert found(q=" LAMP 00 ") == [f"Lamp 00{n}" for n in range(10)]
    assert found(q=device(7).ruid.hex()[:8]) == ["Lamp 007"]
    assert found(q="lamp 00", show="online") == [f"Lamp 00{n}" for n in range(0, 10, 2)]
    assert found(q="lamp 00", show="offline") == [f"Lamp 00{n}" for n in range(1, 10, 2)]
    assert len(found(q="app")) == PER_PAGE
    assert Selection.of({"q": "a&b", "page": "2"}).query(3) == "q=a%26b&page=3"
    assert Selection().query() == ""


def test_where_the_page_is():
    assert parse_page_address("8080") == ("127.0.0.1", 8080)
    assert parse_page_address("0.0.0.0:80") == ("0.0.0.0", 80)
    assert parse_page_address("[::1]:80") == ("::1", 80)
    assert parse_page_address(":80") == ("", 80)
    for wrong in ("", "host", "70000", "::1:80", "²"):
        with pytest.raises(Failure):
            parse_page_address(wrong)


def test_no_page_without_being_asked():
    assert serving_page(None, ()) == []


def test_a_wrong_address_ends_the_command(tmp_path):
    command = ["gateway", "--state", str(tmp_path), "--listen", "127.0.0.1:0", "--http"]
    result = CliRunner().invoke(main, [*command, "nonsense"])
    assert result.exit_code == 2
    assert "HOST:PORT" in result.stderr


@pytest.mark.parametrize("name", ["", "http://fleet.example", "fleet.example:8080", "a b", "x/y"])
def test_a_name_that_no_browser_will_ask_for(name):
    with pytest.raises(Failure, match="host name alone"):
        serving_page("8080", (name,))
    assert serving_page("8080", ("fleet.example", "fleet-2.local"))
