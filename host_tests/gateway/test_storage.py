"""What comes is stored: all of it, in order, by whom and when."""

import cbor2
import pytest
from storage_world import device, frame, presence, rows, senml, store

from uwish_host.storage import rows as rows_module

T = 1_700_000_000.0


def test_a_reading_says_what_whose_and_when(path):
    store(path, frame(senml(21.5), T), frame(senml(22, at=T - 60), T + 1))
    assert rows(
        path, "SELECT device, uid, name, unit, value, time, arrived, kind FROM readings"
    ) == [
        ("lamp 0", "00" * 32, "t", "Cel", 21.5, T, T, "number"),
        ("lamp 0", "00" * 32, "t", "Cel", 22, T - 60, T + 1, "number"),
    ]


@pytest.mark.parametrize(
    ("record", "kind", "value"),
    [
        ({2: 5}, "number", 5),
        ({2: -0.5}, "number", -0.5),
        ({2: 2**63 - 1}, "number", 2**63 - 1),
        ({2: 2**63}, "number", float(2**63)),
        ({3: "on"}, "text", "on"),
        ({4: True}, "boolean", 1),
        ({4: False}, "boolean", 0),
        ({8: b"\x00\xff"}, "data", b"\x00\xff"),
        ({5: 7.5}, "sum", 7.5),
        ({5: 2**64 - 1}, "sum", float(2**64)),
    ],
)
def test_every_kind_of_value_has_its_place(path, record, kind, value):
    store(path, frame(cbor2.dumps([{0: "x", **record}]), T))
    ((found_kind, found),) = rows(path, "SELECT kind, value FROM readings")
    assert (found_kind, found) == (kind, value)
    assert type(found) is type(value)


def test_a_value_with_a_sum_is_two_series(path):
    store(path, frame(cbor2.dumps([{0: "x", 2: 1, 5: 2}]), T))
    assert rows(path, "SELECT kind, value FROM readings") == [("number", 1), ("sum", 2)]


def test_frames_are_kept_as_they_came_in_the_order_they_came(path):
    sent = [b"", b"\xff\xfe", senml(1), b"text"]
    store(path, *(frame(data, T) for data in sent))
    found = rows(path, "SELECT id, data FROM frame ORDER BY id")
    assert [data for _, data in found] == sent
    assert [number for number, _ in found] == [int(T * 1e6) + i for i in range(4)]


@pytest.mark.parametrize(("raw", "kept"), [("all", 2), ("other", 1), ("none", 0)])
def test_which_frames_are_kept_is_a_choice(path, raw, kept):
    store(path, frame(senml(1)), frame(b"\xff"), raw=raw)
    assert rows(path, "SELECT count(*) FROM frame") == [(kept,)]
    assert rows(path, "SELECT count(*) FROM reading") == [(1,)]


def test_a_clock_that_is_set_back_keeps_the_order(path):
    store(path, frame(b"1", T), frame(b"2", T - 3600))
    store(path, frame(b"3", T - 7200))
    found = rows(path, "SELECT data FROM frame ORDER BY id")
    assert found == [(b"1",), (b"2",), (b"3",)]


def test_who_came_and_went(path):
    store(path, presence(True, T), presence(False, T + 5, reason="lost"))
    found = rows(path, "SELECT device, online, reason, id FROM presence ORDER BY id")
    assert found == [(1, 1, None, int(T * 1e6)), (1, 0, "lost", int((T + 5) * 1e6))]


def test_who_was_here_when_the_gateway_died_has_gone_with_it(path):
    store(path, presence(True, T), presence(True, T, device(1)), presence(False, T + 1, device(1)))
    store(path)
    found = rows(path, "SELECT device, online, reason, id FROM presence ORDER BY id")[3:]
    assert found == [(1, 0, "gateway_down", int((T + 1) * 1e6) + 1)]
    store(path)
    assert len(rows(path, "SELECT * FROM presence")) == 4


def test_devices_and_series_are_there_once_over_restarts(path):
    for _ in range(3):
        store(path, *(frame(senml(1, name), T, device(n)) for n in range(2) for name in "ab"))
    assert rows(path, "SELECT count(*) FROM device") == [(2,)]
    assert rows(path, "SELECT count(*) FROM series") == [(4,)]
    found = rows(path, "SELECT device, name, count(*) FROM readings GROUP BY device, name")
    assert found == [(f"lamp {n}", name, 3) for n in range(2) for name in "ab"]


def test_a_new_alias_counts_for_everything(path):
    store(path, frame(senml(1), T), frame(senml(2), T, device(0, "kitchen")))
    assert rows(path, "SELECT DISTINCT device FROM readings") == [("kitchen",)]
    store(path, presence(True, T, device(0, "cellar")))
    assert rows(path, "SELECT alias FROM device") == [("cellar",)]


def test_protocols_hosts_and_apps_are_told_apart(path):
    store(path, frame(senml(1)), frame(senml(2), of=device(0, protocol="control")))
    assert rows(path, "SELECT protocol FROM device ORDER BY id") == [("sensor",), ("control",)]


def test_a_device_that_makes_up_names_is_bounded(path, monkeypatch):
    monkeypatch.setattr(rows_module, "MAX_SERIES", 5)
    store(path, *(frame(senml(n, f"name {n}"), T + n) for n in range(9)))
    assert rows(path, "SELECT count(*) FROM series") == [(5,)]
    assert rows(path, "SELECT count(*) FROM reading") == [(5,)]
    assert rows(path, "SELECT count(*) FROM frame") == [(9,)]
