"""A Mosquitto of our own, on loopback only: one plain listener, one for TLS with a certificate that
is made for this run by a certificate authority that is made for this run."""

import ipaddress
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import workplace
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

FOLDER = workplace.BUILD / "broker"
HOST = "localhost"  # what the certificate is for
_START_LIMIT_S = 10
_CONFIGURATION = """\
# Every message is counted; nothing is kept, logged or asked for.
sys_interval 1
persistence false
allow_anonymous true
user root
log_type error
listener {plain} 127.0.0.1
listener {tls} 127.0.0.1
certfile {folder}/server.pem
keyfile {folder}/server.key
"""


class Broker:
    """`plain` and `tls`: its ports; `ca`: the file (DER) that its certificate is checked with;
    `pid`."""

    def __init__(self, plain, tls, ca, pid):
        self.plain = plain
        self.tls = tls
        self.ca = ca
        self.pid = pid


@contextmanager
def running(mosquitto):
    """Start the command `mosquitto`: a Broker. SystemExit in its own words when it does not run."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    ca = _make_certificates()
    plain, tls = workplace.free_port(), workplace.free_port()
    settings = FOLDER / "mosquitto.conf"
    settings.write_text(_CONFIGURATION.format(plain=plain, tls=tls, folder=FOLDER))
    with open(FOLDER / "mosquitto.log", "w+") as log:
        process = subprocess.Popen(
            [mosquitto, "-c", settings], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        try:
            _await(process, (plain, tls), log)
            yield Broker(plain, tls, ca, process.pid)
        finally:
            process.terminate()
            process.wait(10)


def _await(process, ports, log):
    deadline = time.monotonic() + _START_LIMIT_S
    for port in ports:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    log.seek(0)
                    raise SystemExit(f"bench: Mosquitto does not start:\n{log.read()}") from None
                time.sleep(0.02)


def _make_certificates():
    """Write the server's certificate and key; the file of the authority's certificate."""
    authority = ec.generate_private_key(ec.SECP256R1())
    server = ec.generate_private_key(ec.SECP256R1())
    for_ca = x509.BasicConstraints(ca=True, path_length=0)
    names = [x509.DNSName(HOST), x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))]
    for_server = x509.SubjectAlternativeName(names)
    own = _certificate("uwish bench CA", authority, authority, for_ca, True)
    theirs = _certificate(HOST, server, authority, for_server, False)
    key = server.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (FOLDER / "server.key").write_bytes(key)
    (FOLDER / "server.pem").write_bytes(theirs.public_bytes(serialization.Encoding.PEM))
    ca = FOLDER / "ca.der"
    ca.write_bytes(own.public_bytes(serialization.Encoding.DER))
    return ca


def _certificate(subject, key, authority, extension, critical):
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_named(subject))
        .issuer_name(_named("uwish bench CA"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(extension, critical)
        .sign(authority, hashes.SHA256())
    )


def _named(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
