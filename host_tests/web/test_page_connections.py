"""Connections to the page that ask for nothing, or for what is no request."""

import socket

import pytest
from page_world import GIVE_UP_S

from uwish_host.web import door


def connect(world):
    sock = socket.create_connection(("127.0.0.1", world.port), GIVE_UP_S)
    sock.settimeout(GIVE_UP_S)
    return sock


def is_hung_up(sock):
    try:
        return sock.recv(65536) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: local"])
def test_who_does_not_finish_a_request_has_to_leave(make_world, monkeypatch, said):
    monkeypatch.setattr(door, "_REQUEST_S", 0.1)
    world = make_world()
    with connect(world) as sock:
        sock.sendall(said)
        assert is_hung_up(sock)
    monkeypatch.undo()  # an answer may take longer than that on a busy machine
    assert world.ask("/").status == 200


def test_there_are_never_too_many_connections(make_world, monkeypatch):
    monkeypatch.setattr(door, "MAX_CONNECTIONS", 2)
    world = make_world()
    with connect(world), connect(world), connect(world) as third:
        assert is_hung_up(third)


@pytest.mark.parametrize(
    "said",
    [
        b"GARBAGE\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 9000 + b"\r\n\r\n",
        b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_request_is_refused_and_fills_no_log(world, caplog, said):
    with connect(world) as sock:
        sock.sendall(said)
        assert sock.recv(65536).startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 "))
    assert [record for record in caplog.records if record.levelname != "DEBUG"] == []
