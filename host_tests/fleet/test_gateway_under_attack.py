"""Whoever is no contact costs the gateway nothing that he could make it short of."""

import contextlib
import socket

import pytest
from gateway_world import Device, RunningGateway, hello, rest_of, until

import uwish_host.link
from uwish import crypto
from uwish_host import lobby, remote

STRANGER = bytes(range(32))
MASSES = 300


@pytest.fixture
def gateway(tmp_path):
    running = RunningGateway(tmp_path / "gateway", workers=1)
    yield running
    running.close()


@pytest.fixture
def contact(gateway):
    """A contact that has not called yet."""
    device = Device()
    gateway.let_in(device)
    yield device
    device.app.close()


@pytest.fixture
def online(gateway, contact):
    """One that is online."""
    contact.pin(gateway)
    until(lambda: contact.online and gateway.named("online"), contact)
    return contact


@pytest.fixture
def arithmetic(gateway, monkeypatch):
    """A list with the name of everything expensive that is begun from now on."""
    begun = []

    def counting(owner, name):
        real = getattr(owner, name)

        def counted(*arguments, **options):
            begun.append(name)
            return real(*arguments, **options)

        monkeypatch.setattr(owner, name, counted)

    powers = gateway.gateway.powers
    for name in ("submit", "ready"):
        counting(powers, name)
    for name in ("sign", "verify"):
        counting(crypto, name)
    return begun


def connected_from(host, gateway):
    """A connection that comes from this address of loopback."""
    return socket.create_connection(("127.0.0.1", gateway.port), 30, source_address=(host, 0))


def test_masses_of_the_unknown_cost_no_power_and_no_signature(gateway, online, arithmetic):
    for number in range(MASSES):
        with gateway.connect() as sock:
            sock.sendall(hello(gateway, number.to_bytes(32, "big")))
            assert rest_of(sock) == b""
    assert arithmetic == []
    # So that the list is known to notice: a contact costs all of it.
    stranger = Device("second")
    try:
        gateway.let_in(stranger)
        stranger.pin(gateway)
        until(lambda: stranger.online, stranger)
    finally:
        stranger.app.close()
    assert {"ready", "sign"} <= set(arithmetic)


def test_nothing_is_kept_of_masses_of_the_unknown(gateway, online):
    for number in range(MASSES):
        with gateway.connect() as sock:
            sock.sendall(hello(gateway, number.to_bytes(32, "big")))
            rest_of(sock)
    until(lambda: gateway.call(gateway.gateway.connection_count) == 1)
    assert gateway.call(len, gateway.gateway._lobby) == 0
    assert len(gateway.named("refused")) < MASSES


def test_who_is_here_is_heard_all_the_while(gateway, online):
    for number in range(MASSES):
        with gateway.connect() as sock:
            sock.sendall(hello(gateway, STRANGER))
            if number % 10 == 0:
                assert online.send(b"%d" % number) == 200
                online.app.poll(0)
            rest_of(sock)
    until(lambda: len(gateway.named("frame")) == MASSES // 10, online)
    said = [bytes.fromhex(frame["data"]) for frame in gateway.named("frame")]
    assert said == [b"%d" % number for number in range(0, MASSES, 10)]


def test_the_strangers_of_one_address_push_out_their_own(gateway, monkeypatch):
    monkeypatch.setattr(lobby, "MAX_STRANGERS_OF_ADDRESS", 5)
    with contextlib.ExitStack() as stack:
        quiet = stack.enter_context(connected_from("127.0.0.3", gateway))
        until(lambda: gateway.call(gateway.gateway.connection_count) == 1)
        for _ in range(20):
            stack.enter_context(connected_from("127.0.0.2", gateway))
        until(lambda: len(gateway.named("refused")) == 15)
        assert {refused["reason"] for refused in gateway.named("refused")} == {"overloaded"}
        addresses = {refused["address"].rpartition(":")[0] for refused in gateway.named("refused")}
        assert addresses == {"127.0.0.2"}
        quiet.setblocking(False)
        with pytest.raises(BlockingIOError):
            quiet.recv(1)


def test_callers_of_one_address_have_no_more_than_its_places(gateway, contact, monkeypatch):
    monkeypatch.setattr(lobby, "MAX_CALLERS_OF_ADDRESS", 1)
    others = [Device(f"other {number}") for number in range(2)]
    with contextlib.ExitStack() as stack:
        for other in others:
            stack.callback(other.app.close)
            gateway.let_in(other)
        first = stack.enter_context(connected_from("127.0.0.2", gateway))
        first.sendall(hello(gateway, others[0].app.uid))
        assert first.recv(2, socket.MSG_WAITALL) == b"\x01\x80"
        second = stack.enter_context(connected_from("127.0.0.2", gateway))
        second.sendall(hello(gateway, others[1].app.uid))
        # The beginning of a key, and no more of it: come again.
        assert rest_of(second) == b"\x01\x80"
        # From elsewhere there is room.
        contact.pin(gateway)
        until(lambda: contact.online, contact)


def test_a_deadline_is_not_put_off_by_a_byte_now_and_then(gateway, contact, monkeypatch):
    monkeypatch.setattr(uwish_host.link, "HANDSHAKE_MS", 300)
    said = 0
    with gateway.connect() as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(0.02)
        for byte in hello(gateway, contact.app.uid) + b"\x01\x80" + bytes(2000):
            try:
                sock.sendall(bytes([byte]))
                said += 1
                while sock.recv(65536):
                    pass
                break
            except TimeoutError:
                continue
            except ConnectionError:
                break
    (refused,) = until(lambda: gateway.named("refused"))
    assert refused["reason"] == "handshake_timeout"
    assert 1 < said < 2000


def test_the_limits_are_those_that_are_documented():
    assert uwish_host.link.HANDSHAKE_MS == 10_000
    assert remote.RX_SIZE == 8192
    assert (lobby.MAX_STRANGERS, lobby.MAX_STRANGERS_OF_ADDRESS) == (1024, 512)
    assert (lobby.MAX_CALLERS, lobby.MAX_CALLERS_OF_ADDRESS, lobby.MAX_TRIES) == (2048, 1024, 3)


def test_an_idle_connection_has_no_window(gateway, online):
    """Nor has anybody kept the one that it had."""
    (link,) = gateway.gateway.links()
    window = gateway.call(lambda: link.connection.window)
    made = []

    def look():
        link.connection.session.replies.ping()
        link.connection.write()
        made.append(window.buf)
        link._flush()

    gateway.call(look)
    until(lambda: gateway.call(lambda: window.end) == 0, online)
    assert len(made[0]) == 0
    assert window._buf is None
