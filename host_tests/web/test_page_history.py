"""What storage knows, thinned out for a page: plots, presence, frames; and its limits."""

import sqlite3
import threading

import cbor2
import pytest
from page_world import NOW, device, uid

from uwish_host.web import history, keepsakes, points
from uwish_host.web.history import Unavailable
from uwish_host.web.keepsakes import Change, spans
from uwish_host.web.points import COUNT
from uwish_host.web.timeline import bars

API = f"/api/device/{uid()}"
HOUR = 3600
STEP = HOUR / COUNT


def pack(*values, name="t", unit="Cel"):
    """One record for each (time, value)."""
    key = {bool: 4, str: 3}
    return cbor2.dumps(
        [{0: name, 1: unit, 6: time, key.get(type(value), 2): value} for time, value in values]
    )


def plot(world, query="name=t&unit=Cel&range=1h"):
    return world.ask(f"{API}/points?{query}").json


@pytest.fixture
def lamp(world):
    world.came(device(), at=NOW - 9 * HOUR)
    return world


def test_a_point_is_the_mean_and_the_ends_of_its_piece(lamp):
    start = NOW - HOUR
    lamp.sent(device(), pack((start + 1, 1.0), (start + 2, 6.0), (start + 3, 2.0)))
    lamp.sent(device(), pack((start + STEP + 5, 7.5), (NOW - 1, 9)))
    lamp.sent(device(), pack((start - 1, 99), (NOW + 1, 99)))
    lamp.sent(device(1), pack((start + 1, 99)))
    lamp.stored(4)
    found = plot(lamp)
    assert (found["since"], found["until"], found["step"]) == (start, NOW, STEP)
    assert found["unit_text"] == "°C"
    # Between the second and the third there is a gap, which None says.
    assert found["time"][:2] == [start + 2, start + STEP + 5]
    assert found["mean"] == [3.0, 7.5, None, 9]
    assert found["low"] == [1.0, 7.5, None, 9]
    assert found["high"] == [6.0, 7.5, None, 9]
    assert found["time"][1] < found["time"][2] < found["time"][3] == NOW - 1


def test_what_is_sorted_in_and_what_is_not_are_one_plot(lamp):
    start = NOW - HOUR
    lamp.sent(device(), pack((start + 1, 1), (start + 2, 2)))
    lamp.stored(1)
    lamp.sent(device(), pack((start + 3, 6), (start + 4, 3), (start + 15, 5)))
    lamp.stored(2)
    with sqlite3.connect(lamp.history._path, isolation_level=None) as db:
        db.execute("INSERT INTO sorted SELECT series, time, id, value FROM fresh WHERE value < 3")
        db.execute("DELETE FROM fresh WHERE value < 3")
    found = plot(lamp)
    assert found["time"] == [start + 2.5, start + 15]
    assert (found["mean"], found["low"], found["high"]) == ([3.0, 5], [1, 5], [6, 5])


def test_a_month_is_no_more_than_so_many_points(lamp):
    start = NOW - 30 * 86400
    values = [(start + n * 600, n % 7) for n in range(4320)]
    for n in range(0, len(values), 60):
        lamp.sent(device(), pack(*values[n : n + 60]))
    lamp.stored(72)
    found = plot(lamp, "name=t&unit=Cel&range=30d")
    assert len(found["time"]) == COUNT
    assert found["time"] == sorted(found["time"])
    assert set(found["low"]) == {0}
    assert set(found["high"]) == {6}


def test_a_regular_pause_is_no_gap():
    rows = [(float(n * 100), n, n, n) for n in range(6)] + [(5000.0, 1, 1, 1)]
    found = points._columns(rows, 10.0)
    assert found.mean == [0, 1, 2, 3, 4, 5, None, 1]
    assert points._columns([], 10.0).time == []


def test_series_are_what_can_be_plotted(lamp):
    lamp.sent(device(), pack((NOW, 1.5)))
    lamp.sent(device(), pack((NOW, "open"), name="door"))
    lamp.sent(device(), pack((NOW, True), name="lit", unit=""))
    lamp.sent(device(), cbor2.dumps([{0: "energy", 1: "J", 5: 12}]))
    lamp.stored(4)
    found = lamp.ask(f"{API}/series").json
    assert found["stored"] is True
    kinds = [(one["name"], one["unit"], one["kind"]) for one in found["list"]]
    assert kinds == [("t", "Cel", "number"), ("lit", "", "boolean"), ("energy", "J", "sum")]
    assert plot(lamp, "name=lit&kind=boolean")["mean"] == []  # at NOW, which is not before NOW
    lamp.now += 1
    assert plot(lamp, "name=lit&kind=boolean&range=1h")["mean"] == [1]
    assert plot(lamp, "name=energy&unit=J&kind=sum")["mean"] == [12]


def test_the_same_question_is_asked_of_the_database_once(lamp, monkeypatch):
    asked = []
    real = points.points
    monkeypatch.setattr(points, "points", lambda *args: asked.append(args) or real(*args))
    clock = [100.0]
    lamp.history._clock = lambda: clock[0]
    for _ in range(3):
        plot(lamp)
    assert len(asked) == 1
    plot(lamp, "name=t&unit=Cel&range=24h")
    clock[0] += STEP
    plot(lamp)
    assert len(asked) == 3


