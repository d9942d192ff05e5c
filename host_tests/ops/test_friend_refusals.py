"""Friend requests that are none, too many, or in the name of somebody else."""

import pytest
from gateway_world import hello, rest_of, until
from stranger import decide, pending, reason, told

from uwish import crypto
from uwish.documents import build_document
from uwish.identity import Identity
from uwish_host.board.core_app import encode
from uwish_host.ops import friend_requests, requests_file
from uwish_host.rate_limit import RateLimit


def test_off_by_default_before_any_arithmetic(closed_gateway, monkeypatch):
    monkeypatch.setattr(crypto.KeyExchange, "prepare", None)
    with closed_gateway.connect() as sock:
        sock.sendall(hello(closed_gateway, bytes(range(32)), magic=b"W.\x13"))
        assert rest_of(sock) == b""
    (refused,) = until(lambda: closed_gateway.named("refused"))
    assert (refused["reason"], refused["phase"]) == ("bad_hello", "hello")


@pytest.mark.parametrize("first", [b"X.\x13", b"W,\x13", b"W.\x23", b"W.\x16", b"W.\x17"])
def test_another_kind_of_hello_is_refused_all_the_same(gateway, first):
    with gateway.connect() as sock:
        sock.sendall(hello(gateway, bytes(range(32)), magic=first))
        assert rest_of(sock) == b""


def test_a_request_to_another_identity_is_refused(gateway):
    with gateway.connect() as sock:
        sock.sendall(hello(gateway, bytes(32), magic=b"W.\x13", to=bytes(range(32))))
        assert rest_of(sock) == b""


def test_in_the_name_of_somebody_else(gateway, make):
    """His own document under another's uid, and another's document under that uid."""
    victim = Identity.create("victim")
    impostor = make(claims=victim.uid)
    impostor.ask(victim.document())
    assert impostor.rest() == []
    assert reason(gateway) == "bad_signature"
    assert pending(gateway) == []


def test_under_the_uid_of_somebody_else(gateway, make):
    assert make(claims=Identity.create("victim").uid).ask().rest() == []
    assert reason(gateway) == "bad_signature"
    assert pending(gateway) == []


def test_a_document_that_is_not_the_callers(gateway, make):
    assert make().ask(Identity.create("other").document()).rest() == []
    assert reason(gateway) == "bad_signature"
    assert pending(gateway) == []


def test_a_lying_uid_in_the_document_changes_nothing(gateway, make):
    stranger = make()
    lying = build_document("liar", bytes(32), stranger.identity.public)
    stranger.ask(lying)
    until(lambda: told(gateway))
    assert [request.uid for request in pending(gateway)] == [stranger.identity.uid]


def test_ourselves(gateway, make):
    own = gateway.state.identity()
    assert make(own).ask().rest() == []
    assert pending(gateway) == []


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"\5\0\0\0\0",
        b"\xff" * 100,
        build_document("x", bytes(32), bytes(32))[:-1],
        build_document("x" * 48, bytes(32), bytes(32)),
        build_document("", bytes(32), bytes(32)),
    ],
    ids=["empty", "nothing in it", "noise", "cut", "long alias", "no alias"],
)
def test_a_document_that_is_none(gateway, make, document):
    assert make().ask(document).rest() == []
    assert reason(gateway) == "bad_document"


@pytest.mark.parametrize(
    "request_",
    [
        {"op": "friendRequest", "id": 5},
        {"op": "friendRequest", "args": [], "id": 5},
        {"op": "friendRequest", "args": [b"x"], "id": 5},
    ],
    ids=["no args", "empty args", "no certificate"],
)
def test_a_request_that_is_none(gateway, make, request_):
    stranger = make()
    stranger.say(encode({"req": request_}))
    assert stranger.rest() == []
    assert reason(gateway) == "bad_message"


def test_asking_twice_on_one_connection(gateway, make):
    stranger = make().ask()
    until(lambda: told(gateway))
    stranger.ask()
    assert stranger.rest() == []
    assert reason(gateway) == "bad_message"
    assert len(pending(gateway)) == 1


def test_a_record_that_is_too_large_is_not_kept(gateway, make):
    stranger = make()
    stranger.ask(meta=bytes(3000))
    while not stranger.answers:
        stranger.read()
    assert stranger.answers[0]["res"]["data"]["code"] == 413
    assert pending(gateway) == []


def test_who_does_not_ask_has_to_go(gateway, make, monkeypatch):
    monkeypatch.setattr(friend_requests, "ASK_S", 0.05)
    assert make().rest() == []
    assert reason(gateway) == "handshake_timeout"


def test_who_does_not_hang_up_after_the_answer_is_cut_off(gateway, make, monkeypatch):
    monkeypatch.setattr(friend_requests, "HANG_UP_S", 0.05)
    stranger = make().ask()
    until(lambda: told(gateway))
    decide(gateway, stranger.identity.uid, False)
    until(lambda: gateway.call(gateway.gateway.connection_count) == 0)
    assert len(stranger.rest()) == 1


def test_more_than_there_is_room_for(gateway, make, monkeypatch):
    monkeypatch.setattr(requests_file, "MAX_OF_ADDRESS", 2)
    for number in range(2):
        make().ask()
        until(lambda number=number: len(told(gateway)) > number)
    (answer,) = make().ask().rest()
    assert "Too many" in answer["res"]["data"]["msg"]
    assert len(pending(gateway)) == 2


def test_more_connections_than_may_be_open(gateway, make, monkeypatch):
    monkeypatch.setattr(friend_requests, "MAX_OPEN", 1)
    make().ask()
    until(lambda: told(gateway))
    with gateway.connect() as sock:
        sock.sendall(hello(gateway, bytes(range(32)), magic=b"W.\x13"))
        assert rest_of(sock) == b"\x01\x80"
    assert reason(gateway) == "overloaded"


def test_more_often_than_allowed_costs_no_arithmetic(gateway, monkeypatch):
    gateway.gateway.friends._rate = RateLimit(0, 0)
    monkeypatch.setattr(crypto.KeyExchange, "prepare", None)
    with gateway.connect() as sock:
        sock.sendall(hello(gateway, bytes(range(32)), magic=b"W.\x13"))
        assert rest_of(sock) == b"\x01\x80"
    assert reason(gateway) == "overloaded"


def test_a_stranger_who_asks_takes_no_place_of_strangers(gateway):
    with gateway.connect() as sock:
        sock.sendall(hello(gateway, bytes(range(32)), magic=b"W.\x13"))
        assert sock.recv(1) == b"\x01"
        # In the middle of his handshake.
        assert gateway.call(gateway.gateway.connection_count) == 1
        assert gateway.call(len, gateway.gateway._lobby) == 0


def test_a_file_that_cannot_be_written_is_told_and_he_may_come_again(gateway, make, monkeypatch):
    gateway.state.requests_path.mkdir()
    (answer,) = make().ask().rest()
    assert "later" in answer["res"]["data"]["msg"]
    (warning,) = gateway.named("warning")
    assert "friend request" in warning["text"]
