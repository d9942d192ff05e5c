"""`make bench-gateway` on a small scale: every part runs, and it fails only when it cannot."""

import json

import bench_gateway
import gateway_parts
import pytest

from uwish_host.bench.child import Gone


@pytest.fixture
def run(tmp_path, capsys):
    """The command's (exit status, JSON, table) for these arguments."""

    def running(*arguments):
        path = tmp_path / "found.json"
        common = ["--seconds", "0.2", "--quick", "--json", str(path)]
        status = bench_gateway.main([*common, *arguments])
        return status, json.loads(path.read_text()), capsys.readouterr().out

    return running


def row(found, start):
    """The one row whose title begins like that."""
    (only,) = [row for row in found["rows"] if row["title"].strip().startswith(start)]
    return only


def test_devices_and_a_restart(run):
    status, found, table = run(
        "--only", "devices", "--devices", "3", "--only", "restart", "--back", "2"
    )
    assert status == 0
    assert set(found["measured"]) == {"devices", "restart"}
    assert row(found, "devices connected at once")["value"] == 3
    assert row(found, "devices connected at once")["verdict"].startswith("missed")
    assert row(found, "p99 from socket to sink, 2,000 frames/s of 3,")["value"] > 0
    assert row(found, "2 devices lose the gateway at once")["verdict"] == "aim"
    assert "devices connected at once" in table
    assert found["facts"]["gateway on"].startswith("processors ")


def test_handshakes_and_storage(run, monkeypatch):
    monkeypatch.setattr(gateway_parts, "_FEW", 4)
    status, found, _ = run("--only", "handshakes", "--only", "stored")
    assert status == 0
    assert row(found, "handshakes, sustained")["value"] > 0
    stored = found["measured"]["stored"]
    assert row(found, "64-byte SenML frames stored in SQLite")["value"] == stored["written_per_s"]
    assert stored["per_s"] > 0


def test_the_comparison_is_of_numbers_of_the_same_round(run, monkeypatch):
    measured = []
    rates = {"ours": iter([300.0, 240.0, 100.0]), "stock": iter([100.0, 60.0, 200.0])}

    def measure(title, make, identities, body, tell):
        measured.append(title)
        return {
            "connect": {"seconds": 1.0},
            "frames": {"p99_ms": 2.0},
            "ceiling": {"per_s": next(rates[title.split()[-1]]), "cpu_us": 10.0, "end": "enough"},
        }

    monkeypatch.setattr(gateway_parts, "_measure", measure)
    status, found, _ = run("--only", "stock", "--rounds", "3")
    assert status == 0
    # Each goes first as often as the other, nearly.
    assert [title.split(", ")[1] for title in measured] == [
        *("ours", "stock"),
        *("stock", "ours"),
        *("ours", "stock"),
    ]
    ratio = row(found, "frames/s without storage")
    assert (ratio["value"], ratio["note"]) == (3.0, "of each round: 3.00, 4.00, 0.50")
    assert row(found, "our gateway")["value"] == 240.0
    assert row(found, "wish-core + Node")["value"] == 100.0


def test_what_cannot_be_measured_is_told_and_the_rest_is_measured(run, monkeypatch):
    def dies(options, tell):
        raise Gone("the gateway ended with status -9")

    monkeypatch.setitem(gateway_parts.PARTS, "handshakes", dies)
    monkeypatch.setitem(gateway_parts.PARTS, "restart", lambda options, tell: ({"all": 1}, []))
    status, found, table = run("--only", "handshakes", "--only", "restart")
    assert status == 1
    assert found["measured"] == {"restart": {"all": 1}}
    assert "not measured: handshakes" in table
