"""Passwords and certificates, with a broker that asks for them."""

import contextlib
import gc
import socket
import threading

import pytest
from mqtt_broker import HOST, free_port, password_line, until
from mqtt_certificates import make_certificates
from mqtt_world import Publisher
from storage_world import senml

from uwish_host.mqtt.address import PASSWORD_VARIABLE

SECRET = "correct horse"


@pytest.fixture
def closed_broker(make_broker, tmp_path):
    """A broker that lets in the user `house` with a password."""
    return make_broker(password_line(tmp_path, "house", SECRET))


def test_the_right_password(closed_broker, tmp_path, make_ear, monkeypatch):
    monkeypatch.setenv(PASSWORD_VARIABLE, SECRET)
    ear = make_ear(closed_broker.port, "#", user="house", password=SECRET)
    with Publisher(tmp_path / "gateway", closed_broker.url, mqtt_user="house") as publisher:
        publisher.say(publisher.device(), senml(1))
        until(lambda: ear.under("/reading/"))
        assert publisher.warnings == []
    assert SECRET not in repr(publisher.running.events)


def test_a_wrong_password_is_told_once_and_not_shown(closed_broker, tmp_path):
    file = tmp_path / "password"
    file.write_text("battery staple\n")
    file.chmod(0o600)
    options = {"mqtt_user": "house", "mqtt_password_file": str(file)}
    with Publisher(tmp_path / "gateway", closed_broker.url, **options) as publisher:
        until(lambda: closed_broker.log().count("not authorised") > 2)
        (warning,) = publisher.warnings
    assert "Not authorized" in warning and "battery" not in repr(publisher.running.events)


def test_a_broker_that_was_away_and_then_refuses_is_told_twice(make_broker, tmp_path, monkeypatch):
    """What has to be mended is another thing now."""
    monkeypatch.setenv(PASSWORD_VARIABLE, "battery staple")
    port = free_port()
    with Publisher(tmp_path / "gateway", f"mqtt://{HOST}:{port}", mqtt_user="house") as publisher:
        until(lambda: publisher.outages)
        broker = make_broker(password_line(tmp_path, "house", SECRET), port=port)
        until(lambda: broker.log().count("not authorised") > 2)
        away, refused = publisher.outages
        assert "Connection refused" in away and "Not authorized" in refused


@pytest.fixture
def tls_broker(make_broker, tmp_path):
    """A broker with a second listener, for TLS; its port is `tls`."""
    folder = tmp_path / "certificates"
    make_certificates(folder)
    port = free_port()
    broker = make_broker(
        f"listener {port} {HOST}",
        "allow_anonymous true",
        f"certfile {folder}/server.pem",
        f"keyfile {folder}/server.key",
    )
    broker.tls = port
    broker.ca = str(folder / "ca.pem")
    return broker


def test_tls_with_an_authority_of_our_own(tls_broker, tmp_path, make_ear):
    ear = make_ear(tls_broker.port, "#")
    url = f"mqtts://{HOST}:{tls_broker.tls}"
    with Publisher(tmp_path / "gateway", url, mqtt_ca=tls_broker.ca) as publisher:
        publisher.say(publisher.device(), senml(1))
        until(lambda: ear.under("/reading/"))
        assert publisher.warnings == []


# paho leaves a socket whose handshake fails to the garbage collector, which says so.
handshake_fails = pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket")


@handshake_fails
@pytest.mark.parametrize(
    ("host", "why"),
    [(HOST, "unable to get local issuer certificate"), ("localhost", "Hostname mismatch")],
)
def test_a_certificate_that_nobody_vouches_for(tls_broker, tmp_path, host, why):
    """Of an authority that is not trusted, or for another name."""
    options = {} if host == HOST else {"mqtt_ca": tls_broker.ca}
    url = f"mqtts://{host}:{tls_broker.tls}"
    with Publisher(tmp_path / "gateway", url, **options) as publisher:
        until(lambda: publisher.warnings)
        assert f"its certificate is not trusted, {why}" in publisher.warnings[0]
        assert "--mqtt-ca" in publisher.warnings[0]
        assert not publisher.connected()
    gc.collect()


@handshake_fails
def test_a_broker_without_tls_where_there_should_be(tls_broker, tmp_path):
    url = f"mqtts://{HOST}:{tls_broker.port}"
    with Publisher(tmp_path / "gateway", url, mqtt_ca=tls_broker.ca) as publisher:
        until(lambda: publisher.warnings)
        assert not publisher.connected()
    gc.collect()


@handshake_fails
def test_no_tls_at_that_port(tmp_path):
    """What answers says something, but it is no TLS."""
    with socket.create_server((HOST, 0)) as server:
        threading.Thread(target=_greet, args=(server,), daemon=True).start()
        url = f"mqtts://{HOST}:{server.getsockname()[1]}"
        with Publisher(tmp_path / "gateway", url) as publisher:
            until(lambda: publisher.warnings)
            assert "no TLS is spoken at this port" in publisher.warnings[0]
        server.shutdown(socket.SHUT_RDWR)
    gc.collect()


def _greet(server):
    with contextlib.suppress(OSError):
        while True:
            caller, _ = server.accept()
            with caller:
                caller.recv(1)
                caller.sendall(b"220 hello, this is mail\r\n")
                caller.recv(1 << 16)


def test_a_password_in_clear_is_warned_of(tmp_path, monkeypatch):
    monkeypatch.setenv(PASSWORD_VARIABLE, SECRET)
    with Publisher(tmp_path / "gateway", "mqtt://broker.invalid", mqtt_user="house") as publisher:
        assert "in clear" in publisher.warnings[0]
        assert SECRET not in repr(publisher.running.events)
