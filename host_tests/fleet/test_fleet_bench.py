"""The load generator measures what is there: on a small scale, and without a look at the clock."""

import json

import pytest
from click.testing import CliRunner

from uwish_host.bench.contender import BARE, DECODED, STORED, OurGateway
from uwish_host.bench.frame import OPAQUE, SENML, SIZE, STAMP_OFFSET, template
from uwish_host.bench.report import Row, table
from uwish_host.bench.run import Bench, make_identities, percentile
from uwish_host.cli import main
from uwish_host.decode import decode
from uwish_host.storage import Database

DEVICES = 5


def measure(directory, kind, body, frames=SENML, processes=2):
    """What `body(bench, contender)` returns."""
    identities = make_identities(DEVICES)
    contender = OurGateway(directory, identities, kind)
    try:
        with Bench(contender, identities, processes, frames) as bench:
            return body(bench, contender)
    finally:
        contender.close()


@pytest.mark.parametrize("number", [0, 7, 99999])
def test_a_frame_is_64_bytes_of_senml_with_the_stamp_at_its_end(number):
    frame = bytearray(template(SENML, number))
    frame[STAMP_OFFSET:] = (12345678901234).to_bytes(8, "big")
    assert len(frame) == SIZE
    temperature, stamp = decode(bytes(frame), 0).readings
    assert (temperature.name, temperature.value, temperature.unit) == (
        f"device-{number:05d}/temperature",
        21.5,
        "Cel",
    )
    assert stamp.value == 12345678901234


def test_an_opaque_frame_means_nothing():
    frame = template(OPAQUE, 3)
    assert len(frame) == SIZE
    assert decode(frame, 0).kind == "bytes"


@pytest.mark.parametrize("kind", [BARE, DECODED, STORED])
def test_all_devices_get_in_and_what_they_send_arrives(tmp_path, kind):
    def body(bench, contender):
        return bench.connect(), bench.frames(rate=200, seconds=0.3)

    connect, frames = measure(tmp_path, kind, body)
    assert connect["connected"] == DEVICES
    assert connect["handshake_ms"] > 0
    assert frames["per_s"] > 0
    assert 0 < frames["p50_ms"] <= frames["p99_ms"] <= frames["max_ms"]
    assert (frames["written_per_s"] is not None) == (kind == STORED)


def test_what_was_sent_is_in_the_database(tmp_path):
    def body(bench, contender):
        bench.connect()
        bench.frames(rate=0, seconds=0.1)

    measure(tmp_path, STORED, body)
    with Database(tmp_path / "readings.db") as database:
        frames = list(database.frames())
        readings = list(database.readings(name="*temperature"))
    assert len({frame["device"] for frame in frames}) == DEVICES
    assert len(readings) == len(frames) > DEVICES


def test_opaque_frames_do_for_what_is_only_counted(tmp_path):
    def body(bench, contender):
        bench.connect()
        return bench.frames(rate=100, seconds=0.2)

    assert measure(tmp_path, BARE, body, frames=OPAQUE)["per_s"] > 0


def test_handshakes_are_counted(tmp_path):
    def body(bench, contender):
        return bench.handshakes(seconds=0.5, at_once=2), bench.connect()

    handshakes, connect = measure(tmp_path, BARE, body)
    assert handshakes["per_s"] > 0
    assert handshakes["cpu_ms"] > 0
    assert connect["connected"] == DEVICES


def test_a_restart_is_survived(tmp_path):
    def body(bench, contender):
        bench.connect()
        port = contender.port
        found = bench.restart()
        assert contender.port == port
        return found, contender.mark()["online"]

    found, online = measure(tmp_path, STORED, body, processes=1)
    assert found["connected"] == online == DEVICES
    assert found["seconds"] > 0


def test_the_highest_rate_is_one_that_arrived(tmp_path):
    def body(bench, contender):
        bench.connect()
        rates = []

        def frames(rate, seconds):
            rates.append(rate)
            arrived = min(rate, 130)
            return {"per_s": arrived, "offered_per_s": rate}

        bench.frames = frames
        return rates, bench.ceiling(1, start=100, factor=1.2)

    rates, found = measure(tmp_path, BARE, body)
    assert rates == [100, 120, 144]
    assert found["per_s"] == 120
    assert found["end"] == "at 144/s only 130 arrived"


def test_the_command_says_it_all_as_json(tmp_path):
    arguments = ["bench", "gateway", "--devices", "3", "--rate", "50", "--seconds", "0.2"]
    result = CliRunner().invoke(main, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["connect"]["connected"] == 3
    assert found["frames"]["written_per_s"] is not None


def test_the_command_shows_a_table():
    result = CliRunner().invoke(
        main,
        ["bench", "gateway", "--devices", "2", "--seconds", "0.2", "--what", "bare", "--opaque"],
    )
    assert result.exit_code == 0, result.output
    assert "handshakes, sustained" in result.stdout
    assert "SQLite" not in result.stdout


def test_verdicts():
    assert Row("x", 5, "").verdict() == ""
    assert [Row("x", value, "", 10, 20).verdict() for value in (9, 10, 20)] == [
        "missed",
        "must",
        "aim",
    ]
    assert [Row("x", value, "", 20, 10, more=False).verdict() for value in (21, 20, 10)] == [
        "missed",
        "must",
        "aim",
    ]


def test_the_table_has_a_line_for_each_row():
    rows = [Row("speed", 12345.6, "/s", 10, 20, note="on a good day"), Row("size", 0.5, "KB")]
    head, speed, size = table(rows)
    assert head.split() == ["measured", "must", "aim"]
    assert speed.split() == ["speed", "12,346", "/s", "10", "20", "aim", "on", "a", "good", "day"]
    assert size.split() == ["size", "0.5", "KB"]


def test_percentiles():
    assert percentile([], 0.5) is None
    assert [percentile(list(range(100)), part) for part in (0, 0.5, 0.99, 1)] == [0, 50, 99, 99]
