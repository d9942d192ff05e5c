"""What the user says of the broker: where it is, and how we may in."""

import os
import ssl
import urllib.parse
from pathlib import Path

from ..errors import Failure, Unreadable
from ..files import is_private

PASSWORD_VARIABLE = "UWISH_MQTT_PASSWORD"
DEFAULT_PREFIX = "uwish"
_PORTS = {"mqtt": 1883, "mqtts": 8883}
_MAX_PREFIX = 200  # bytes, of the 65,535 of a topic
_MAX_PASSWORD = 65_535  # bytes; MQTT 5.0, 3.1.3.6


class BrokerAddress:
    """`host`, `port`, `tls`, and `prefix`, which all our topics begin with."""

    def __init__(self, host, port, tls, prefix):
        self.host = host
        self.port = port
        self.tls = tls
        self.prefix = prefix

    def is_safe(self):
        """True when nobody on the way can read along."""
        return self.tls or self.host in ("localhost", "::1") or self.host.startswith("127.")

    def __str__(self):
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def parse_broker(text):
    """The BrokerAddress of mqtt[s]://HOST[:PORT][/PREFIX]; a Failure that says what is wrong."""
    if "@" in text:
        # Not shown: there may be a password in it, which is why it is refused.
        raise Failure(
            "a broker's address has no user and password in it: they would be seen by all users "
            f"of this machine; give --mqtt-user, and the password in {PASSWORD_VARIABLE} or by "
            "--mqtt-password-file"
        )
    form = "mqtt://HOST:PORT/PREFIX, or mqtts:// for TLS"
    try:
        parts = urllib.parse.urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Failure(f"no address of a broker: {text!r} ({error}): give {form}") from None
    if parts.scheme not in _PORTS or "://" not in text:
        raise Failure(f"no address of a broker: {text!r}: give {form}")
    if not host or port == 0 or not host.isprintable() or " " in host:
        raise Failure(f"no host or port of a broker in {text!r}: give {form}")
    if parts.query or parts.fragment or text.endswith(("?", "#")):
        raise Failure(f"a prefix of topics has no '#' or '?' in it: {text!r}")
    prefix = parts.path.strip("/") or DEFAULT_PREFIX
    check_prefix(prefix)
    return BrokerAddress(host, port or _PORTS[parts.scheme], parts.scheme == "mqtts", prefix)


def check_prefix(prefix):
    """A Failure when topics cannot begin like this (MQTT 5.0, 4.7)."""
    levels = prefix.split("/")
    if not prefix.isprintable() or any(c in prefix for c in "+#") or prefix.startswith("$"):
        raise Failure(f"not a prefix of topics: {prefix!r}: no + and #, no $ at its beginning")
    if not all(levels) or len(prefix.encode()) > _MAX_PREFIX:
        raise Failure(f"not a prefix of topics: {prefix!r}: no empty level, {_MAX_PREFIX} bytes")


def read_password(user, file):
    """The password in the environment or in `file` (None: there is none), as str or None. It is
    taken out of the environment, which other processes inherit."""
    password = os.environ.pop(PASSWORD_VARIABLE, None)
    if file is not None:
        if password is not None:
            raise Failure(f"two passwords: {PASSWORD_VARIABLE} is set, and --mqtt-password-file")
        password = _password_of(Path(file))
    if password is None:
        return None
    if user is None:
        raise Failure("a password for the broker, but no --mqtt-user")
    if not password or len(password.encode(errors="surrogateescape")) > _MAX_PASSWORD:
        raise Failure(f"the broker's password is empty, or longer than {_MAX_PASSWORD} bytes")
    return password


def _password_of(path):
    try:
        if not is_private(path):
            raise Failure(f"others can read the broker's password in {path}: chmod 600 {path}")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise Unreadable(f"cannot read the broker's password: {path}: {error.strerror}") from None
    except UnicodeError:
        raise Failure(f"the broker's password in {path} is not text") from None
    return text.rstrip("\r\n")


def tls_context(address, ca_file):
    """What checks the broker's certificate, with the system's authorities or those in `ca_file`
    (PEM) only; None without TLS."""
    if not address.tls:
        if ca_file is not None:
            raise Failure("--mqtt-ca is for TLS: give the address as mqtts://…")
        return None
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # ssl.SSLError is one
        why = "no certificate in PEM" if isinstance(error, ssl.SSLError) else error.strerror
        raise Unreadable(f"cannot use the certificates in {ca_file}: {why}") from None
