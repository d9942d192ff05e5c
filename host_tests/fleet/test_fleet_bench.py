"""The load generator measures what is there: on a small scale, and without a look at the clock."""

import json

import pytest
from click.testing import CliRunner
from short_measurement import some

from uwish_host.bench.child import Gone
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
        return bench.connect(), some(lambda: bench.frames(rate=200, seconds=0.3))

    connect, frames = measure(tmp_path, kind, body)
    assert connect["connected"] == DEVICES
    assert connect["handshake_ms"] > 0
    assert frames["per_s"] > 0
    assert 0 < frames["p50_ms"] <= frames["p99_ms"] <= frames["p999_ms"] <= frames["max_ms"]
    assert frames["limit"].startswith("processors: gateway ")
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
        return some(lambda: bench.frames(rate=100, seconds=0.2))

    assert measure(tmp_path, BARE, body, frames=OPAQUE)["per_s"] > 0


def test_handshakes_are_counted(tmp_path):
    def body(bench, contender):
        return some(lambda: bench.handshakes(seconds=0.5, at_once=2)), bench.connect()

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


def test_frames_made_ahead_arrive_and_others_after_them(tmp_path):
    def body(bench, contender):
        bench.connect()
        found = some(lambda: bench.frames(rate=300, seconds=0.3, ahead=True))
        return found, some(lambda: bench.frames(rate=100, seconds=0.2))

    found, after = measure(tmp_path, STORED, body, processes=1)
    assert found["per_s"] > 0 and after["per_s"] > 0
    assert "p99_ms" not in found
    with Database(tmp_path / "readings.db") as database:
        stamps = [row["value"] for row in database.readings(name="*stamp*")]
    # Made before they were due, they cannot say when they were sent.
    assert 0 < stamps.count(0) < len(stamps)


def test_silence_ends_with_all_still_there(tmp_path):
    def body(bench, contender):
        bench.connect()
        return bench.idle(0.2)

    assert measure(tmp_path, BARE, body)["connected"] == DEVICES


@pytest.fixture
def climb():
    """What a bench tries when no more than so many frames a second arrive, and what it finds."""

    def climbing(most, lost=(), bad=()):
        rates = []

        def frames(rate, seconds, ahead):
            rates.append(rate)
            if rate in lost:
                raise Gone("died")
            if rate in bad:
                return {"rate": rate, "per_s": 10, "limit": "others"}
            return {"rate": rate, "per_s": min(rate, most), "limit": "busy"}

        bench = Bench.__new__(Bench)
        bench.frames = frames
        return rates, bench.ceiling(1, start=100, factor=1.2)

    return climbing


def test_the_highest_rate_is_one_that_arrived(climb):
    rates, found = climb(130)
    assert rates == [100, 120, 144, 173, 207, 249]
    end = "of 144 /s that were sent; busy"
    assert found == {"rate": 144, "per_s": 130, "limit": "busy", "end": end}


def test_one_bad_step_is_not_the_end_of_the_climb(climb):
    rates, found = climb(250, bad=(120,))
    assert found["per_s"] == 250
    assert rates[:3] == [100, 120, 144]


def test_a_contender_that_dies_has_what_it_did_before(climb):
    rates, found = climb(1000, lost=(144,))
    assert rates == [100, 120, 144]
    assert (found["per_s"], found["end"]) == (120, "at 144/s: died")


def test_who_fails_at_the_first_step_has_nothing(climb):
    assert climb(1000, lost=(100,))[1] == {"per_s": 0.0, "end": "at 100/s: died"}


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
        "missed by 10%",
        "must",
        "aim",
    ]
    assert [Row("x", value, "", 20, 10, more=False).verdict() for value in (21, 20, 10)] == [
        "missed by 5%",
        "must",
        "aim",
    ]


def test_the_table_has_a_line_for_each_row():
    rows = [Row("speed", 12345.6, "/s", 10, 20, note="on a good day"), Row("size", 0.5, "KB")]
    head, speed, note, size = table(rows)
    assert head.split() == ["measured", "must", "aim"]
    assert speed.split() == ["speed", "12,346", "/s", ">=", "10", ">=", "20", "aim"]
    assert note.strip() == "on a good day"
    assert size.split() == ["size", "0.5", "KB"]


def test_percentiles():
    assert percentile([], 0.5) is None
    assert [percentile(list(range(100)), part) for part in (0, 0.5, 0.99, 1)] == [0, 50, 99, 99]
