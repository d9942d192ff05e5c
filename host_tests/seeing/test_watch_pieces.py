"""What the table of `uwish watch` is made of: trends, words, columns, pages, orders."""

import io

import pytest
from rich.console import Console

from uwish_host.watch import words
from uwish_host.watch.screen import Screen
from uwish_host.watch.spark import ASCII, spark
from uwish_host.watch.table import Style, table
from uwish_host.watch.view import ORDERS, View

NOW = 1_700_000_000.0


def device(number=0, **fields):
    reading = {"name": "t", "unit": "Cel", "value": 21.5, "trend": [[0, 1], [1, 2]]}
    return {
        "alias": f"lamp {number:03}",
        "uid": f"{number:064x}",
        "online": True,
        "since": NOW - 60,
        "reason": None,
        "last": NOW - 1,
        "frames": 10,
        "rate": 2.0,
        "full": 0,
        "reconnects": 0,
        "names": 1,
        "readings": [reading],
        **fields,
    }


def view_of(*devices):
    view = View()
    assert not view.take({"time": NOW, "devices": list(devices)})
    online = sum(device["online"] for device in devices)
    totals = {"devices": len(devices), "online": online, "rate": 2.0}
    assert view.take({"time": NOW, "devices": [], "gone": [], "totals": totals})
    return view


def lines(renderable, width, height=25):
    console = Console(
        file=io.StringIO(), width=width, height=height, color_system=None, markup=False
    )
    console.print(renderable)
    return [line.rstrip() for line in console.file.getvalue().split("\n")[:-1]]


@pytest.mark.parametrize(
    ("numbers", "width", "line"),
    [
        ([], 8, ""),
        ([1], 8, ""),
        ([0, 7], 8, "▁█"),
        (range(8), 8, "▁▂▃▄▅▆▇█"),
        (range(8), 4, "▁▃▆█"),
        ([5, 5, 5], 8, "▄▄▄"),
        ([-1e308, 1e308], 8, "▁█"),
        ([1e308] * 30 + [-1e308] * 30, 2, "█▁"),
        ([0, 5e-324], 8, "▄▄"),
        ([1, 2], 0, ""),
    ],
)
def test_trends(numbers, width, line):
    assert spark(numbers, width) == line


def test_trends_in_ascii():
    assert spark(range(5), 8, ASCII) == ASCII


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0s"),
        (0.4, "0s"),
        (59.9, "59s"),
        (60, "1m"),
        (3599, "59m"),
        (3600, "1h"),
        (11520, "3h 12m"),
        (86400 * 8 + 3600, "8d 1h"),
        (86400 * 400, "1y 35d"),
    ],
)
def test_how_long(seconds, text):
    assert words.span(seconds) == text


@pytest.mark.parametrize(
    ("per_s", "text"),
    [(0, "0"), (0.004, "0"), (0.05, "0.05"), (0.996, "1.0"), (4.21, "4.2"), (27000.4, "27000")],
)
def test_rates(per_s, text):
    assert words.rate(per_s) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (21.123456789, "Cel", "21.1235 Cel"),
        (3, None, "3"),
        (True, None, "true"),
        ("a\x1b[2Jb", "\x07", "a\\x1b[2Jb \\x07"),
    ],
)
def test_values(value, unit, text):
    assert words.value({"value": value, "unit": unit}) == text


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "1m"),
        ({"online": False, "reason": "silent"}, "gone 1m: silent"),
        ({"online": False, "since": None}, "never seen"),
    ],
)
def test_presence(fields, text):
    assert words.presence(device(**fields), NOW) == text


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("width", [*range(1, 128, 3), 300])
def test_every_width_has_its_columns_and_nothing_wraps(width, ascii_only):
    long = device(
        1,
        alias="水" * 60,
        online=False,
        reason="handshake_timeout",
        readings=[{"name": "n" * 200, "unit": "u" * 99, "value": "v" * 99, "trend": []}],
    )
    shown = view_of(device(), long).sorted("alias", NOW)
    found = lines(table(shown, NOW, width, Style(ascii_only)), width)
    assert len(found) == 3
    if ascii_only:
        assert all(line.isascii() for line in found)
    if width >= 24:
        assert found[1][2:10] == "lamp 000"[: len(found[1][2:10])]
        assert "VALUE" in found[0]
    titles = found[0].split()
    wanted = {"VALUE": 24, "ONLINE": 40, "FRAMES/S": 52, "TREND": 64, "507": 76, "RECONNECTS": 86}
    wanted |= {"DEVICE": 7, "AGE": 100, "READING": 108}
    assert set(titles) == {title for title, least in wanted.items() if width >= least} or width < 7
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("height", [1, 2, 3, 4, 10, 50])
def test_a_screen_is_as_high_as_the_terminal(height):
    view = view_of(*(device(number) for number in range(20)))
    screen = Screen("alias", Style(False), keys=True)
    drawn = lines(screen.draw(view, 100, height, NOW), 100)
    assert len(drawn) == max(height, 4)
    assert drawn[0].endswith("20 of 20 devices online here, 2.0 frames/s")
    shown = min(20, max(1, height - 3))
    hidden = f"1 to {shown} of 20, {20 - shown} not shown" if shown < 20 else "all 20 shown"
    assert drawn[-1].startswith(hidden)


