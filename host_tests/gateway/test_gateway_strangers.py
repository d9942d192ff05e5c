"""Whoever is no contact, or does not shake hands as he should: refused, and no harm done."""

import socket
import struct

import pytest
from gateway_world import another_host_of, hello, rest_of, until

import uwish_host.link
from uwish import crypto
from uwish.crypto.group15 import prime
from uwish_host.rate_limit import RateLimit

STRANGER = bytes(range(32))


@pytest.fixture
def powers(monkeypatch):
    """A list with an entry for each public value that is computed."""
    made = []
    prepare = crypto.KeyExchange.prepare

    def counting(self):
        made.append(self)
        return prepare(self)

    monkeypatch.setattr(crypto.KeyExchange, "prepare", counting)
    return made


def test_the_unknown_are_refused_before_any_arithmetic(gateway, powers):
    for _ in range(5):
        with gateway.connect() as sock:
            sock.sendall(hello(gateway, STRANGER))
            assert rest_of(sock) == b""
    until(lambda: len(gateway.named("refused")) == 5)
    for refused in gateway.named("refused"):
        assert (refused["reason"], refused["phase"]) == ("unknown_contact", "hello")
        assert (refused["ruid"], refused["alias"]) == (STRANGER.hex(), None)
    assert powers == []


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (b"W.\x11", None),
        (b"X.\x11", "bad_hello"),
        (b"W,\x11", "bad_hello"),
        (b"W.\x21", "bad_hello"),
        (b"W.\x13", "bad_hello"),
        (b"GET", "bad_hello"),
    ],
)
def test_only_a_hello_of_the_right_kind_is_answered(gateway, make_device, powers, first, reason):
    device = make_device()
    gateway.let_in(device)
    with gateway.connect() as sock:
        sock.sendall(hello(gateway, device.app.uid, magic=first))
        if reason is None:
            assert sock.recv(1) == b"\x01"
        else:
            assert rest_of(sock) == b""
            (refused,) = until(lambda: gateway.named("refused"))
            assert refused["reason"] == reason
    assert len(powers) == (reason is None)


def test_a_hello_for_another_identity_is_refused(gateway, make_device, powers):
    device = make_device()
    gateway.let_in(device)
    with gateway.connect() as sock:
        sock.sendall(hello(gateway, device.app.uid, to=STRANGER))
        assert rest_of(sock) == b""
    assert powers == []


def test_our_own_uid_is_no_contact(gateway):
    with gateway.connect() as sock:
        sock.sendall(hello(gateway, gateway.identity.uid))
        assert rest_of(sock) == b""


def test_a_hello_may_come_byte_by_byte(gateway, make_device):
    device = make_device()
    gateway.let_in(device)
    with gateway.connect() as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for i in range(67):
            sock.sendall(hello(gateway, device.app.uid)[i : i + 1])
        assert sock.recv(2, socket.MSG_WAITALL) == b"\x01\x80"


def number(value):
    return struct.pack(">H", 384) + value.to_bytes(384, "big")


@pytest.mark.parametrize(
    "key",
    [
        number(0),
        number(1),
        number(prime() - 1),
        number(prime()),
        number(2**3072 - 1),
        b"\x00\x00",
        b"\x01\x81" + bytes(385),
        b"\xff\xff" + bytes(1000),
        b"\x00\x01\x01",
    ],
    ids=["0", "1", "p-1", "p", "max", "empty", "385", "65535", "short 1"],
)
def test_a_bad_public_value_ends_it_and_the_next_connection_works(
    gateway, make_device, online_device, key
):
    victim = make_device("victim")
    gateway.let_in(victim)
    with gateway.connect() as sock:
        sock.sendall(hello(gateway, victim.app.uid) + key)
        assert len(rest_of(sock)) in (0, 386)
    (refused,) = until(lambda: gateway.named("refused"))
    assert (refused["reason"], refused["phase"]) == ("bad_key", "key exchange")
    assert refused["alias"] == "victim"
    assert online_device().online


def test_garbage_instead_of_the_signature_ends_it(gateway, make_device):
    device = make_device()
    gateway.let_in(device)
    with gateway.connect() as sock:
        sock.sendall(hello(gateway, device.app.uid) + number(5))
        sock.sendall(b"\x00\x50" + bytes(80))
        assert len(rest_of(sock)) in (0, 386, 386 + 82)
    (refused,) = until(lambda: gateway.named("refused"))
    assert refused["reason"] == "bad_tag"


def test_who_only_knows_the_uid_of_a_contact_is_refused(gateway, make_device):
    contact = make_device("lamp")
    gateway.let_in(contact)
    # Another key pair, that claims the contact's uid.
    impostor = make_device("impostor")
    impostor.app._node.identity.uid = contact.app.uid
    impostor.pin(gateway)
    (refused,) = until(lambda: gateway.named("refused"), impostor)
    assert refused["reason"] == "bad_signature"
    assert refused["phase"] == "verify"
    assert gateway.named("connected") == []


def test_a_stalled_handshake_is_dropped_at_the_deadline(gateway, make_device, monkeypatch):
    monkeypatch.setattr(uwish_host.link, "HANDSHAKE_MS", 150)
    device = make_device()
    gateway.let_in(device)
    begins = [b"", b"W.", hello(gateway, device.app.uid), hello(gateway, device.app.uid) + b"\x01"]
    sockets = [gateway.connect() for _ in begins]
    for sock, begin in zip(sockets, begins, strict=True):
        sock.sendall(begin)
    for sock in sockets:
        with sock:
            assert len(rest_of(sock)) in (0, 386)
    until(lambda: len(gateway.named("refused")) == len(begins))
    reasons = {refused["reason"] for refused in gateway.named("refused")}
    assert reasons == {"handshake_timeout"}


@pytest.mark.parametrize("begin", ["W.", "all of it"])
def test_who_hangs_up_is_told_of_unless_he_has_said_nothing(gateway, make_device, begin):
    device = make_device()
    gateway.let_in(device)
    first = hello(gateway, device.app.uid) if begin == "all of it" else begin.encode()
    for said in (b"", first):
        with gateway.connect() as sock:
            sock.sendall(said)
    (refused,) = until(lambda: gateway.named("refused"))
    assert refused["reason"] == "lost"
    until(lambda: gateway.call(gateway.gateway.connection_count) == 0)
    assert len(gateway.named("refused")) == 1
    assert gateway.call(lambda: dict(gateway.gateway.refused)) == {"lost": 1}


def test_the_lines_about_strangers_are_limited(gateway):
    time = [0.0]
    gateway.gateway._limit = RateLimit(clock=lambda: time[0])

    def knock():
        with gateway.connect() as sock:
            sock.sendall(hello(gateway, STRANGER))
            rest_of(sock)

    for _ in range(100):
        knock()
    until(lambda: gateway.gateway._limit.suppressed == 80)
    assert len(gateway.named("refused")) == 20
    time[0] = 1.0
    knock()
    (last,) = until(lambda: gateway.named("refused")[20:])
    assert last["untold"] == 80


def test_a_device_that_is_let_in_later_gets_in(gateway, make_device):
    device = make_device()
    device.pin(gateway)
    until(lambda: gateway.named("refused"), device)
    gateway.let_in(device)
    again = make_device(store=another_host_of(device))
    again.pin(gateway)
    until(lambda: again.online, again)
