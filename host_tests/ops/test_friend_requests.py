"""Friend requests on the wire, as they should be: what is kept of them, and what is told."""

from gateway_world import until
from stranger import Stranger, decide, pending, told

from uwish import crypto
from uwish.documents import Document
from uwish.identity import Identity
from uwish_host.board.core_app import encode
from uwish_host.contacts_file import Contact
from uwish_host.ops import requests_file


def test_a_request_is_kept_and_nobody_is_let_in(gateway, make):
    stranger = make().ask()
    until(lambda: told(gateway))
    (request,) = pending(gateway)
    assert (request.uid, request.alias) == (stranger.identity.uid, "stranger")
    assert request.contact.public == stranger.identity.public
    assert request.address == "127.0.0.1"
    assert gateway.state.contacts() == {}
    assert gateway.named("connected") == []
    assert gateway.call(gateway.gateway.online) == []
    assert gateway.state.requests_path.stat().st_mode & 0o777 == 0o600


def test_accepted_he_gets_our_certificate(gateway, make):
    stranger = make().ask(number=77)
    until(lambda: told(gateway))
    assert decide(gateway, stranger.identity.uid, True)
    (answer,) = stranger.rest()
    assert list(answer["res"]) == ["data", "ack"]
    assert answer["res"]["ack"] == 77
    certificate = answer["res"]["data"]
    document = Document(certificate["data"])
    assert (document.uid, document.alias) == (gateway.identity.uid, "gateway")
    # Where he has reached us.
    assert document.transports == [gateway.transport]
    (signature,) = certificate["signatures"]
    assert signature["uid"] == gateway.identity.uid
    digest = crypto.sha256(certificate["data"])
    assert crypto.run(crypto.verify(gateway.identity.public, digest, signature["sign"]))
    until(lambda: gateway.call(gateway.gateway.connection_count) == 0 or stranger.close())


def test_declined_he_is_told_so(gateway, make):
    stranger = make().ask(number=78)
    until(lambda: told(gateway))
    assert decide(gateway, stranger.identity.uid, False)
    message = {"code": 123, "msg": "Declining friend request."}
    assert stranger.rest() == [{"res": {"data": message, "err": 78}}]
    assert gateway.state.contacts() == {}


def test_who_has_been_let_in_is_answered_at_once(gateway, make):
    identity = Identity.create("known")
    with gateway.state.changing_contacts() as contacts:
        contacts[identity.uid] = Contact(identity.public, "known")
    gateway.call(gateway.gateway.reload_contacts)
    (answer,) = make(identity).ask().rest()
    assert "ack" in answer["res"]
    assert pending(gateway) == []
    assert told(gateway) == []


def test_who_was_declined_is_declined_again_without_a_word(gateway, make):
    identity = Identity.create("pest")
    contact = Contact(identity.public, "pest")
    with requests_file.changing(gateway.state) as requests:
        now = int(requests_file.time.time())
        requests[contact.uid] = requests_file.Request(contact, "127.0.0.1", now, True)
    (answer,) = make(identity).ask().rest()
    assert answer["res"]["data"]["code"] == 123
    assert told(gateway) == []
    assert [request.declined for request in pending(gateway)] == [True]


def test_he_hangs_up_and_the_request_stays(gateway, make):
    stranger = make().ask()
    until(lambda: told(gateway))
    stranger.close()
    until(lambda: gateway.call(gateway.gateway.connection_count) == 0)
    assert not decide(gateway, stranger.identity.uid, True)
    assert gateway.named("refused") == []
    assert gateway.named("closed") == []


def test_he_asks_again_and_the_newer_connection_is_answered(gateway, make):
    identity = Identity.create("twice")
    first = make(identity).ask(number=1)
    until(lambda: len(told(gateway)) == 1)
    second = make(identity).ask(number=2)
    until(lambda: len(told(gateway)) == 2)
    assert first.rest() == []
    assert len(pending(gateway)) == 1
    assert decide(gateway, identity.uid, False)
    assert second.rest()[0]["res"]["err"] == 2


def test_pings_are_answered_while_he_waits_and_nothing_else_is_done(gateway, make):
    stranger = make().ask()
    until(lambda: told(gateway))
    stranger.say(encode({"ping": True}))
    while not stranger.answers:
        stranger.read()
    assert stranger.answers == [{"pong": True}]
    for op in ("peers", "send", "identity.list"):
        stranger.answers.clear()
        stranger.say(encode({"req": {"op": op, "args": [], "id": 9}}))
        while not stranger.answers:
            stranger.read()
        (answer,) = stranger.answers
        assert (answer["res"]["err"], answer["res"]["data"]["code"]) == (9, 8), op
    stranger.say(encode({"res": {"sig": 1, "data": {"rsid": bytes(32)}}}))
    stranger.say(encode({"req": {"op": "send", "args": [bytes(32)] * 2 + ["sensor", b"x"]}}))
    stranger.say(encode({"ping": True}))
    while stranger.answers[-1] != {"pong": True}:
        stranger.read()
    assert gateway.named("frame") == gateway.named("online") == []


def test_the_gateway_ends_while_he_waits(gateway, make):
    stranger = make().ask()
    until(lambda: told(gateway))
    gateway.call(gateway.gateway.close)
    assert stranger.rest() == []
    assert len(pending(gateway)) == 1


def test_contacts_are_served_as_before(gateway):
    identity = Identity.create("contact")
    with gateway.state.changing_contacts() as contacts:
        contacts[identity.uid] = Contact(identity.public, "contact")
    gateway.call(gateway.gateway.reload_contacts)
    contact = Stranger(gateway, identity, kind=0x11)
    until(lambda: gateway.named("connected"))
    contact.close()


def test_the_largest_that_a_core_makes_fits(gateway, make):
    stranger = make()
    where = ["wish://" + "x" * 50 + f":{1000 + i}" for i in range(4)]
    stranger.ask(stranger.identity.document(where), meta=bytes(512))
    until(lambda: told(gateway))
    assert pending(gateway)[0].contact.transports == where
