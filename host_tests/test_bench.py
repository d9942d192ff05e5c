"""What `make bench` makes of its numbers, and that its uwish racer and its gateway run.

Nothing here looks at a time.
"""

import json
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent / "bench"))

import report  # noqa: E402
import speed  # noqa: E402
import workplace  # noqa: E402
from racer import Racer  # noqa: E402
from report import BYTES, INSTRUCTIONS, MICROSECONDS, RATIO, Row  # noqa: E402


@pytest.fixture(scope="module")
def compiled():
    """What the racers load."""
    workplace.compile_all()


def fewer(*samples):
    return Row("n", "some work", INSTRUCTIONS, list(samples), 90e3, 65e3)


def more(*samples):
    return Row("n", "some ratio", RATIO, list(samples), 0.5, 1.0, True)


def test_the_value_is_the_median():
    assert fewer(1, 9, 2).value == 2
    assert fewer(1, 2).value == 1.5


@pytest.mark.parametrize(
    "row, verdict",
    [
        (fewer(65000), "aim reached"),
        (fewer(65001), "must reached"),
        (fewer(90000), "must reached"),
        (fewer(90001), "missed"),
        (fewer(99000), "missed by 10%"),
        (more(1.0), "aim reached"),
        (more(0.99), "must reached"),
        (more(0.5), "must reached"),
        (more(0.45), "missed by 10%"),
        (Row("n", "", BYTES, [0], 0, 0), "aim reached"),
        (Row("n", "", BYTES, [1], 0, 0), "missed"),
        (Row("n", "", BYTES, [1]), ""),
    ],
)
def test_verdict(row, verdict):
    assert report.verdict(row) == verdict


@pytest.mark.parametrize(
    "value, unit, text",
    [
        (615_100_000, INSTRUCTIONS, "615.1 M"),
        (9_999_999, INSTRUCTIONS, "9,999,999"),
        (0.546, RATIO, "0.55"),
        (10.66, MICROSECONDS, "10.7 us"),
        (128, BYTES, "128 B"),
        (0.08, BYTES, "0.1 B"),
    ],
)
def test_number(value, unit, text):
    assert report.number(value, unit) == text


def test_spread_is_the_farthest_repeat():
    assert report.spread(fewer(100, 90, 130)) == pytest.approx(0.3)
    assert report.spread(Row("n", "", BYTES, [0, 0])) == 0


def test_line():
    row = fewer(99000, 98000, 100000)
    row.beside["other"] = "7"
    words = report.line(row).split("  ")
    assert [word.strip() for word in words if word.strip()] == [
        *("some work", "99,000", "98,000 to 100,000"),
        *("<= 90 k", "<= 65 k", "missed by 10%", "other 7"),
    ]


def test_columns_of_the_table_stand_below_each_other():
    lines = report.table([("group", [fewer(99000), more(0.45)])]).splitlines()
    assert lines[1:3] == ["", "group"]
    assert lines[3].index("99,000") + len("99,000") == lines[4].index("0.45") + len("0.45")
    assert lines[3].index("<= 90 k") + len("<= 90 k") == lines[4].index(">= 0.5") + len(">= 0.5")
    assert lines[0].index("must") + len("must") == lines[3].index("<= 90 k") + len("<= 90 k")


def test_json_has_every_row_with_its_group_and_verdict():
    text = json.dumps(report.as_json({"date": "today"}, [("group", [fewer(99000), more(2)])]))
    data = json.loads(text)
    assert data["facts"] == {"date": "today"}
    rows = [(row["group"], row["value"], row["verdict"]) for row in data["rows"]]
    assert rows == [("group", 99000, "missed by 10%"), ("group", 2, "aim reached")]


def test_a_ratio_is_of_two_times_of_one_round():
    times = dict.fromkeys(speed.CONTENDERS, [1.0, 1.0, 1.0])
    times["umqtt"] = [4.0, 1.0, 3.0]
    times["each"] = [2.0, 2.0, 1.0]
    times["umqtt_nodelay"] = [8.0, 8.0, 8.0]
    row = {row.name: row for row in speed.ratios(times)}["each_to_umqtt"]
    # Twice as fast, half as fast, three times as fast.
    assert (row.samples, row.value) == ([2.0, 0.5, 3.0], 2.0)
    assert row.beside == {"with TCP_NODELAY": "4.00"}


def test_times_are_shown_in_microseconds_with_the_receivers_share():
    rows = speed.time_rows({"each": [4e-5, 2e-5]}, {"each": 0.5})
    assert [(row.shown, row.beside) for row in rows] == [("30.0 us", {"receiver": "50%"})]


def test_only_our_own_heap_has_a_goal():
    rows = speed.heap_rows({"umqtt": 128, "each": 1})
    assert [(row.value, report.verdict(row)) for row in rows] == [(128, ""), (1, "missed")]


def test_everybody_runs_in_every_round_and_nobody_is_always_first():
    count = len(speed.CONTENDERS)
    rounds = [speed.order(i) for i in range(count)]
    assert all(sorted(names) == sorted(speed.CONTENDERS) for names in rounds)
    assert {names[0] for names in rounds} == set(speed.CONTENDERS)


def test_a_racer_sends_and_the_gateway_counts(compiled):
    with workplace.gateway("test") as (store, control_port, pid):
        racer = Racer(pid, "uwish", store, control_port)
        try:
            assert racer.speaks.startswith("uwish ")
            # It answers when the gateway has all that were sent so far: 8, 24, 40.
            assert racer.run("each", 8)[1] == 0
            assert racer.run("every8", 16)[1] == 0
            assert racer.run("heap_each", 16)[1] == 0
        finally:
            racer.stop()


def test_a_racer_that_fails_says_why(compiled):
    with pytest.raises(SystemExit, match="OSError"):
        Racer(1, "uwish", "build", workplace.free_port())
