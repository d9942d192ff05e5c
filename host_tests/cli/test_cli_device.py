"""`uwish device`: add, list, remove."""

import json

import pytest
from command_line import ok, refused

from uwish.documents import Document, build_document


def devices(state):
    return json.loads(ok("device", "list", "--state", state, "--json"))


def test_add_from_a_file_from_hex_and_from_stdin(state, tmp_path, document):
    documents = [document(alias) for alias in ("a", "b", "c", "d", "e")]
    raw = tmp_path / "raw"
    raw.write_bytes(documents[0])
    text = tmp_path / "text"
    text.write_text(documents[1].hex() + "\n")
    ok("device", "add", "--state", state, raw)
    ok("device", "add", "--state", state, text)
    ok("device", "add", "--state", state, documents[2].hex())
    ok("device", "add", "--state", state, "-", input=documents[3])
    ok("device", "add", "--state", state, "-", input=documents[4].hex())
    assert [device["alias"] for device in devices(state)] == ["a", "b", "c", "d", "e"]
    assert [device["uid"] for device in devices(state)] == [
        Document(data).uid.hex() for data in documents
    ]


def test_add_says_what_it_did(state, document):
    data = document("lamp")
    uid = Document(data).uid.hex()
    assert ok("device", "add", "--state", state, data.hex()) == f"added: lamp {uid}\n"
    assert ok("device", "add", "--state", state, data.hex()) == f"unchanged: lamp {uid}\n"
    again = ("device", "add", "--state", state, data.hex(), "--alias", "kitchen")
    assert ok(*again) == f"updated: kitchen {uid}\n"
    answer = json.loads(ok(*again, "--json"))
    assert (answer["result"], answer["alias"], answer["uid"]) == ("unchanged", "kitchen", uid)
    (device,) = devices(state)
    assert device["alias"] == "kitchen"
    assert device["online"] is None


def test_a_name_that_was_chosen_stays_when_the_device_is_added_again(state):
    """Its document has changed meanwhile."""
    before, after = (
        build_document(alias, bytes(32), bytes(range(32)), (f"wish://192.0.2.{i}:1",))
        for i, alias in enumerate(("lamp", "new lamp"))
    )
    ok("device", "add", "--state", state, before.hex(), "--alias", "kitchen")
    assert ok("device", "add", "--state", state, after.hex()).startswith("updated: kitchen ")
    (device,) = devices(state)
    assert (device["alias"], device["transports"]) == ("kitchen", ["wish://192.0.2.1:1"])


def test_no_name_is_no_name(state, document):
    said = refused("device", "add", "--state", state, document().hex(), "--alias", "")
    assert "1 to 47 bytes" in said


def test_the_first_add_makes_the_state_and_says_so(state, document):
    result = ok("device", "add", "--state", state, document().hex())
    assert result.startswith("added: ")
    assert (state / "identity.json").exists()


def test_transports_are_kept(state):
    data = build_document("lamp", bytes(32), bytes(range(32)), ("wish://192.0.2.7:1",))
    ok("device", "add", "--state", state, data.hex())
    assert devices(state)[0]["transports"] == ["wish://192.0.2.7:1"]


def test_list_in_a_pipe_is_a_line_for_each_device_with_tabs(state, document):
    data = document("lamp")
    ok("device", "add", "--state", state, data.hex())
    assert ok("device", "list", "--state", state) == f"lamp\t{Document(data).uid.hex()}\t?\t-\n"


def test_list_of_nothing(state):
    ok("identity", "create", "--state", state)
    assert devices(state) == []
    assert ok("device", "list", "--state", state) == ""


def test_an_alias_cannot_steer_the_terminal(state):
    data = build_document("\x1b[31m", bytes(32), bytes(range(32)))
    assert "\x1b" not in ok("device", "add", "--state", state, data.hex())
    assert "\x1b" not in ok("device", "list", "--state", state)
    assert "\x1b" not in ok("device", "remove", "--state", state, "\x1b[31m")


def test_two_devices_cannot_have_one_name(state, document):
    ok("device", "add", "--state", state, document("lamp").hex())
    other = document("lamp").hex()
    assert "--alias" in refused("device", "add", "--state", state, other)
    ok("device", "add", "--state", state, other, "--alias", "lamp 2")
    assert len(devices(state)) == 2


def test_remove_by_alias_and_by_uid(state, document):
    data = [document(alias) for alias in ("a", "b", "c")]
    for one in data:
        ok("device", "add", "--state", state, one.hex())
    assert ok("device", "remove", "--state", state, "a").startswith("removed: a ")
    start = Document(data[1]).uid.hex()[:6]
    answer = json.loads(ok("device", "remove", "--state", state, start.upper(), "--json"))
    assert (answer["result"], answer["alias"]) == ("removed", "b")
    assert [device["alias"] for device in devices(state)] == ["c"]


def test_remove_of_nobody(state, document):
    ok("device", "add", "--state", state, document("lamp").hex())
    for name in ("other", "abc", ""):
        assert "no device" in refused("device", "remove", "--state", state, name)
    assert len(devices(state)) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x05\x00\x00\x00\x00",
        b"\xff" * 40,
        b"hello",
        bytes(1000),
        build_document("x", bytes(32), bytes(32))[:-1],
        build_document("x", bytes(32), bytes(32)).replace(b"pubkey", b"pubkex"),
        build_document("x", bytes(32), bytes(32)).replace(b"alias", b"aliax"),
        build_document("x" * 48, bytes(32), bytes(32)),
    ],
    ids=["empty", "nothing in it", "noise", "text", "zeros", "cut", "no key", "no alias", "long"],
)
def test_what_is_no_identity_document_is_refused(state, tmp_path, data):
    ok("identity", "create", "--state", state)
    path = tmp_path / "document"
    path.write_bytes(data)
    said = refused("device", "add", "--state", state, path)
    assert "identity document" in said or "alias" in said
    assert devices(state) == []


def test_a_document_that_is_not_there(state):
    ok("identity", "create", "--state", state)
    assert "No such file" in refused("device", "add", "--state", state, "missing.bin")
    assert "directory" in refused("device", "add", "--state", state, state)
    assert "hex" in refused("device", "add", "--state", state, "xyz" * 200)


def test_our_own_document_is_refused(state):
    ok("identity", "create", "--state", state)
    own = ok("identity", "export", "--state", state, "--hex").strip()
    assert "own" in refused("device", "add", "--state", state, own)


def test_bad_documents_make_no_state(state):
    refused("device", "add", "--state", state, "00")
    assert not state.exists()
