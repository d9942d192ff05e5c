"""What the user says of the broker: every slip has a sentence, and no password is ever shown."""

import os

import pytest
from click.testing import CliRunner

from uwish_host.cli import main
from uwish_host.errors import Failure
from uwish_host.mqtt.address import PASSWORD_VARIABLE, parse_broker, read_password, tls_context


@pytest.mark.parametrize(
    ("text", "host", "port", "tls", "prefix"),
    [
        ("mqtt://broker", "broker", 1883, False, "uwish"),
        ("mqtts://broker", "broker", 8883, True, "uwish"),
        ("mqtt://10.0.0.7:99/", "10.0.0.7", 99, False, "uwish"),
        ("mqtt://[::1]:1883/house/roof", "::1", 1883, False, "house/roof"),
        ("MQTT://Broker.Example:1/Haus", "broker.example", 1, False, "Haus"),
    ],
)
def test_addresses(text, host, port, tls, prefix):
    address = parse_broker(text)
    assert (address.host, address.port, address.tls, address.prefix) == (host, port, tls, prefix)
    assert str(address).endswith(f":{port}")
    assert address.is_safe() == (tls or host == "::1")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("broker", "mqtt://HOST:PORT/PREFIX"),
        ("broker:1883", "mqtt://HOST:PORT/PREFIX"),
        ("http://broker", "mqtt://HOST:PORT/PREFIX"),
        ("mqtt:broker", "mqtt://HOST:PORT/PREFIX"),
        ("mqtt://", "no host or port"),
        ("mqtt://:1883", "no host or port"),
        ("mqtt://broker:0", "no host or port"),
        ("mqtt://broker:70000", "mqtt://HOST:PORT/PREFIX"),
        ("mqtt://broker:port", "mqtt://HOST:PORT/PREFIX"),
        ("mqtt://[::1", "mqtt://HOST:PORT/PREFIX"),
        ("mqtt://broker/a/#", "no '#'"),
        ("mqtt://broker/a?b=c", "no '#'"),
        ("mqtt://broker/a+b", "no + and #"),
        ("mqtt://broker/$SYS", "no $"),
        ("mqtt://broker/a//b", "no empty level"),
        ("mqtt://broker/a\x7fb", "no + and #"),
        ("mqtt://broker/" + "x" * 201, "200 bytes"),
    ],
)
def test_what_is_no_address(text, hint):
    with pytest.raises(Failure) as failure:
        parse_broker(text)
    assert hint in failure.value.message


@pytest.mark.parametrize(
    "text", ["mqtt://me:hunter2@broker", "http://me:hunter2@broker", "@hunter2"]
)
def test_a_password_in_the_address_is_refused_and_not_repeated(text):
    with pytest.raises(Failure) as failure:
        parse_broker(text)
    assert "hunter2" not in failure.value.message
    assert PASSWORD_VARIABLE in failure.value.message


@pytest.fixture
def password_file(tmp_path):
    def make(data, mode=0o600):
        path = tmp_path / "password"
        path.write_bytes(data)
        path.chmod(mode)
        return str(path)

    return make


def test_the_password_leaves_the_environment(monkeypatch):
    monkeypatch.setenv(PASSWORD_VARIABLE, "hunter2")
    assert read_password("me", None) == "hunter2"
    assert PASSWORD_VARIABLE not in os.environ


def test_the_password_in_a_file_ends_before_the_line_does(password_file):
    assert read_password("me", password_file(b" hunter 2 \r\n")) == " hunter 2 "
    assert read_password("me", None) is None
    assert read_password(None, None) is None


def test_slips_with_passwords(password_file, monkeypatch, tmp_path):
    def refused(user, file):
        with pytest.raises(Failure) as failure:
            read_password(user, file)
        assert "hunter2" not in failure.value.message
        return failure.value.message

    assert "no --mqtt-user" in refused(None, password_file(b"hunter2"))
    assert "chmod 600" in refused("me", password_file(b"hunter2", 0o640))
    assert "not text" in refused("me", password_file(b"\xff\xfe"))
    assert "is empty" in refused("me", password_file(b"\n"))
    assert "cannot read" in refused("me", str(tmp_path / "nothing"))
    monkeypatch.setenv(PASSWORD_VARIABLE, "hunter2")
    assert "two passwords" in refused("me", password_file(b"hunter2"))


def test_slips_with_authorities(tmp_path):
    nothing = tmp_path / "ca.pem"
    with pytest.raises(Failure, match="is for TLS"):
        tls_context(parse_broker("mqtt://broker"), str(nothing))
    with pytest.raises(Failure, match="No such file"):
        tls_context(parse_broker("mqtts://broker"), str(nothing))
    nothing.write_text("nothing")
    with pytest.raises(Failure, match="no certificate in PEM"):
        tls_context(parse_broker("mqtts://broker"), str(nothing))
    assert tls_context(parse_broker("mqtt://broker"), None) is None


def test_the_command_says_what_is_wrong(tmp_path):
    def refused(*options):
        command = ["gateway", "--state", str(tmp_path / "state"), "--listen", "127.0.0.1:0"]
        result = CliRunner().invoke(main, [*command, *options])
        assert result.exit_code == 2, result.output
        return result.output

    assert "no address of a broker: 'broker'" in refused("--mqtt", "broker")
    assert "not a prefix" in refused("--mqtt", "mqtt://broker", "--mqtt-discovery", "a/#")
    assert "is for TLS" in refused("--mqtt", "mqtt://broker", "--mqtt-ca", "ca.pem")
