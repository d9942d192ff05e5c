"""More callers than there are places: who is turned away, and that contacts get in all the same."""

import socket

from gateway_world import another_host_of, hello, rest_of, until

import uwish_host.gateway
from uwish_host import lobby


def test_strangers_in_masses_do_not_keep_a_contact_out(gateway, online_device, monkeypatch):
    monkeypatch.setattr(lobby, "MAX_STRANGERS", 100)
    strangers = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(200)]
    try:
        until(lambda: len(gateway.named("refused")) > 0)
        device = online_device()
        device.send(b"here I am")
        until(lambda: gateway.named("frame"), device)
        assert {refused["reason"] for refused in gateway.named("refused")} == {"overloaded"}
        assert gateway.call(len, gateway.gateway._lobby) <= 100
    finally:
        for sock in strangers:
            sock.close()


def test_false_callers_in_masses_do_not_keep_the_contact_out(gateway, online_device, make_device):
    device = make_device()
    gateway.let_in(device)
    callers = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(20)]
    try:
        for sock in callers:
            sock.sendall(hello(gateway, device.app.uid))
        device.pin(gateway)
        until(lambda: device.online, device)
    finally:
        for sock in callers:
            sock.close()


def test_a_contact_without_a_place_is_told_to_come_again(gateway, make_device, monkeypatch):
    monkeypatch.setattr(lobby, "MAX_CALLERS", 0)
    device = make_device()
    gateway.let_in(device)
    with gateway.connect() as sock:
        sock.sendall(hello(gateway, device.app.uid))
        # Silence would mean: you are no contact here.
        assert rest_of(sock) == b"\x01\x80"
    (refused,) = until(lambda: gateway.named("refused"))
    assert (refused["reason"], refused["alias"]) == ("overloaded", "lamp")
    device.pin(gateway)
    until(lambda: len(gateway.named("refused")) == 2, device)
    monkeypatch.undo()
    until(lambda: device.online, device)


def test_who_has_to_make_room_is_told_to_come_again(gateway, monkeypatch):
    monkeypatch.setattr(lobby, "MAX_STRANGERS", 1)
    with gateway.connect() as first, gateway.connect():
        assert rest_of(first) == b"\x01\x80"


def test_who_is_waiting_when_the_gateway_ends_is_told_to_come_again(gateway):
    with gateway.connect() as sock:
        sock.sendall(b"W.")
        until(lambda: gateway.call(len, gateway.gateway._links))
        gateway.call(gateway.gateway.close)
        assert rest_of(sock) == b"\x01\x80"


def test_a_contact_that_makes_up_hosts_has_so_many_at_once(
    gateway, online_device, make_device, monkeypatch
):
    monkeypatch.setattr(uwish_host.gateway, "MAX_HOSTS", 1)
    one = online_device()
    other = online_device("pump")
    two = make_device(store=another_host_of(one))
    two.pin(gateway)
    (refused,) = until(lambda: gateway.named("refused"), two)
    assert refused["reason"] == "overloaded"
    one.app.close()
    until(lambda: len(gateway.named("offline")) == 1, other)
    until(lambda: two.online, two)
    assert other.online
    two.app.close()
    other.app.close()
    until(lambda: len(gateway.named("offline")) == 3)
    assert gateway.gateway._hosts_of == {}
