"""What an established peer may say, and what it gets for saying something else."""

import pytest
from gateway_world import until

from uwish.bson_writer import Writer
from uwish.service import Service

GATEWAY = b"gateway".ljust(32, b"\0")


def document(write):
    """A BSON document, its content written by `write`."""
    buf = bytearray(1000)
    w = Writer()
    w.begin(buf, 0, len(buf))
    write(w)
    n = w.finish()
    return bytes(buf[:n])


def response(kind, number):
    def write(w):
        w.document(b"res")
        w.int32(kind, number)
        w.close()

    return document(write)


def send_to(sid, protocol, payload=b"x"):
    """A `send` of the service "client"."""

    def write(w):
        w.document(b"req")
        w.string(b"op", b"send")
        w.array(b"args")
        w.binary(b"0", Service("client", ("sensor",)).sid, 0, 32)
        w.binary(b"1", sid, 0, 32)
        w.string(b"2", protocol)
        w.binary(b"3", payload, 0, len(payload))
        w.close()
        w.close()

    return document(write)


@pytest.fixture
def peer(gateway, make_client):
    """A client that the gateway knows as an online peer."""
    client = make_client()
    client.talk()
    while not gateway.named("online"):
        client.read()
        client.talk()
    return client


def test_the_gateway_announces_its_service_with_a_name(gateway, peer):
    while not peer.services:
        peer.read()
    assert peer.services == [(GATEWAY, True)]


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x05\x00\x00\x00",
        response(b"ack", 12345),
        response(b"sig", 12345),
        response(b"fin", 12345),
        document(lambda w: w.boolean(b"pong", True)),
        document(lambda w: w.boolean(b"other", True)),
        send_to(bytes(32), b"sensor"),
        send_to(GATEWAY, b"chess"),
    ],
    ids=["empty", "short", "ack", "sig", "fin", "pong", "other", "service", "protocol"],
)
def test_what_is_not_for_us_is_ignored(gateway, peer, message):
    peer.say(message)
    peer.say(send_to(GATEWAY, b"sensor", b"after"))
    (frame,) = until(lambda: gateway.named("frame"))
    assert bytes.fromhex(frame["data"]) == b"after"
    assert gateway.named("closed") == []


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (b"\x06\x00\x00\x00\x00", "bad_message"),
        (b"\xff\xff\xff\x7f\x00", "bad_message"),
        (document(lambda w: w.boolean(b"ping", True))[:-1] + b"\x01", "bad_message"),
        (send_to(GATEWAY, b"sensor").replace(b"\x05" + b"3\0", b"\x7f" + b"3\0"), "bad_message"),
    ],
    ids=["cut", "huge", "terminator", "type"],
)
def test_what_cannot_be_ends_the_connection(gateway, peer, message, reason):
    peer.say(message)
    (closed,) = until(lambda: gateway.named("closed"))
    assert (closed["reason"], closed["phase"]) == (reason, "running")
    assert gateway.named("offline")


def test_a_bad_tag_ends_the_connection(gateway, peer):
    peer.socket.sendall(b"\x00\x20" + bytes(32))
    (closed,) = until(lambda: gateway.named("closed"))
    assert closed["reason"] == "bad_tag"


def test_an_impossible_length_ends_the_connection(gateway, peer):
    peer.socket.sendall(b"\x00\x0f" + bytes(15))
    (closed,) = until(lambda: gateway.named("closed"))
    assert closed["reason"] == "bad_record"


def test_a_frame_before_its_service_was_announced_is_not_delivered(gateway, make_client):
    client = make_client()
    client.say(send_to(GATEWAY, b"sensor", b"early"))
    client.talk()
    while not gateway.named("online"):
        client.read()
        client.talk()
    client.say(send_to(GATEWAY, b"sensor", b"late"))
    (frame,) = until(lambda: gateway.named("frame"))
    assert bytes.fromhex(frame["data"]) == b"late"
    client.socket.close()
    (closed,) = until(lambda: gateway.named("closed"))
    assert closed["undelivered"] == 1


def test_the_handshake_document_is_small_enough_for_a_desktop_core(gateway, make_client):
    # WIRE.md 2.5: from a server to a core, at most 256 bytes.
    assert 0 < make_client().document_size <= 256
