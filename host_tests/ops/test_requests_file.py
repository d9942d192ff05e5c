"""The file of friend requests: bounded, forgetful, and `uwish device` on top of it."""

import json

import pytest
from command_line import ok, refused, uwish

from uwish.documents import Document
from uwish_host.contacts_file import Contact
from uwish_host.errors import Failure
from uwish_host.ops import requests_file
from uwish_host.state import State


@pytest.fixture
def kept(full):
    """A State with a contact, the lamp."""
    return State(full)


@pytest.fixture
def contact(document):
    """Contacts of new identities."""

    def make(alias="stranger"):
        return Contact(Document(document(alias)).public, alias)

    return make


def at(seconds):
    return lambda: seconds


def aliases(state, clock=None):
    found = requests_file.load(state, **({"clock": clock} if clock else {}))
    return [request.alias for request in found.values()]


def test_nobody_has_asked(kept):
    assert requests_file.load(kept) == {}
    assert ok("device", "requests", "--state", kept.directory) == ""
    assert json.loads(ok("device", "requests", "--state", kept.directory, "--json")) == []


def test_requests_are_forgotten(kept, contact):
    requests_file.note(kept, contact("old"), "a", at(1000))
    requests_file.note(kept, contact("new"), "a", at(1000 + requests_file.KEEP_S - 1))
    assert aliases(kept, at(1000 + requests_file.KEEP_S - 1)) == ["old", "new"]
    assert aliases(kept, at(1000 + requests_file.KEEP_S)) == ["new"]
    # A clock that was wrong and is put back.
    assert aliases(kept, at(0)) == []


def test_the_declined_may_ask_again_some_day(kept, contact):
    pest = contact("pest")
    requests_file.note(kept, pest, "a", at(1000))
    with requests_file.changing(kept, at(1000)) as requests:
        requests[pest.uid].declined = True
    last = 1000 + requests_file.DECLINED_S
    assert requests_file.note(kept, pest, "a", at(last - 1)) == "declined"
    assert requests_file.note(kept, pest, "a", at(last)) == "pending"


def test_there_is_room_for_some_of_an_address_and_some_in_all(kept, contact, monkeypatch):
    monkeypatch.setattr(requests_file, "MAX_REQUESTS", 6)
    first = contact()
    assert requests_file.note(kept, first, "a", at(1000)) == "pending"
    for _ in range(3):
        assert requests_file.note(kept, contact(), "a", at(1000)) == "pending"
    assert requests_file.note(kept, contact(), "a", at(1000)) == "full"
    for address in ("b", "c"):
        assert requests_file.note(kept, contact(), address, at(1000)) == "pending"
    assert requests_file.note(kept, contact(), "d", at(1000)) == "full"
    assert len(requests_file.load(kept, at(1000))) == 6
    # Who is on the list may ask as often as he likes, and is then the newest.
    assert requests_file.note(kept, first, "a", at(1001)) == "pending"
    assert list(requests_file.load(kept, at(1001)))[-1] == first.uid


def test_the_declined_make_room(kept, contact, monkeypatch):
    monkeypatch.setattr(requests_file, "MAX_REQUESTS", 2)
    declined = contact("declined")
    requests_file.note(kept, declined, "a", at(1000))
    with requests_file.changing(kept, at(1000)) as requests:
        requests[declined.uid].declined = True
    for alias in ("b", "c"):
        assert requests_file.note(kept, contact(alias), alias, at(1000)) == "pending"
    assert aliases(kept, at(1000)) == ["b", "c"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"format": "uwish requests 2", "requests": []}',
        '{"format": "uwish requests 1"}',
        '{"format": "uwish requests 1", "requests": [{}]}',
        '{"format": "uwish requests 1", "requests": [7]}',
    ],
)
def test_a_damaged_file_is_said_and_left_alone(kept, text):
    kept.requests_path.write_text(text)
    assert "requests.json" in refused("device", "requests", "--state", kept.directory)
    with pytest.raises(Failure), requests_file.changing(kept):
        pass
    assert kept.requests_path.read_text() == text