def test_presence_has_no_holes(lamp):
    lamp.came(device(1), at=NOW - 3000)  # somebody else
    lamp.went(device(), at=NOW - 1000, reason="silent")
    lamp.came(device(), at=NOW - 400)
    lamp.sent(device(), b"x")
    lamp.stored(1)
    found = lamp.ask(f"{API}/presence?range=1h").json["list"]
    assert [(span["start"] - NOW, span["end"] - NOW) for span in found] == [
        (-3600, -1000),
        (-1000, -400),
        (-400, 0),
    ]
    assert [span["online"] for span in found] == [True, False, True]
    assert [span["why"] for span in found] == ["", "fell silent", ""]
    page = lamp.ask(f"/device/{uid()}?range=1h").text
    assert "83.3" in page
    assert "fell silent" in page
    assert len(lamp.ask(f"{API}/presence?range=24h").json["list"]) == 4  # unknown at first


def test_a_device_is_here_while_one_of_its_apps_is():
    changes = [Change(1, 7, 1, None), Change(2, 8, 1, None), Change(3, 7, 0, "lost")]
    (one, two) = spans(changes, 0, 9, {})
    assert (one.online, one.end, two.online, two.end) == (None, 1, True, 9)
    changes.append(Change(4, 8, 0, "silent"))
    last = spans(changes, 0, 9, {7: False})[-1]
    assert (last.start, last.online, last.reason) == (4, False, "silent")
    assert spans([], 0, 9, {7: True})[0].online is True


def test_every_absence_can_be_seen_and_there_are_not_too_many_bars():
    changes = [Change(n, 1, n % 2, "lost") for n in range(1, 2000)]
    drawn = bars(spans(changes, 0, 30 * 86400, {1: True}))
    assert len(drawn) < 2500
    absences = [bar for bar in drawn if bar.kind == "off"]
    assert all(bar.width >= 2 and 0 <= bar.x <= 1000 for bar in absences)
    assert 0 < len(absences) < 400
    assert bars([]) == []
    back = bars(spans([Change(9990, 1, 0, "lost"), Change(9991, 1, 1, None)], 0, 10000, {1: True}))
    last = back[-1]
    assert (last.kind, last.x + last.width < 1000) == ("off", True)


def test_the_last_frames_are_told_as_text(lamp):
    for n in range(25):
        lamp.sent(device(), pack((NOW - 90 + n, n)), at=NOW - 4000 + n * 10)
    lamp.sent(device(1), b"another's", at=NOW - 5)
    lamp.sent(device(), b"\xff\x01", at=NOW - 3)
    lamp.sent(device(), b"hello", at=NOW - 2)
    lamp.stored(28)
    found = lamp.ask(f"{API}/frames").json
    assert found["complete"] is False
    texts = [frame["text"] for frame in found["list"]]
    assert texts[:3] == ["hello", "ff 01", "t 24\N{NO-BREAK SPACE}°C"]
    assert len(texts) == keepsakes.MAX_FRAMES
    assert found["list"][0] == {"time": NOW - 2, "size": 5, "format": "text", "text": "hello"}
    lamp.came(device(2))
    assert lamp.ask(f"/api/device/{uid(2)}/frames").json == {"complete": True, "list": []}


def test_what_takes_too_long_is_given_up(lamp, monkeypatch):
    monkeypatch.setattr(history, "_LONGEST_S", 0.0)
    monkeypatch.setattr(history, "_OPS", 1)
    answer = lamp.ask(f"{API}/points?name=t")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert "too long" in answer.json["error"]
    page = lamp.ask(f"/device/{uid()}")
    assert page.status == 200
    assert "too long" in page.text
    # It is no answer for the next one.
    monkeypatch.setattr(history, "_LONGEST_S", 30.0)
    assert lamp.ask(f"{API}/points?name=t").status == 200


def test_not_too_many_questions_wait(lamp, monkeypatch):
    monkeypatch.setattr(history, "MAX_WAITING", 2)
    go_on, begun = threading.Event(), threading.Event()
    monkeypatch.setattr(points, "series", lambda *_: begun.set() or go_on.wait(60) and [])
    askers = [threading.Thread(target=lamp.ask, args=(f"{API}/series",)) for _ in range(2)]
    for asker in askers:
        asker.start()
    begun.wait(60)
    while lamp.history._waiting < 2:
        threading.Event().wait(0.002)
    answer = lamp.ask(f"{API}/series")
    assert (answer.status, "too many questions" in answer.json["error"]) == (503, True)
    go_on.set()
    for asker in askers:
        asker.join()
    assert lamp.ask(f"{API}/series").json["list"] == []


def test_a_database_that_is_gone_is_said(make_world, tmp_path):
    lost = history.History(tmp_path / "nothing.db")
    world = make_world()
    try:
        with pytest.raises(Unavailable, match="nothing was stored"):
            world.wait(lost.series(uid()))
    finally:
        lost.close()
    with pytest.raises(Unavailable, match="ending"):
        world.wait(lost.series(uid()))


def test_without_storage_there_is_what_came_lately(make_world):
    world = make_world()
    world.came(device())
    for n in range(3):
        world.sent(device(), pack((NOW - 9 + n, n)))
    assert world.ask("/api/fleet").json["stored"] is False
    assert [one["name"] for one in world.ask(f"{API}/series").json["list"]] == ["t"]
    found = plot(world)
    assert (found["stored"], found["mean"]) == (False, [0, 1, 2])
    assert found["time"] == [NOW - 9, NOW - 8, NOW - 7]
    for what in ("presence", "frames"):
        assert world.ask(f"{API}/{what}").status == 404
    page = world.ask(f"/device/{uid()}").text
    assert "Nothing is stored here" in page
    assert "Last frames" not in page