def test_pages_end_where_the_devices_do():
    view = view_of(*(device(number) for number in range(25)))
    screen = Screen("alias", Style(False), keys=False)

    def page():
        return lines(screen.draw(view, 100, 13, NOW), 100)[-1]

    assert page() == "1 to 10 of 25, 15 not shown"
    screen.turn(-1)
    assert page() == "1 to 10 of 25, 15 not shown"
    screen.turn(5)
    assert page() == "21 to 25 of 25, 20 not shown"
    view = view_of(*(device(number) for number in range(12)))
    assert page() == "11 to 12 of 12, 10 not shown"
    view = view_of()
    assert page() == "no device may connect: uwish device add"


def test_trouble_is_said_above():
    drawn = lines(Screen("alias", Style(False), True).draw(View(), 80, 9, NOW, "it is gone"), 80)
    assert drawn[0].endswith("  it is gone")


def order(name, *devices):
    return [found["uid"][-1] for found in view_of(*devices).sorted(name, NOW)]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("alias", [{"alias": "Ant"}, {"alias": "bee"}, {"alias": "Cat"}]),
        ("online", [{"since": NOW - 90}, {"since": NOW - 5}, {"online": False}]),
        (
            "gone",
            [{"online": False, "since": NOW}, {"online": False, "since": NOW - 9}, {}],
        ),
        ("rate", [{"rate": 9.0}, {"rate": 3.0}, {"rate": 0.0}]),
        ("last", [{"last": NOW}, {"last": NOW - 9}, {"last": None}]),
        ("507", [{"full": 5}, {"full": 1}, {"full": 0}]),
        ("reconnects", [{"reconnects": 5}, {"reconnects": 1}, {}]),
    ],
)
def test_orders(name, fields):
    devices = [device(number, **one) for number, one in enumerate(fields)]
    assert order(name, *reversed(devices)) == ["0", "1", "2"]
    assert name in ORDERS


def test_each_order_in_turn_from_the_first_page_on():
    view = view_of(*(device(number) for number in range(25)))
    screen = Screen("alias", Style(False), keys=True)
    screen.draw(view, 100, 13, NOW)
    screen.turn(1)
    seen = []
    for _ in ORDERS:
        screen.next_order()
        seen.append(screen.order)
        assert lines(screen.draw(view, 100, 13, NOW), 100)[-1].startswith("1 to 10")
    assert seen == [*list(ORDERS)[1:], "alias"]


def test_a_rate_falls_without_news():
    view = view_of(device(rate=10.0))
    (shown,) = view.sorted("alias", NOW + 10)
    assert shown["shown_rate"] == pytest.approx(10 / 2.718, rel=0.01)


def test_who_is_called_the_same_is_told_apart():
    view = view_of(device(1, alias="a"), device(2, alias="a"), device(3, alias="b"))
    labels = [found["label"] for found in view.sorted("alias", NOW)]
    assert labels == ["a 000000", "a 000000", "b"]