@pytest.mark.parametrize(
    ("name", "value"),
    [("uid", "00" * 32), ("public", "00"), ("alias", ""), ("transports", [7]), ("time", None)],
)
def test_a_damaged_request(kept, contact, name, value):
    requests_file.note(kept, contact(), "a")
    content = json.loads(kept.requests_path.read_text())
    content["requests"][0][name] = value
    kept.requests_path.write_text(json.dumps(content))
    with pytest.raises(Failure, match="damaged"):
        requests_file.load(kept)


def test_a_list_for_people(kept, contact):
    one = contact("\x1b[31mred")
    requests_file.note(kept, one, "192.0.2.7")
    said = ok("device", "requests", "--state", kept.directory)
    assert "\x1b" not in said
    digits = one.uid.hex()
    assert " ".join(digits[i : i + 4] for i in range(0, 32, 4)) in said
    assert " ".join(digits[i : i + 4] for i in range(32, 64, 4)) in said
    assert "192.0.2.7" in said


def test_approving_shows_the_fingerprint_and_asks(kept, contact, monkeypatch):
    one = contact("greenhouse")
    requests_file.note(kept, one, "192.0.2.7")
    approve = ("device", "approve", "--state", kept.directory, one.uid.hex()[:6])
    result = uwish(*approve)
    assert result.exit_code == 1
    assert "--yes" in result.stderr
    assert one.uid.hex()[:4] in result.stderr
    assert one.uid not in kept.contacts()
    said = ok(*approve, "--yes")
    assert said.startswith(f"added: greenhouse {one.uid.hex()}")
    assert kept.contacts()[one.uid] == one
    assert requests_file.load(kept) == {}


@pytest.mark.parametrize(("answer", "let_in"), [("n", False), ("", False), ("y", True)])
def test_the_answer_of_a_person(kept, contact, monkeypatch, answer, let_in):
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True, raising=False)
    one = contact("greenhouse")
    requests_file.note(kept, one, "192.0.2.7")
    approve = ("device", "approve", "--state", kept.directory, "greenhouse")
    result = uwish(*approve, input=answer + "\n")
    assert result.exit_code == (0 if let_in else 1)
    assert (one.uid in kept.contacts()) == let_in
    assert (one.uid in requests_file.load(kept)) != let_in


def test_an_alias_that_is_taken_and_another_one(kept, contact):
    one = contact("lamp")
    requests_file.note(kept, one, "a")
    approve = ("device", "approve", "--state", kept.directory, "lamp", "--yes")
    assert "--alias" in refused(*approve)
    assert one.uid in requests_file.load(kept)
    assert "47 bytes" in refused(*approve, "--alias", "x" * 48)
    assert "1 to 47 bytes" in refused(*approve, "--alias", "")
    answer = json.loads(ok(*approve, "--alias", "lamp 2", "--json"))
    assert (answer["result"], answer["told"], answer["alias"]) == ("added", False, "lamp 2")


def test_declining_and_thinking_better_of_it(kept, contact):
    one = contact("pest")
    requests_file.note(kept, one, "a")
    said = ok("device", "decline", "--state", kept.directory, "pest")
    assert said.startswith(f"declined: pest {one.uid.hex()}")
    assert "declined" in ok("device", "requests", "--state", kept.directory)
    assert one.uid not in kept.contacts()
    ok("device", "approve", "--state", kept.directory, "pest", "--yes")
    assert one.uid in kept.contacts()


def test_nobody_of_that_name_and_two_of_it(kept, contact):
    for _ in range(2):
        requests_file.note(kept, contact("twin"), "a")
    for command in ("approve", "decline"):
        arguments = ("device", command, "--state", kept.directory)
        assert "nobody" in refused(*arguments, "other")
        assert "2 requests" in refused(*arguments, "twin")
