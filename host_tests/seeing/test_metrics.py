"""`uwish gateway --metrics`: what Prometheus finds there, after things that the test has done."""

import contextlib
import gzip
import time
import urllib.error
import urllib.request

import pytest
from command_line import GIVE_UP_S, ok, refused, uwish
from device_online import Device
from prometheus_client.openmetrics import parser as openmetrics
from scraping import Measured, send

import uwish as uwish_library


@pytest.fixture
def measured(state):
    with Measured(state) as running:
        yield running


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    """One without devices, which is only asked."""
    with Measured(tmp_path_factory.mktemp("quiet") / "state") as running:
        yield running


@pytest.fixture
def lamp(measured, state):
    device = Device(measured, state)
    with contextlib.closing(device.app):
        yield device


def test_values_after_what_happened(measured, state, lamp):
    size = send(lamp, {0: "t", 1: "Cel", 2: 21.5}, {0: "on", 4: True}, {0: "mode", 3: "eco"})
    send(lamp, {0: "t", 1: "Cel", 2: 22})
    assert uwish("send", "--state", state, "lamp", "--text", "hello").exit_code == 0
    assert uwish("send", "--state", state, "lamp", "--hex", "00" * 5000).exit_code != 0
    lamp.until(lambda: lamp.frames)
    found = measured.until(lamp, storage_written_frames_total=2, sent_frames_total=1)

    of_lamp = (("alias", "lamp"), ("uid", lamp.app.uid.hex()))
    assert found["uwish_device_online", *of_lamp] == 1
    assert found["uwish_device_received_frames_total", *of_lamp] == 2
    assert found["uwish_device_full_frames_total", *of_lamp] == 0
    assert found["uwish_device_reconnects_total", *of_lamp] == 0
    assert abs(found["uwish_device_last_frame_timestamp_seconds", *of_lamp] - time.time()) < 300
    (alias, uid) = of_lamp
    assert found["uwish_reading", alias, ("name", "t"), uid, ("unit", "Cel")] == 22
    assert found["uwish_reading", alias, ("name", "on"), uid, ("unit", "")] == 1
    assert not any(("name", "mode") in key for key in found)

    assert found["uwish_contacts",] == found["uwish_devices_online",] == 1
    assert found["uwish_connections", ("phase", "running")] == 1
    assert found["uwish_connections", ("phase", "hello")] == 0
    assert found["uwish_received_frames_total",] == 2
    assert found["uwish_received_bytes_total",] > size
    assert found["uwish_sent_bytes_total",] > 0
    assert found["uwish_send_results_total", ("status", "200")] == 1
    assert found["uwish_send_results_total", ("status", "413")] == 1
    assert found["uwish_handshake_duration_seconds_count",] == 1
    assert found["uwish_handshake_duration_seconds_bucket", ("le", "+Inf")] == 1
    assert 0 < found["uwish_handshake_duration_seconds_sum",] < 10
    assert found["uwish_exchange_powers_total",] >= 2
    assert found["uwish_storage_unwritten_frames",] == found["uwish_congested",] == 0
    # 2 frames, 4 readings, their 3 series, 1 device, 1 presence.
    assert found["uwish_storage_written_rows_total",] == 11
    assert found["uwish_storage_write_duration_seconds_count",] >= 1
    assert found["process_resident_memory_bytes",] > 10e6
    assert found["uwish_workers_resident_memory_bytes",] > 1e6


def test_who_went_came_back_and_was_not_let_in(measured, state, lamp):
    document = bytes.fromhex(measured.listening["document"])
    stranger = uwish_library.App("device", protocols=("sensor",))
    stranger.identity.create("stranger")
    stranger.identity.import_(document)
    own = bytes.fromhex(measured.listening["uid"])
    stranger.peer.pin(stranger.uid, own, uwish_library.ANY_HOST, "always")
    key = ("uwish_refused_connections_total", ("reason", "unknown_contact"))
    with contextlib.closing(stranger):
        assert measured.scrape()[key] == 0
        lamp.until(lambda: stranger.poll(2) or measured.scrape()[key] == 1)

    ok("device", "remove", "--state", state, "lamp")
    lamp.until(lambda: not lamp.online)
    found = measured.until(lamp, contacts=0, devices_online=0)
    assert found["uwish_closed_connections_total", ("reason", "unknown_contact")] == 1
    assert found["uwish_received_bytes_total",] > 0
    assert not any(name.startswith("uwish_device_") for name, *_ in found)


def test_a_device_that_comes_again(measured, state, lamp):
    store = uwish_library.MemoryStore()
    store.save("identity", lamp.app._node.store.load("identity"))
    lamp.app.close()
    again = uwish_library.App("device", protocols=("sensor",), store=store)
    again.identity.import_(bytes.fromhex(measured.listening["document"]))
    own = bytes.fromhex(measured.listening["uid"])
    again.peer.pin(again.uid, own, uwish_library.ANY_HOST, "always")
    of_lamp = (("alias", "lamp"), ("uid", again.uid.hex()))
    with contextlib.closing(again):
        deadline = time.monotonic() + GIVE_UP_S
        while measured.scrape()["uwish_device_reconnects_total", *of_lamp] != 1:
            again.poll(2)
            assert time.monotonic() < deadline
    assert measured.scrape()["uwish_handshake_duration_seconds_count",] == 2


def test_without_devices_and_storage(state):
    with Measured(state, "--no-metrics-devices", "--no-store") as running:
        ok("device", "add", "--state", state, document("lamp"))
        found = running.scrape()
    names = {name for name, *_ in found}
    assert "uwish_contacts" in names
    assert not any(name.startswith(("uwish_device_", "uwish_storage_")) for name in names)
    assert not {"uwish_reading", "uwish_hidden_readings", "uwish_mqtt_connected"} & names


def test_a_broker_that_is_away(state):
    with Measured(state, "--mqtt", "mqtt://127.0.0.1:1") as running:
        found = running.scrape()
    for name in ("connected", "refused_messages_total", "refused_subscriptions_total"):
        assert found[f"uwish_mqtt_{name}",] == 0


def document(alias):
    app = uwish_library.App("device", protocols=("sensor",))
    app.identity.create(alias)
    return app.identity.export().hex()


def test_so_many_readings_and_no_more(state):
    with Measured(state, "--metrics-readings", "2") as running:
        lamp = Device(running, state)
        with contextlib.closing(lamp.app):
            send(lamp, *({0: f"n{i}", 2: i} for i in range(5)))
            found = running.until(lamp, hidden_readings=3)
            assert sum(name == "uwish_reading" for name, *_ in found) == 2


def test_names_from_devices_are_only_labels(measured, state, lamp):
    evil = 'a"} 1\nuwish_contacts 99\n\\'
    send(lamp, {0: evil, 1: evil, 2: 7})
    found = measured.until(lamp, received_frames_total=1)
    assert found["uwish_contacts",] == 1
    (key,) = (key for key in found if key[0] == "uwish_reading")
    assert dict(key[1:])["name"] == dict(key[1:])["unit"] == evil
    assert found[key] == 7


def test_formats(quiet):
    headers, _ = quiet.ask()
    assert headers["Content-Type"].startswith("text/plain; version=")
    headers, body = quiet.ask(
        **{"Accept": "application/openmetrics-text; version=1.0.0", "Accept-Encoding": "gzip"}
    )
    assert headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert headers["Content-Encoding"] == "gzip"
    text = gzip.decompress(body).decode()
    names = {family.name for family in openmetrics.text_string_to_metric_families(text)}
    assert {"uwish_build", "uwish_contacts", "uwish_received_frames"} <= names


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [("", "localhost", 200), ("", "evil.example", 403), ("x", "localhost", 404)],
)
def test_who_is_answered(quiet, path, host, status):
    try:
        quiet.ask(path, Host=host)
        answered = 200
    except urllib.error.HTTPError as error:
        answered = error.code
        error.close()
    assert answered == status


def test_loopback_unless_told_otherwise(quiet):
    assert quiet.url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("address", ["nonsense", "host:", "1.2.3.4:99999"])
def test_no_address(state, address):
    at = ("--listen", "127.0.0.1:0", "--metrics", address)
    said = refused("gateway", "--state", state, *at, status=2)
    assert "HOST:PORT" in said


def test_a_port_that_is_taken(quiet, tmp_path):
    port = quiet.url.rsplit(":", 1)[1].split("/")[0]
    at = ("--listen", "127.0.0.1:0", "--metrics", port)
    assert "in use" in refused("gateway", "--state", tmp_path / "other", *at)
